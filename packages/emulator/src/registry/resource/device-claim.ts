/** What a claim asks for: requests, constraints and configuration of devices (resource/validation). */
import { type FieldError, type FieldPath, invalid, notSupported, required, tooLong } from '../../apimachinery/field-error.ts'
import {
  byteLength,
  check,
  type Fields,
  isLabelValue,
  validateDNS1123Label,
  validateDNS1123Subdomain,
  validateLabelName,
  validateOneOf,
} from '../../apimachinery/validation/index.ts'
import { validateDriverName } from '../storage/provisioner.ts'
import { selectorError } from './device-selectors.ts'
import { validateList, validateSet } from './lists.ts'
import { type RequestNames, validateFullAttributeName, validateRequestReference } from './names.ts'

const limits = { requests: 32, alternatives: 8, constraints: 32, config: 32, selectors: 32 }
const maxExpressionBytes = 10 * 1024
const maxParametersBytes = 10 * 1024
export const taintEffects = ['NoExecute', 'NoSchedule', 'None']

/** The defaults of a claim's spec. */
export function applyClaimDefaults(spec: Fields | undefined): void {
  for (const request of spec?.['devices']?.requests ?? []) {
    for (const each of [request.exactly, ...(request.firstAvailable ?? [])]) {
      if (!each) continue
      each.allocationMode ||= 'ExactCount'
      if (each.allocationMode === 'ExactCount') each.count ||= 1
      for (const toleration of each.tolerations ?? []) toleration.operator ||= 'Equal'
    }
  }
}

export function requestNames(devices: Fields | undefined): RequestNames {
  const requests: Fields[] = devices?.['requests'] ?? []
  const alternatives = (request: Fields) => (request['firstAvailable'] ?? []).map(({ name = '' }: Fields) => name)
  return new Map(requests.map((request) => [request['name'] ?? '', alternatives(request)]))
}

export function validateClaimSpec({ devices = {} }: Fields, path: FieldPath): FieldError[] {
  const at = path.child('devices')
  const known = requestNames(devices)
  return [
    ...validateSet<Fields>(devices.requests, limits.requests, validateRequest, ({ name = '' }) => name, at.child('requests')),
    ...validateList<Fields>(
      devices.constraints,
      limits.constraints,
      (constraint, itemPath) => validateConstraint(constraint, itemPath, known),
      at.child('constraints'),
    ),
    ...validateList<Fields>(
      devices.config,
      limits.config,
      (config, itemPath) => [
        ...validateReferences(config['requests'], itemPath.child('requests'), known),
        ...validateDeviceConfiguration(config, itemPath),
      ],
      at.child('config'),
    ),
  ]
}

export const validateReferences = (requests: string[] | undefined, path: FieldPath, known: RequestNames) =>
  validateSet(
    requests,
    limits.requests,
    (name, at) => validateRequestReference(name, at, known),
    (name) => name,
    path,
  )

function validateRequest({ name = '', exactly, firstAvailable }: Fields, path: FieldPath): FieldError[] {
  const errors = validateDNS1123Label(name, path.child('name'))
  const hasAlternatives = firstAvailable?.length > 0
  const one = 'exactly one of `exactly` or `firstAvailable` is required'
  if (!exactly && !hasAlternatives) return [...errors, required(path, one)]
  if (exactly && hasAlternatives) return [...errors, invalid(path, null, `${one}, but multiple fields are set`)]
  if (exactly) return [...errors, ...validateDevices(exactly, path.child('exactly'))]
  const rule = (each: Fields, at: FieldPath) => [
    ...validateDNS1123Label(each['name'] ?? '', at.child('name')),
    ...validateDevices(each, at),
  ]
  return [
    ...errors,
    ...validateSet<Fields>(firstAvailable, limits.alternatives, rule, (each) => each['name'] ?? '', path.child('firstAvailable')),
  ]
}

