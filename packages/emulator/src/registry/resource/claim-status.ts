/** The status of a ResourceClaim: which devices it got, and who uses them (resource/validation). */
import { type FieldError, type FieldPath, fieldPath, forbidden, invalid, required, tooMany } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type Fields, immutableError, validateDNS1123Label, validateRequiredOneOf } from '../../apimachinery/validation/index.ts'
import { validateConditions } from '../conditions.ts'
import { validateNodeSelector } from '../core/pod/affinity.ts'
import { showInternal } from '../internal-values.ts'
import { differ } from '../spec-and-status.ts'
import { validateDriverName } from '../storage/provisioner.ts'
import { requestNames, validateDeviceConfiguration, validateOpaque, validateReferences } from './device-claim.ts'
import { validateList, validateSet } from './lists.ts'
import { type RequestNames, validatePoolName, validateRequestReference } from './names.ts'

const path = fieldPath('status')
const limits = { consumers: 256, results: 32, config: 64, conditions: 8, dataBytes: 10 * 1024 }

const deviceKey = ({ driver = '', pool = '', device = '', shareID }: Fields) =>
  [driver, pool, device, ...(shareID ? [shareID] : [])].join('/')

export function validateClaimStatus(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const [status, old]: [Fields, Fields] = [object['status'] ?? {}, oldObject['status'] ?? {}]
  const { allocation, devices, reservedFor } = status
  const allocated = (allocation?.devices?.results ?? []).map(deviceKey)
  return [
    ...validateSet<Fields>(reservedFor, limits.consumers, validateConsumer, ({ uid = '' }) => uid, path.child('reservedFor')),
    ...validateSet<Fields>(devices, -1, (device, at) => validateDevice(device, at, allocated), deviceKey, path.child('devices')),
    ...validateReservation(status, old, object.metadata.deletionTimestamp !== undefined),
    ...validateAllocation(allocation, old['allocation'], requestNames(object['spec']?.devices)),
  ]
}

const validateConsumer = (consumer: Fields, at: FieldPath): FieldError[] =>
  ['resource', 'name', 'uid'].filter((field) => !consumer[field]).map((field) => required(at.child(field)))

function validateReservation({ reservedFor, allocation }: Fields, old: Fields, deleted: boolean): FieldError[] {
  const at = path.child('reservedFor')
  if (!reservedFor?.length) return []
  if (!allocation) return [forbidden(at, 'may not be specified when `allocated` is not set')]
  const before: string[] = (old['reservedFor'] ?? []).map((consumer: Fields) => JSON.stringify(consumer))
  const added = reservedFor.some((consumer: Fields) => !before.includes(JSON.stringify(consumer)))
  const text = 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set'
  return deleted && added ? [forbidden(at, text)] : []
}

function validateDevice(device: Fields, at: FieldPath, allocated: string[]): FieldError[] {
  const conditions: Fields[] = device['conditions'] ?? []
  const unknown = !allocated.includes(deviceKey(device))
  const identity = {
    Driver: device['driver'] ?? '',
    Pool: device['pool'] ?? '',
    Device: device['device'] ?? '',
    ShareID: device['shareID'] ?? '',
  }
  return [
    ...validateDriverName(device['driver'], at.child('driver')),
    ...validatePoolName(device['pool'], at.child('pool')),
    ...validateDNS1123Label(device['device'] ?? '', at.child('device')),
    ...(unknown ? [invalid(at, identity, 'must be an allocated device in the claim')] : []),
    ...(conditions.length > limits.conditions ? [tooMany(at.child('conditions'), conditions.length, limits.conditions)] : []),
    ...validateConditions(conditions, at.child('conditions')),
    ...(device['data'] == null ? [] : validateOpaque(device['data'], limits.dataBytes, at.child('data'))),
  ]
}

function validateAllocation(allocation: Fields | undefined, old: Fields | undefined, known: RequestNames): FieldError[] {
  const at = path.child('allocation')
  if (!allocation) return []
  if (old) return differ(allocation, old) ? [invalid(at, showInternal('resource.AllocationResult', allocation), immutableError)] : []
  const { results, config } = allocation['devices'] ?? {}
  const devicesPath = at.child('devices')
  return [
    ...validateList<Fields>(results, limits.results, (result, each) => validateResult(result, each, known), devicesPath.child('results')),
    ...validateList<Fields>(
      config,
      limits.config,
      (each, itemPath) => [
        ...validateRequiredOneOf(each['source'], ['FromClaim', 'FromClass'], itemPath.child('source')),
        ...validateReferences(each['requests'], itemPath.child('requests'), known),
        ...validateDeviceConfiguration(each, itemPath),
      ],
      devicesPath.child('config'),
    ),
    ...(allocation['nodeSelector'] ? validateNodeSelector(allocation['nodeSelector'], at.child('nodeSelector')) : []),
  ]
}

const validateResult = ({ request = '', driver, pool, device = '' }: Fields, at: FieldPath, known: RequestNames): FieldError[] => [
  ...validateRequestReference(request, at.child('request'), known),
  ...validateDriverName(driver, at.child('driver')),
  ...validatePoolName(pool, at.child('pool')),
  ...validateDNS1123Label(device, at.child('device')),
]
