/** StorageClasses (apis/storage, registry/storage/storageclass). */
import { duplicate, type FieldError, type FieldPath, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { emptiedMember } from '../../apimachinery/scheme/emptied.ts'
import { type Fields, immutableError, validateLabelName, validateOneOf } from '../../apimachinery/validation/index.ts'
import { nodeLabelDeprecation } from '../core/pod/node-labels.ts'
import { showMap } from '../field-checks.ts'
import { differ } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { validateParameters, validateProvisioner } from './provisioner.ts'

const topologiesPath = fieldPath('allowedTopologies')

function validate(object: KubeObject): FieldError[] {
  const { provisioner, parameters, reclaimPolicy, volumeBindingMode, allowedTopologies } = object
  return [
    ...validateProvisioner(provisioner, fieldPath('provisioner')),
    ...validateParameters(parameters, fieldPath('parameters')),
    ...(reclaimPolicy ? validateOneOf(reclaimPolicy, ['Delete', 'Retain'], fieldPath('reclaimPolicy')) : []),
    ...validateOneOf(volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'], fieldPath('volumeBindingMode')),
    ...validateTopologies(allowedTopologies ?? []),
  ]
}

/** Each term by its keys and values, so that two can be compared; the server also compares with as many empty terms as there are. */
function validateTopologies(terms: Fields[]): FieldError[] {
  const signatures = terms.map(({ matchLabelExpressions }) => signatureOf(matchLabelExpressions ?? []))
  const empty = terms.map(() => signatureOf([]))
  return terms.flatMap((term, i) => {
    const path = topologiesPath.index(i).child('matchLabelExpressions')
    const equal = [...empty, ...signatures.slice(0, i)].filter((signature) => signature === signatures[i])
    return [...validateTerm(term['matchLabelExpressions'] ?? [], path), ...equal.map(() => duplicate(path, ''))]
  })
}

const signatureOf = (expressions: Fields[]) => {
  const byKey = new Map(expressions.map(({ key = '', values = [] }) => [key, [...new Set(values)].sort()]))
  return JSON.stringify([...byKey].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function validateTerm(expressions: Fields[], path: FieldPath): FieldError[] {
  const keys = expressions.map(({ key }) => key)
  return expressions.flatMap(({ key = '', values }, i) => {
    const [keyPath, valuesPath] = [path.index(i).child('key'), path.index(i).child('values')]
    const list: string[] = values ?? []
    return [
      ...(list.length === 0 ? [required(valuesPath)] : []),
      ...list.flatMap((value, j) => (list.indexOf(value) < j ? [duplicate(valuesPath.index(j), value)] : [])),
      ...validateLabelName(key, keyPath),
      ...(keys.indexOf(key) < i ? [duplicate(keyPath, key)] : []),
    ]
  })
}

const immutable = (object: KubeObject, old: KubeObject): FieldError[] =>
  ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode']
    .filter((field) => differ(object[field], old[field]))
    .map((field) =>
      invalid(
        field,
        field === 'parameters' ? (showMap(object[field]) ?? emptiedMember(object, field) ?? null) : object[field],
        immutableError,
      ),
    )

const warnings = ({ allowedTopologies }: KubeObject): string[] =>
  (allowedTopologies ?? []).flatMap((term: Fields, i: number) =>
    (term['matchLabelExpressions'] ?? []).flatMap(({ key = '' }: Fields, j: number) => {
      const text = nodeLabelDeprecation(key)
      return text === undefined ? [] : [`${topologiesPath.index(i).child('matchLabelExpressions').index(j).child('key')}: ${text}`]
    }),
  )

export const storageClass: Strategy = {
  metadataChecksOnUpdate: ['object', 'update'],
  returnsDeletedObject: true,
  applyDefaults(object) {
    object['reclaimPolicy'] ??= 'Delete'
    object['volumeBindingMode'] ??= 'Immediate'
  },
  validate,
  validateUpdate: (object, old) => [...validate(object), ...immutable(object, old)],
  warningsOnCreate: warnings,
  warningsOnUpdate: warnings,
}
