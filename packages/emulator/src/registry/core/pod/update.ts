/** What an update of a Pod may change: hardly more than images and metadata (Go: ValidatePodUpdate). */
import { deepCopy } from '../../../apimachinery/deep-copy.ts'
import { type FieldError, fieldPath, forbidden, invalid } from '../../../apimachinery/field-error.ts'
import { quote } from '../../../apimachinery/quote.ts'
import { copyDecoded, forgetEmptied } from '../../../apimachinery/scheme/emptied.ts'
import {
  type Fields,
  nameIsDNSSubdomain,
  rangeError,
  semanticEqual,
  validateObjectMeta,
  validatePresent,
} from '../../../apimachinery/validation/index.ts'
import { showInternal, showPodSpec } from '../../internal-values.ts'
import { validateKubeFinalizers } from '../finalizers.ts'
import { diffValues } from '../unified-diff.ts'
import { mirrorPodAnnotation, validatePodAnnotationsUpdate } from './annotations.ts'
import { validateImageSpaces } from './container-validation.ts'
import { validatePodContent } from './content.ts'
import { type PodValidationOptions, podValidationOptions } from './options.ts'
import { validateOnlyAddedTolerations } from './tolerations.ts'

const specPath = fieldPath('spec')
const annotationsPath = fieldPath('metadata').child('annotations')
const changeable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
]

/** Checks that every update of a Pod begins with: its metadata and spec as they would be checked if it were new. */
export function validateUpdatedPod(pod: Fields, old: Fields): { errors: FieldError[]; options: PodValidationOptions } {
  const options = { ...podValidationOptions(old), isPod: true }
  const meta = validateObjectMeta(pod.metadata, true, nameIsDNSSubdomain)
  const errors = [...validateKubeFinalizers(pod.metadata), ...meta, ...validatePodContent(pod, options)]
  return { errors, options }
}

export function validatePodUpdate(pod: Fields, old: Fields): FieldError[] {
  const { errors, options } = validateUpdatedPod(pod, old)
  errors.push(...validatePodAnnotationsUpdate(pod, old, annotationsPath, options))
  for (const field of ['containers', 'initContainers']) {
    const containers: Fields[] = pod.spec[field] ?? []
    const at = specPath.child(field)
    if (containers.length !== (old.spec[field] ?? []).length)
      return [...errors, forbidden(at, 'pod updates may not add or remove containers')]
    containers.forEach((container, i) => {
      errors.push(...validatePresent(container.image, at.index(i).child('image')), ...validateImageSpaces(container, at.index(i)))
    })
  }
  const deadline = validateDeadline(pod.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds)
  errors.push(...deadline)
  if (deadline.length > 0 && pod.spec.activeDeadlineSeconds !== undefined) return errors
  errors.push(
    ...validateOnlyAddedTolerations(pod.spec.tolerations ?? [], old.spec.tolerations ?? [], specPath.child('tolerations'), options),
  )
  errors.push(...validateOnlyDeletedGates(pod.spec.schedulingGates ?? [], old.spec.schedulingGates ?? []))
  if (semanticEqual(pod.spec, old.spec)) return errors
  return [...errors, ...validateUnchanged(pod.spec, old.spec)]
}

function validateDeadline(seconds: number | undefined, old: number | undefined): FieldError[] {
  const path = specPath.child('activeDeadlineSeconds')
  if (seconds === undefined)
    return old === undefined ? [] : [invalid(path, undefined, 'must not update from a positive integer to nil value')]
  if (seconds < 0 || seconds > 2147483647) return [invalid(path, seconds, rangeError(0, 2147483647))]
  return old !== undefined && old < seconds ? [invalid(path, seconds, 'must be less than or equal to previous value')] : []
}

