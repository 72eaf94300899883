import { STATUS_CODES } from 'node:http'
import {
  newAlreadyExists,
  newConflict,
  newNotFound,
  newPlainError,
  newResourceExpired,
  newServiceUnavailable,
  newTimeout,
  newTooManyRequests,
  newUnauthorized,
  StatusError,
} from '../apimachinery/status-error.ts'
import { newAccessDenied } from '../authorization/access-denied.ts'
import type { Attributes } from '../authorization/attributes.ts'
import type { ApiRequest, ApiResponse } from '../endpoints/http.ts'
import { respondError, respondText } from '../endpoints/responses.ts'
import type { Fault } from './fault.ts'

const largestBody = 3 << 20
const tooManyRequests = 'Too many requests, please try again later.\n'

/** The error that a fault answers with: what a real API server sends with this status, unless the fault says more. */
export async function answerOf(fault: Fault, request: ApiRequest, attributes: Attributes): Promise<ApiResponse> {
  const { status = 500, reason, message, retryAfterSeconds } = fault
  // API priority and fairness refuses in plain text.
  const isPlain = status === 429 && reason === undefined && message === undefined
  const response = isPlain ? respondText(429, tooManyRequests) : respondError(await errorOf(fault, request, attributes), request, () => {})
  const seconds = retryAfterSeconds ?? (status === 429 ? 1 : undefined)
  if (seconds !== undefined) response.headers['retry-after'] = String(seconds)
  return response
}

async function errorOf({ status = 500, reason, message, retryAfterSeconds }: Fault, request: ApiRequest, attributes: Attributes) {
  const usual = await usualError(status, request, attributes)
  if (reason === undefined && message === undefined && retryAfterSeconds === undefined) return usual
  const details = retryAfterSeconds === undefined ? usual.status.details : { ...usual.status.details, retryAfterSeconds }
  return new StatusError({
    code: status,
    message: message ?? usual.message,
    ...(reason === undefined ? pickReason(usual) : { reason }),
    ...(details === undefined ? {} : { details }),
  })
}

const pickReason = ({ reason }: StatusError) => (reason === '' ? {} : { reason })

async function usualError(status: number, request: ApiRequest, attributes: Attributes): Promise<StatusError> {
  switch (status) {
    case 401:
      return newUnauthorized()
    case 403:
      return newAccessDenied(attributes, { reason: '' })
    case 404:
      return newNotFound(attributes, attributes.name)
    case 409:
      return conflictOf(request, attributes)
    case 410:
      return newResourceExpired(`The resourceVersion for the provided ${attributes.verb} is too old.`)
    case 429:
      return newTooManyRequests('storage is (re)initializing', 1)
    case 500:
      return newPlainError('etcdserver: request timed out')
    case 503:
      return newServiceUnavailable('the server is currently unable to handle the request')
    case 504:
      return newTimeout('request did not complete within the allotted timeout')
    default:
      return new StatusError({ code: status, message: STATUS_CODES[status] ?? 'unknown' })
  }
}

/** Who creates is told that it exists, who changes that it has been changed. */
async function conflictOf(request: ApiRequest, attributes: Attributes): Promise<StatusError> {
  if (attributes.verb === 'create') return newAlreadyExists(attributes, attributes.name || (await nameInBody(request)))
  const why = 'the object has been modified; please apply your changes to the latest version and try again'
  return newConflict(attributes, attributes.name, why)
}

async function nameInBody(request: ApiRequest): Promise<string> {
  try {
    const { metadata } = JSON.parse(Buffer.from(await request.body(largestBody)).toString())
    return String(metadata.name ?? '')
  } catch {
    return ''
  }
}
