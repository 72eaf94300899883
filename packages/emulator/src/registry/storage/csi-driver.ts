/** CSIDrivers (apis/storage, registry/storage/csidriver). */
import { duplicate, type FieldError, type FieldPath, fieldPath, invalid, notSupported } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type Fields, validateImmutable, validateOneOf } from '../../apimachinery/validation/index.ts'
import { differ, raiseGeneration } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'

const path = fieldPath('spec')
const modes = ['Persistent', 'Ephemeral']

function applyDefaults(object: KubeObject): void {
  object['spec'] ??= {}
  const { spec } = object
  spec.attachRequired ??= true
  spec.podInfoOnMount ??= false
  spec.storageCapacity ??= false
  spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType'
  if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent']
  spec.requiresRepublish ??= false
  spec.seLinuxMount ??= false
}

/** Of a feature that is off. */
function dropDisabledFields(spec: Fields, old?: Fields): void {
  if (old?.['preventPodSchedulingIfMissing'] === undefined) delete spec['preventPodSchedulingIfMissing']
}

function validate({ spec }: KubeObject): FieldError[] {
  const { fsGroupPolicy, volumeLifecycleModes, nodeAllocatableUpdatePeriodSeconds: period, serviceAccountTokenInSecrets: inSecrets } = spec
  const requests: Fields[] = spec.tokenRequests ?? []
  const noRequests = 'serviceAccountTokenInSecrets is set but no tokenRequests are specified'
  return [
    ...validateOneOf(fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType'], path.child('fsGroupPolicy')),
    ...validateTokenRequests(requests, path.child('tokenRequests')),
    ...volumeLifecycleModes
      .filter((mode: string) => !modes.includes(mode))
      .map((mode: string) => notSupported(path.child('volumeLifecycleModes'), mode, modes)),
    ...(period < 10
      ? [invalid(path.child('nodeAllocatableUpdatePeriodSeconds'), period, 'must be greater than or equal to 10 seconds')]
      : []),
    ...(inSecrets !== undefined && requests.length === 0
      ? [invalid(path.child('serviceAccountTokenInSecrets'), inSecrets, noRequests)]
      : []),
  ]
}

function validateTokenRequests(requests: Fields[], at: FieldPath): FieldError[] {
  const audiences = requests.map(({ audience }) => audience ?? '')
  return requests.flatMap(({ expirationSeconds: seconds }, i) => {
    if (audiences.indexOf(audiences[i]) < i) return [duplicate(at.index(i).child('audience'), audiences[i])]
    const secondsPath = at.index(i).child('expirationSeconds')
    if (seconds < 600) return [invalid(secondsPath, seconds, 'may not specify a duration less than 10 minutes')]
    return seconds > 2 ** 32 ? [invalid(secondsPath, seconds, 'may not specify a duration larger than 2^32 seconds')] : []
  })
}

const tokenWarning =
  'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes'

const warnings = ({ spec }: KubeObject, old?: KubeObject): string[] =>
  spec.tokenRequests?.length && spec.serviceAccountTokenInSecrets === undefined && differ(spec.tokenRequests, old?.['spec'].tokenRequests)
    ? [tokenWarning]
    : []

export const csiDriver: Strategy = {
  allowUnconditionalUpdate: false,
  returnsDeletedObject: true,
  applyDefaults,
  prepareForCreate: ({ spec }) => dropDisabledFields(spec),
  prepareForUpdate(object, old) {
    dropDisabledFields(object['spec'], old['spec'])
    raiseGeneration(object, old, differ(object['spec'], old['spec']))
  },
  validate,
  validateUpdate: (object, old) => [
    ...validate(object),
    // The field's name is attachRequired; the server's messages have their own.
    ...validateImmutable(object['spec'].attachRequired, old['spec'].attachRequired, path.child('attachedRequired')),
    ...validateImmutable(object['spec'].volumeLifecycleModes, old['spec'].volumeLifecycleModes, path.child('volumeLifecycleModes')),
  ],
  warningsOnCreate: (object) => warnings(object),
  warningsOnUpdate: warnings,
}
