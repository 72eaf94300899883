/** The devices that a ResourceSlice offers (resource/validation). */
import {
  duplicate,
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  required,
  tooLong,
  tooMany,
} from '../../apimachinery/field-error.ts'
import {
  byteLength,
  check,
  type Fields,
  isLabelValue,
  validateDNS1123Label,
  validateDNS1123Subdomain,
  validateLabelName,
  validateRequiredOneOf,
} from '../../apimachinery/validation/index.ts'
import { validateNodeSelector } from '../core/pod/affinity.ts'
import { showInternal } from '../internal-values.ts'
import { taintEffects } from './device-claim.ts'
import { validateList, validateSet } from './lists.ts'
import { validateAttributeName } from './names.ts'

const limits = { attributesAndCapacities: 32, taints: 16, counterSets: 2, counters: 32, bindings: 4, valueBytes: 64 }
const identifier = String.raw`(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)`
const build = '[0-9a-zA-Z-]+'
const number = String.raw`(0|[1-9]\d*)`
const semver = new RegExp(`^${number}\\.${number}\\.${number}(-${identifier}(\\.${identifier})*)?(\\+${build}(\\.${build})*)?$`)

export function validateDevice(device: Fields, path: FieldPath, nodePerDevice: boolean): FieldError[] {
  const [attributes, capacity]: [Record<string, Fields>, Record<string, Fields>] = [device['attributes'] ?? {}, device['capacity'] ?? {}]
  const count = Object.keys(attributes).length + Object.keys(capacity).length
  const max = limits.attributesAndCapacities
  return [
    ...validateDNS1123Label(device['name'] ?? '', path.child('name')),
    ...(count > max ? [invalid(path, count, `the total number of attributes and capacities must not exceed ${max}`)] : []),
    ...validateEntries(attributes, path.child('attributes'), validateAttributeName, validateAttribute),
    ...validateEntries(capacity, path.child('capacity'), validateAttributeName, ({ requestPolicy }, at) =>
      requestPolicy && device['allowMultipleAllocations'] !== true
        ? [forbidden(at.child('requestPolicy'), 'allowMultipleAllocations must be true')]
        : [],
    ),
    ...validateList<Fields>(device['taints'], limits.taints, validateTaint, path.child('taints')),
    ...validateSet<Fields>(
      device['consumesCounters'],
      limits.counterSets,
      (each, at) => validateCounters(each, 'counterSet', at),
      ({ counterSet = '' }) => counterSet,
      path.child('consumesCounters'),
    ),
    ...validateDeviceNode(device, path, nodePerDevice),
    ...validateBinding(device, path),
  ]
}

function validateEntries(
  map: Record<string, Fields>,
  path: FieldPath,
  keyRule: (key: string, path: FieldPath) => FieldError[],
  rule: (item: Fields, path: FieldPath) => FieldError[],
): FieldError[] {
  return Object.entries(map).flatMap(([key, item]) => [...keyRule(key, path), ...rule(item, path.key(key))])
}

function validateAttribute(attribute: Fields, path: FieldPath): FieldError[] {
  const set = ['bool', 'int', 'string', 'version'].filter((field) => attribute[field] !== undefined)
  const tooLongValue = (field: string) => byteLength(attribute[field] ?? '') > limits.valueBytes
  const errors: FieldError[] = []
  if (tooLongValue('string')) errors.push(tooLong(path.child('string'), limits.valueBytes))
  if (set.includes('version') && !semver.test(attribute['version'])) {
    errors.push(invalid(path.child('version'), attribute['version'], 'must be a string compatible with semver.org spec 2.0.0'))
  }
  if (tooLongValue('version')) errors.push(tooLong(path.child('version'), limits.valueBytes))
  if (set.length === 1) return errors
  const shown = set.length === 0 ? '' : showInternal('resource.DeviceAttribute', attribute)
  return [...errors, invalid(path, shown, 'exactly one value must be specified')]
}

const validateTaint = ({ key = '', value = '', effect }: Fields, path: FieldPath): FieldError[] => [
  ...validateLabelName(key, path.child('key')),
  ...(value === '' ? [] : check(isLabelValue, value, path.child('value'))),
  ...validateRequiredOneOf(effect, taintEffects, path.child('effect')),
]

/** A set of counters, by the field that names it. */
export function validateCounters(set: Fields, nameField: string, path: FieldPath): FieldError[] {
  const name: string = set[nameField] ?? ''
  const keys = Object.keys(set['counters'] ?? {})
  const at = path.child('counters')
  const errors = name === '' ? [required(path.child(nameField))] : validateDNS1123Label(name, path.child(nameField))
  if (keys.length === 0) return [...errors, required(at)]
  if (keys.length > limits.counters) return [...errors, tooMany(at, keys.length, limits.counters)]
  return [...errors, ...keys.flatMap((key) => validateDNS1123Label(key, at))]
}

function validateDeviceNode(device: Fields, path: FieldPath, nodePerDevice: boolean): FieldError[] {
  const { nodeName, nodeSelector, allNodes } = device
  const given = nodeName !== undefined || nodeSelector || allNodes !== undefined
  const onlyWith =
    '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec'
  if (!nodePerDevice) return given ? [invalid(path, null, onlyWith)] : []
  const needed =
    'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec'
  const set = [nodeName && '`nodeName`', nodeSelector && '`nodeSelector`', allNodes && '`allNodes`'].filter(Boolean)
  const errors: FieldError[] = []
  if (nodeName) errors.push(...validateDNS1123Subdomain(nodeName, path.child('nodeName')))
  if (nodeName === '') errors.push(invalid(path.child('nodeName'), '', 'must not be empty'))
  if (nodeSelector) errors.push(...validateNodeSelector(nodeSelector, path.child('nodeSelector')))
  if (allNodes === false) errors.push(invalid(path.child('allNodes'), false, 'must be either unset or set to true'))
  if (set.length === 0) errors.push(required(path, needed))
  if (set.length > 1) errors.push(invalid(path, `{${set.join(', ')}}`, needed))
  return errors
}

function validateBinding(device: Fields, path: FieldPath): FieldError[] {
  const [bindings, failures]: string[][] = [device['bindingConditions'] ?? [], device['bindingFailureConditions'] ?? []]
  const [bindingPath, failurePath] = [path.child('bindingConditions'), path.child('bindingFailureConditions')]
  const repeated = (list: string[], at: FieldPath, i: number) => (list.indexOf(list[i]!) < i ? [duplicate(at.index(i), list[i])] : [])
  const overlap = 'bindingFailureConditions must not overlap with bindingConditions'
  const errors = [
    ...validateList(bindings, limits.bindings, validateLabelName, bindingPath),
    ...validateList(failures, limits.bindings, validateLabelName, failurePath),
    ...bindings!.flatMap((_, i) => repeated(bindings!, bindingPath, i)),
    ...failures!.flatMap((failure, i) => [
      ...repeated(failures!, failurePath, i),
      ...(bindings!.includes(failure) ? [invalid(failurePath.index(i), failure, overlap)] : []),
    ]),
  ]
  const alone = (a: string[], b: string[]) => a.length === 0 && b.length > 0
  if (alone(bindings!, failures!)) errors.push(invalid(bindingPath, null, 'bindingConditions are required to use bindingFailureConditions'))
  if (alone(failures!, bindings!)) errors.push(invalid(failurePath, null, 'bindingFailureConditions are required to use bindingConditions'))
  return errors
}