function validateOnlyDeletedGates(gates: readonly Fields[], old: readonly Fields[]): FieldError[] {
  return gates.flatMap(({ name = '' }, i) =>
    old.some((gate) => gate.name === name)
      ? []
      : [
          forbidden(
            specPath.child('schedulingGates').index(i).child('name'),
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ],
  )
}

/** All that may not change: what is left once the changeable fields are as they were. */
function validateUnchanged(spec: Fields, old: Fields): FieldError[] {
  const munged = copyDecoded(spec)
  for (const field of ['containers', 'initContainers']) {
    for (const [i, container] of (munged[field] ?? []).entries()) container.image = old[field][i].image
    // The API server gathers them anew, so that an empty list becomes none.
    forgetEmptied(munged, field)
  }
  for (const field of ['activeDeadlineSeconds', 'schedulingGates', 'tolerations']) restore(munged, old, field)
  if (old.terminationGracePeriodSeconds < 0 && munged.terminationGracePeriodSeconds === 1)
    restore(munged, old, 'terminationGracePeriodSeconds')
  const errors = old.schedulingGates?.length > 0 ? mungePlacement(munged, old) : []
  if (semanticEqual(munged, old)) return errors
  const text = `pod updates may not change fields other than ${changeable.join(',')}\n${diffValues(showPodSpec(old), showPodSpec(munged))}`
  return [...errors, forbidden(specPath, text)]
}

function restore(object: Fields, old: Fields, field: string): void {
  forgetEmptied(object, field)
  if (old[field] === undefined) delete object[field]
  else object[field] = deepCopy(old[field])
}

/** A Pod that still waits at a gate may be tied more closely to nodes. */
function mungePlacement(munged: Fields, old: Fields): FieldError[] {
  const errors: FieldError[] = []
  if (!semanticEqual(munged.nodeSelector, old.nodeSelector)) {
    const { nodeSelector = {} } = munged
    const changed = Object.entries(old.nodeSelector ?? {}).some(([key, value]) => nodeSelector[key] !== value)
    const text = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'
    if (changed) errors.push(invalid(specPath.child('nodeSelector'), nodeSelector, text))
    restore(munged, old, 'nodeSelector')
  }
  const before = old.affinity?.nodeAffinity
  if (semanticEqual(munged.affinity?.nodeAffinity, before)) return errors
  errors.push(...validateNodeAffinityChange(munged.affinity?.nodeAffinity, before))
  const { podAffinity, podAntiAffinity } = munged.affinity ?? {}
  if (!munged.affinity) munged.affinity = { nodeAffinity: deepCopy(before) }
  else if (!old.affinity && !podAffinity && !podAntiAffinity) delete munged.affinity
  else restore(munged.affinity, old.affinity ?? {}, 'nodeAffinity')
  return errors
}

const requiredField = 'requiredDuringSchedulingIgnoredDuringExecution'

function validateNodeAffinityChange(affinity: Fields | undefined, old: Fields | undefined): FieldError[] {
  const before: Fields[] = old?.[requiredField]?.nodeSelectorTerms ?? []
  const after: Fields[] = affinity?.[requiredField]?.nodeSelectorTerms ?? []
  const path = specPath.child('affinity', 'nodeAffinity', requiredField, 'nodeSelectorTerms')
  if (before.length > 0 && before.length !== after.length) {
    const shown = affinity?.[requiredField] === undefined ? undefined : showInternal('[core.NodeSelectorTerm', after)
    return [invalid(path, shown, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')]
  }
  return before.flatMap((term, i) => {
    const text = 'only additions are allowed (no mutations or deletions)'
    return hasOnlyAdditions(after[i]!, term) ? [] : [invalid(path.index(i), showInternal('core.NodeSelectorTerm', after[i]), text)]
  })
}

function hasOnlyAdditions(term: Fields, old: Fields): boolean {
  const lists = ['matchExpressions', 'matchFields']
  const length = (of: Fields, field: string) => (of[field] ?? []).length
  // A term without requirements selects nothing, and would select something with one.
  if (lists.every((field) => length(old, field) === 0)) return lists.every((field) => length(term, field) === 0)
  return lists.every((field) => semanticEqual((term[field] ?? []).slice(0, length(old, field)), old[field] ?? []))
}

/** Ephemeral containers may be added, and are there to stay. */
export function validateEphemeralContainersUpdate(pod: Fields, old: Fields): FieldError[] {
  const { errors, options } = validateUpdatedPod(pod, old)
  errors.push(...validatePodAnnotationsUpdate(pod, old, annotationsPath, options))
  if (old.metadata.annotations?.[mirrorPodAnnotation] !== undefined)
    return [forbidden('[]', 'static pods do not support ephemeral containers')]
  const path = specPath.child('ephemeralContainers')
  const containers: Fields[] = pod.spec.ephemeralContainers ?? []
  for (const before of old.spec.ephemeralContainers ?? []) {
    const after = containers.findLast(({ name }) => name === before.name)
    const subject = `existing ephemeral containers ${quote(before.name ?? '')}`
    if (after === undefined) errors.push(forbidden(path, `${subject} may not be removed\n`))
    else if (!semanticEqual(after, before)) {
      const show = (container: Fields) => showInternal('core.EphemeralContainer', container)
      errors.push(forbidden(path, `${subject} may not be changed\n${diffValues(show(before), show(after))}`))
    }
  }
  return errors
}
