import type { FieldError } from './field-error.ts'
import { type GroupVersionKind, type GroupVersionResource, qualifiedName } from './group-version.ts'
import { quote } from './quote.ts'

export interface StatusCause {
  reason?: string
  message?: string
  field?: string
}

export interface StatusDetails {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: StatusCause[]
  retryAfterSeconds?: number
}

/** What the API answers instead of an object (meta/v1 Status), fields in their wire order. */
export interface Status {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: Record<string, unknown>
  status: 'Success' | 'Failure'
  message?: string
  reason?: string
  details?: StatusDetails
  code?: number
}

/** An error that reaches the client as a Status. Made by the functions below, turned into a response in one place. */
export class StatusError extends Error {
  readonly status: Status

  constructor(status: Omit<Status, 'kind' | 'apiVersion' | 'metadata' | 'status'> & { code: number }) {
    // Refusals are answers, not failures: where in our code they were made is nobody's business, and finding out costs.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(status.message)
    Error.stackTraceLimit = stackTraceLimit
    const { message, reason, details, code } = status
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      ...(message === undefined ? {} : { message }),
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    }
  }

  get code(): number {
    return this.status.code ?? 500
  }

  get reason(): string {
    return this.status.reason ?? ''
  }
}

type Resource = Pick<GroupVersionResource, 'group' | 'resource'>

/** Details leave out what is empty, and come in their wire order. */
function detailsOf({ name = '', group = '', kind = '', uid = '', causes, retryAfterSeconds }: StatusDetails): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    ...(kind === '' ? {} : { kind }),
    ...(uid === '' ? {} : { uid }),
    ...(causes === undefined || causes.length === 0 ? {} : { causes }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  }
}

const ofResource = ({ group, resource }: Resource, name = '') => detailsOf({ name, group, kind: resource })
const nameOf = ({ group, resource }: Resource) => qualifiedName(group, resource)

export function newNotFound(resource: Resource, name: string): StatusError {
  return new StatusError({
    code: 404,
    reason: 'NotFound',
    message: `${nameOf(resource)} "${name}" not found`,
    details: ofResource(resource, name),
  })
}

export function newAlreadyExists(resource: Resource, name: string): StatusError {
  const message = `${nameOf(resource)} "${name}" already exists`
  return new StatusError({ code: 409, reason: 'AlreadyExists', message, details: ofResource(resource, name) })
}

export function newConflict(resource: Resource, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${nameOf(resource)} "${name}": ${why}`
  return new StatusError({ code: 409, reason: 'Conflict', message, details: ofResource(resource, name) })
}

/** The denial of an admission plugin or of the registry: `pods "x" is forbidden: why`. */
export function newForbidden(resource: Resource, name: string, why: string): StatusError {
  const subject = resource.resource === '' ? 'forbidden' : `${nameOf(resource)}${name === '' ? '' : ` ${quote(name)}`} is forbidden`
  return new StatusError({ code: 403, reason: 'Forbidden', message: `${subject}: ${why}`, details: ofResource(resource, name) })
}

/** 422, with one cause per field error. `kind` is the object's kind, not its resource. */
export function newInvalid(kind: Pick<GroupVersionKind, 'group' | 'kind'>, name: string, errors: readonly FieldError[]): StatusError {
  const texts = [...new Set(errors.map(({ field, message }) => `${field === '' ? '<nil>' : field}: ${message}`))]
  const causes = errors.map(({ reason, field, message }) => ({ reason, message, field: field === '' ? '<nil>' : field }))
  const summary = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  const message = `${qualifiedName(kind.group, kind.kind)} ${JSON.stringify(name)} is invalid${texts.length === 0 ? '' : `: ${summary}`}`
  return new StatusError({
    code: 422,
    reason: 'Invalid',
    message,
    details: detailsOf({ name, group: kind.group, kind: kind.kind, causes }),
  })
}

export function newBadRequest(message: string): StatusError {
  return new StatusError({ code: 400, reason: 'BadRequest', message })
}

export function newUnauthorized(): StatusError {
  return new StatusError({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' })
}

export function newMethodNotAllowed(): StatusError {
  const message = 'the server does not allow this method on the requested resource'
  return new StatusError({ code: 405, reason: 'MethodNotAllowed', message, details: {} })
}

export function newMethodNotSupported(resource: Resource, verb: string): StatusError {
  const message = `${verb} is not supported on resources of kind "${nameOf(resource)}"`
  return new StatusError({ code: 405, reason: 'MethodNotAllowed', message, details: ofResource(resource) })
}

/** The path names a resource that the server does not have. */
export function newResourceNotFound(): StatusError {
  return new StatusError({ code: 404, reason: 'NotFound', message: 'the server could not find the requested resource', details: {} })
}

export function newNotAcceptable(mediaTypes: readonly string[]): StatusError {
  const message = `only the following media types are accepted: ${mediaTypes.join(', ')}`
  return new StatusError({ code: 406, reason: 'NotAcceptable', message })
}

/** 406 of the router, which looks at media types before any handler does. */
export function newRepresentationsUnavailable(mediaTypes: readonly string[]): StatusError {
  const message = `406: Not Acceptable\n\nAvailable representations: ${mediaTypes.join(', ')}`
  return new StatusError({ code: 406, reason: 'NotAcceptable', message, details: {} })
}

export function newUnsupportedMediaType(message: string): StatusError {
  return new StatusError({ code: 415, reason: 'UnsupportedMediaType', message })
}

export function newRequestEntityTooLarge(message: string): StatusError {
  return new StatusError({ code: 413, reason: 'RequestEntityTooLarge', message })
}

/** 410: a resourceVersion that the watch window no longer holds. */
export function newResourceExpired(message: string): StatusError {
  return new StatusError({ code: 410, reason: 'Expired', message })
}

export function newTooManyRequests(message: string, retryAfterSeconds?: number): StatusError {
  return new StatusError({ code: 429, reason: 'TooManyRequests', message, details: detailsOf({ retryAfterSeconds }) })
}

/** 409: every name that was made up is taken. */
export function newGenerateNameConflict(resource: Resource, name: string): StatusError {
  const message = `${nameOf(resource)} "${name}" already exists, the server was not able to generate a unique name for the object`
  return new StatusError({
    code: 409,
    reason: 'AlreadyExists',
    message,
    details: detailsOf({ name, group: resource.group, kind: resource.resource, retryAfterSeconds: 1 }),
  })
}

export function newServiceUnavailable(message: string): StatusError {
  return new StatusError({ code: 503, reason: 'ServiceUnavailable', message })
}

/** 504 of a request that takes longer than requests may. */
export function newTimeout(message: string): StatusError {
  return new StatusError({ code: 504, reason: 'Timeout', message: `Timeout: ${message}`, details: {} })
}

/** A 500 of the API's own making: `Internal error occurred: …`. */
export function newInternalError(message: string): StatusError {
  const causes = [{ message }]
  return new StatusError({ code: 500, reason: 'InternalError', message: `Internal error occurred: ${message}`, details: { causes } })
}

/** What the API server answers where its code gave up with a plain error: 500, the text alone, no reason. */
export function newPlainError(message: string): StatusError {
  return new StatusError({ code: 500, message })
}
