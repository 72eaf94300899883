/** Probes and lifecycle hooks. */
import { type FieldError, type FieldPath, forbidden, invalid, required } from '../../../apimachinery/field-error.ts'
import {
  checkNumber,
  type Fields,
  isHTTPHeaderName,
  isValidPortName,
  isValidPortNum,
  validateNonNegative,
  validateOneOf,
  validatePresent,
} from '../../../apimachinery/validation/index.ts'

/** A port by number or by name. A missing one is the number 0. */
export function validatePortNumberOrName(port: number | string | undefined, path: FieldPath): FieldError[] {
  if (typeof port === 'string') return isValidPortName(port).map((text) => invalid(path, port, text))
  return checkNumber(isValidPortNum, port ?? 0, path)
}

function validateHTTPGet(action: Fields, path: FieldPath): FieldError[] {
  const headers: Fields[] = action.httpHeaders ?? []
  return [
    ...validatePresent(action.path, path.child('path')),
    ...validatePortNumberOrName(action.port, path.child('port')),
    ...validateOneOf(action.scheme ?? '', ['HTTP', 'HTTPS'], path.child('scheme')),
    ...headers.flatMap(({ name = '' }) => isHTTPHeaderName(name).map((text) => invalid(path.child('httpHeaders'), name, text))),
  ]
}

function validateSleep({ seconds = 0 }: Fields, path: FieldPath, gracePeriod: number | undefined): FieldError[] {
  if (gracePeriod === undefined || (seconds >= 0 && seconds <= gracePeriod)) return []
  return [invalid(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`)]
}

type HandlerValidator = (action: Fields, path: FieldPath, gracePeriod: number | undefined) => FieldError[]

const handlers: Record<string, HandlerValidator> = {
  exec: ({ command }, path) => validatePresent(command, path.child('command')),
  httpGet: validateHTTPGet,
  tcpSocket: ({ port }, path) => validatePortNumberOrName(port, path.child('port')),
  grpc: ({ port }, path) => validatePortNumberOrName(port, path.child('port')),
  sleep: validateSleep,
}

function validateHandler(handler: Fields, path: FieldPath, gracePeriod: number | undefined): FieldError[] {
  const errors: FieldError[] = []
  let found = 0
  for (const [type, validate] of Object.entries(handlers)) {
    if (!handler[type]) continue
    if (found++ > 0) errors.push(forbidden(path.child(type), 'may not specify more than 1 handler type'))
    else errors.push(...validate(handler[type], path.child(type), gracePeriod))
  }
  return found === 0 ? [...errors, required(path, 'must specify a handler type')] : errors
}

function validateProbe(probe: Fields, path: FieldPath, gracePeriod: number | undefined): FieldError[] {
  const errors = validateHandler(probe, path, gracePeriod)
  for (const field of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']) {
    errors.push(...validateNonNegative(probe[field], path.child(field)))
  }
  const grace = probe.terminationGracePeriodSeconds
  if (grace !== undefined && grace <= 0) errors.push(invalid(path.child('terminationGracePeriodSeconds'), grace, 'must be greater than 0'))
  return errors
}

/** All three probes of a container. */
export function validateProbes(container: Fields, path: FieldPath, gracePeriod: number | undefined): FieldError[] {
  const errors: FieldError[] = []
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[name]
    if (!probe) continue
    const at = path.child(name)
    errors.push(...validateProbe(probe, at, gracePeriod))
    const { successThreshold = 0, terminationGracePeriodSeconds: grace } = probe
    if (name === 'readinessProbe') {
      if (grace !== undefined) errors.push(invalid(at.child('terminationGracePeriodSeconds'), grace, 'must not be set for readinessProbes'))
    } else if (successThreshold !== 1) errors.push(invalid(at.child('successThreshold'), successThreshold, 'must be 1'))
  }
  return errors
}

export function validateLifecycle(lifecycle: Fields | undefined, path: FieldPath, gracePeriod: number | undefined): FieldError[] {
  return ['postStart', 'preStop'].flatMap((hook) =>
    lifecycle?.[hook] ? validateHandler(lifecycle[hook], path.child(hook), gracePeriod) : [],
  )
}