function validateDevices(
  { deviceClassName = '', selectors, allocationMode, count = 0, tolerations }: Fields,
  path: FieldPath,
): FieldError[] {
  const classPath = path.child('deviceClassName')
  return [
    ...(deviceClassName === '' ? [required(classPath)] : validateDNS1123Subdomain(deviceClassName, classPath)),
    ...validateSelectors(selectors, path.child('selectors')),
    ...validateCount(allocationMode, count, path),
    ...(tolerations ?? []).flatMap((toleration: Fields, i: number) => validateToleration(toleration, path.child('tolerations').index(i))),
  ]
}

function validateCount(mode: string, count: number, path: FieldPath): FieldError[] {
  const at = path.child('count')
  if (mode === 'All') return count === 0 ? [] : [invalid(at, count, "must not be specified when allocationMode is 'All'")]
  if (mode === 'ExactCount') return count > 0 ? [] : [invalid(at, count, 'must be greater than zero')]
  return [notSupported(path.child('allocationMode'), mode, ['All', 'ExactCount'])]
}

export const validateSelectors = (selectors: Fields[] | undefined, path: FieldPath): FieldError[] =>
  validateList(
    selectors,
    limits.selectors,
    ({ cel }, at) => {
      if (!cel) return [required(at.child('cel'))]
      const { expression = '' } = cel
      const expressionPath = at.child('cel', 'expression')
      if (byteLength(expression) > maxExpressionBytes) return [tooLong(expressionPath, maxExpressionBytes)]
      const error = selectorError(expression)
      return error === undefined ? [] : [invalid(expressionPath, expression, error)]
    },
    path,
  )

function validateToleration({ key = '', operator = '', value = '', effect = '' }: Fields, path: FieldPath): FieldError[] {
  const errors = key === '' ? [] : validateLabelName(key, path.child('key'))
  if (operator === 'Exists') {
    if (value !== '') errors.push(invalid(path.child('value'), value, 'must be empty for operator `Exists`'))
  } else if (operator === 'Equal') errors.push(...check(isLabelValue, value, path.child('value')))
  else if (operator === '') errors.push(required(path.child('operator')))
  else errors.push(notSupported(path.child('operator'), operator, ['Equal', 'Exists']))
  return effect === '' ? errors : [...errors, ...validateOneOf(effect, taintEffects, path.child('effect'))]
}

function validateConstraint({ requests, matchAttribute, distinctAttribute }: Fields, path: FieldPath, known: RequestNames): FieldError[] {
  const errors = validateReferences(requests, path.child('requests'), known)
  if (matchAttribute !== undefined) return [...errors, ...validateFullAttributeName(matchAttribute, path.child('matchAttribute'))]
  if (distinctAttribute !== undefined) return [...errors, ...validateFullAttributeName(distinctAttribute, path.child('distinctAttribute'))]
  const text = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'
  return [...errors, required(path, text)]
}

export function validateDeviceConfiguration({ opaque }: Fields, path: FieldPath): FieldError[] {
  const at = path.child('opaque')
  if (!opaque) return [required(at)]
  return [
    ...validateDriverName(opaque.driver, at.child('driver')),
    ...validateOpaque(opaque.parameters, maxParametersBytes, at.child('parameters')),
  ]
}

/** A JSON object of the driver's own. */
export function validateOpaque(value: unknown, maxBytes: number, path: FieldPath): FieldError[] {
  if (value === undefined || value === null) return [required(path)]
  if (byteLength(JSON.stringify(value)) > maxBytes) return [tooLong(path, maxBytes)]
  const isObject = typeof value === 'object' && !Array.isArray(value)
  return isObject ? [] : [invalid(path, '<value omitted>', 'must be a valid JSON object')]
}

export const validateConfigurations = (configs: Fields[] | undefined, path: FieldPath): FieldError[] =>
  validateList(configs, limits.config, validateDeviceConfiguration, path)
