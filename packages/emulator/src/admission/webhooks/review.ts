/** What webhooks are asked, and what they may answer (apiserver, admission/plugin/webhook/request). */
import { randomUUID } from 'node:crypto'
import { quote } from '../../apimachinery/quote.ts'
import { newBadRequest, type StatusDetails, StatusError } from '../../apimachinery/status-error.ts'
import type { AdmissionAttributes } from '../../registry/context.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import type { Answer } from '../../registry/webhook-call.ts'
import { readReview } from '../../registry/webhook-review.ts'
import { inVersion, kindOf } from '../versions.ts'
import type { Webhook } from './hooks.ts'

const reviewGroup = 'admission.k8s.io'

export interface Review {
  version: 'v1' | 'v1beta1'
  uid: string
  body: unknown
}

/** What a webhook answered, found to be in order. */
export interface ReviewResponse {
  allowed: boolean
  patch?: string
  patchType: string
  warnings: readonly string[]
  status?: RejectionStatus
}

interface RejectionStatus {
  message?: string
  reason?: string
  details?: StatusDetails
  code?: number
}

/** The AdmissionReview of a request, in a version that the webhook takes. */
export function createReview(attributes: AdmissionAttributes, webhook: Webhook, asked: ResourceDefinition): Review {
  const version = webhook.admissionReviewVersions.find((each) => each === 'v1' || each === 'v1beta1') as Review['version']
  const uid = randomUUID()
  const { definition, object, oldObject } = attributes
  const { dryRun, options, ...about } = describeRequest(attributes, asked)
  const request = {
    uid,
    ...about,
    object: object === undefined ? null : inVersion(object, definition, asked),
    oldObject: oldObject === undefined ? null : inVersion(oldObject, definition, asked),
    dryRun,
    options,
  }
  return { version, uid, body: { kind: 'AdmissionReview', apiVersion: `${reviewGroup}/${version}`, request } }
}

/** The request as webhooks and expressions see it, without the objects that it is about. */
export function describeRequest(attributes: AdmissionAttributes, asked: ResourceDefinition) {
  const { definition, subresource, name, namespace, operation, user, dryRun } = attributes
  const requestKind = kindOf(attributes)
  const { group, version, resource, kind } = asked
  return {
    kind: subresource === '' ? { group, version, kind } : requestKind,
    resource: { group, version, resource },
    ...(subresource === '' ? {} : { subResource: subresource }),
    requestKind,
    requestResource: { group: definition.group, version: definition.version, resource: definition.resource },
    ...(subresource === '' ? {} : { requestSubResource: subresource }),
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: {
      username: user.name,
      ...(user.uid === '' ? {} : { uid: user.uid }),
      ...(user.groups.length === 0 ? {} : { groups: user.groups }),
      ...(Object.keys(user.extra).length === 0 ? {} : { extra: user.extra }),
    },
    dryRun,
    options: optionsOf(attributes),
  }
}

const optionsKinds = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions', CONNECT: '' } as const

function optionsOf({ operation, options }: AdmissionAttributes): unknown {
  const kind = optionsKinds[operation]
  return kind === '' ? null : { kind, apiVersion: 'meta.k8s.io/v1', ...options }
}

type Message = Record<string, unknown>
const article: Record<string, string> = { boolean: 'bool', string: 'string', number: 'number', object: 'object' }
const jsonType = (value: unknown) => (Array.isArray(value) ? 'array' : value === null ? 'null' : article[typeof value]!)

/** Fields of a response that are looked at, by their Go type. */
const fieldTypes: Record<string, { is: (value: unknown) => boolean; goType: string }> = {
  uid: { is: (value) => typeof value === 'string', goType: 'types.UID' },
  allowed: { is: (value) => typeof value === 'boolean', goType: 'bool' },
  status: { is: (value) => jsonType(value) === 'object', goType: 'v1.Status' },
  patch: { is: (value) => typeof value === 'string', goType: '[]uint8' },
  patchType: { is: (value) => typeof value === 'string', goType: 'PatchType' },
  auditAnnotations: { is: (value) => jsonType(value) === 'object', goType: 'map[string]string' },
  warnings: { is: Array.isArray, goType: '[]string' },
}

