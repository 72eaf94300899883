/** CSINodes (apis/storage, registry/storage/csinode). */
import { duplicate, type FieldError, type FieldPath, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { keepEmptied } from '../../apimachinery/scheme/emptied.ts'
import { byteLength, check, type Fields, immutableError, isQualifiedName } from '../../apimachinery/validation/index.ts'
import { nonNegativeFields } from '../field-checks.ts'
import { showInternal } from '../internal-values.ts'
import { differ } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { validateDriverName } from './provisioner.ts'

const path = fieldPath('spec').child('drivers')
const maxNodeIDBytes = 256
const driversOf = ({ spec }: KubeObject): Fields[] => spec?.drivers ?? []

function validate(object: KubeObject): FieldError[] {
  const names = driversOf(object).map(({ name }) => name ?? '')
  return driversOf(object).flatMap((driver, i) => validateDriver(driver, names.indexOf(names[i]) < i, path.index(i)))
}

function validateDriver({ name = '', nodeID = '', allocatable, topologyKeys }: Fields, isDuplicate: boolean, at: FieldPath): FieldError[] {
  const tooLong = byteLength(nodeID) > maxNodeIDBytes
  const keys: string[] = topologyKeys ?? []
  return [
    ...validateDriverName(name, at.child('name')),
    ...(nodeID === '' ? [required(at.child('nodeID'))] : []),
    ...(tooLong ? [invalid(at.child('nodeID'), nodeID, `must be ${maxNodeIDBytes} characters or less`)] : []),
    ...nonNegativeFields(allocatable ?? {}, at.child('allocatable'), ['count']),
    ...(isDuplicate ? [duplicate(at.child('name'), name)] : []),
    ...keys.flatMap((key, i) => [
      ...(key === '' ? [required(at)] : []),
      ...(keys.indexOf(key) < i ? [duplicate(at, key)] : []),
      ...check(isQualifiedName, key, at),
    ]),
  ]
}

const withoutCount = ({ allocatable: _, ...driver }: Fields): Fields => driver

/** A driver stays as it was, but for how many volumes it takes. */
const unchanged = (object: KubeObject, old: KubeObject): FieldError[] =>
  driversOf(old).flatMap((before) =>
    driversOf(object)
      .filter((driver) => driver['name'] === before['name'] && differ(withoutCount(driver), withoutCount(before)))
      .map((driver) => invalid(path, showInternal('storage.CSINodeDriver', keepEmptied(driver, withoutCount(driver))), immutableError)),
  )

export const csiNode: Strategy = {
  metadataChecksOnUpdate: ['object'],
  allowUnconditionalUpdate: false,
  returnsDeletedObject: true,
  validate,
  validateUpdate: (object, old) => [...validate(object), ...unchanged(object, old)],
}