/** What is wrong with an answer; `call` problems are of its form, `response` problems of its content. */
export class BadResponse extends Error {}

/**
 * Reads an AdmissionReview.
 * @throws BadResponse in the server's words
 */
export function parseReview(answer: Answer, { version }: Review): Message {
  const fail = (why: string): never => {
    throw new BadResponse(`failed to call webhook: ${why}`)
  }
  const review = readAnswer(answer, version, fail)
  for (const [field, value] of Object.entries((review['response'] ?? {}) as Message)) {
    const type = fieldTypes[field]
    if (type === undefined || value === null || type.is(value)) continue
    fail(`json: cannot unmarshal ${jsonType(value)} into Go struct field AdmissionResponse.response.${field} of type ${type.goType}`)
  }
  return review
}

function readAnswer(answer: Answer, version: string, fail: (why: string) => never): Message {
  try {
    return readReview(answer, { group: reviewGroup, version, kind: 'AdmissionReview' })
  } catch (error) {
    return fail((error as Error).message)
  }
}

/**
 * Takes the response out of a review.
 * @throws BadResponse in the server's words
 */
export function verifyResponse(message: Message, { version, uid }: Review, mutating: boolean): ReviewResponse {
  const fail = (why: string) => {
    throw new BadResponse(`received invalid webhook response: ${why}`)
  }
  const response = message['response'] as (Message & Partial<ReviewResponse> & { uid?: string }) | null | undefined
  if (response === undefined || response === null) return fail('webhook response was absent')!
  const { patch = '', patchType } = response
  if (version === 'v1') verifyV1(message, response, uid, mutating, fail)
  return {
    allowed: response.allowed === true,
    ...(patch === '' ? {} : { patch }),
    patchType: patchType ?? (version === 'v1beta1' ? 'JSONPatch' : ''),
    warnings: response.warnings ?? [],
    ...(response.status ? { status: response.status } : {}),
  }
}

/** The first version had no rules about what goes with what. */
function verifyV1(message: Message, response: Message, uid: string, mutating: boolean, fail: (why: string) => void): void {
  const { patch = '', patchType } = response as { patch?: string; patchType?: string }
  if ((response['uid'] ?? '') !== uid) fail(`expected response.uid=${quote(uid)}, got ${quote((response['uid'] ?? '') as string)}`)
  const { apiVersion = '', kind = '' } = message as { apiVersion?: string; kind?: string }
  if (apiVersion === '' || kind === '') {
    fail(`expected webhook response of ${reviewGroup}/v1, Kind=AdmissionReview, got ${apiVersion === '' ? '/' : apiVersion}, Kind=${kind}`)
  }
  if (!mutating) {
    if (patch !== '') fail('validating webhook may not return response.patch')
    if (patchType !== undefined) fail('validating webhook may not return response.patchType')
    return
  }
  if (patch !== '' && patchType === undefined) fail('webhook returned response.patch but not response.patchType')
  if (patch === '' && patchType !== undefined) fail('webhook returned response.patchType but not response.patch')
  if (patchType === '') fail('webhook returned invalid response.patchType of ""')
}

/** The error that a webhook's refusal becomes. */
export function rejection(name: string, { message = '', reason = '', details, code = 0 }: RejectionStatus = {}): StatusError {
  const deniedBy = `admission webhook ${quote(name)} denied the request`
  return new StatusError({
    code: code < 400 ? 400 : code,
    message: message !== '' ? `${deniedBy}: ${message}` : reason !== '' ? `${deniedBy}: ${reason}` : `${deniedBy} without explanation`,
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
  })
}

export const dryRunUnsupported = (name: string) => newBadRequest(`admission webhook ${quote(name)} does not support dry run`)
