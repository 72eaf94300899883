import { randomUUID } from 'node:crypto'
import type { Clock } from '../apimachinery/clock.ts'
import { durationError } from '../apimachinery/go-duration.ts'
import { newBadRequest, newUnauthorized, StatusError } from '../apimachinery/status-error.ts'
import type { Authenticated, Authenticator } from '../authentication/authenticator.ts'
import type { Impersonation } from '../authentication/impersonation.ts'
import type { UserInfo } from '../authentication/user-info.ts'
import { newAccessDenied } from '../authorization/access-denied.ts'
import type { Attributes, Authorizer, Decision } from '../authorization/attributes.ts'
import { attributesOf } from '../endpoints/attributes.ts'
import type { ResourceDependencies, Walked } from '../endpoints/dispatch.ts'
import { serveResource } from '../endpoints/dispatch.ts'
import type { ApiRequest, ApiResponse } from '../endpoints/http.ts'
import type { NonResourceDependencies } from '../endpoints/non-resource.ts'
import { serveNonResource } from '../endpoints/non-resource.ts'
import { parseRequestInfo, type RequestInfo, readRequestInfo, splitUrl } from '../endpoints/request-info.ts'
import { pageNotFound, respondError, respondText } from '../endpoints/responses.ts'
import { collectWarnings, formatWarnings, type SentObject, type Warnings } from '../endpoints/scope.ts'
import type { FaultSource } from '../faults/fault-set.ts'
import { intercept } from '../faults/intercept.ts'

export interface HandlerDependencies extends NonResourceDependencies, ResourceDependencies {
  clock: Clock
  authenticate: Authenticator
  impersonation: Impersonation
  authorizer: Authorizer
  faults?: FaultSource | undefined
  /** Answers paths that no API server of Kubernetes has. */
  serveOwn?: ((request: ApiRequest, path: string, user: UserInfo) => Promise<ApiResponse>) | undefined
  /** Where other servers write too: waits until what they have written can be seen. */
  catchUp?: (() => Promise<void>) | undefined
  /** Told of each request once its answer is known. */
  observe?(seen: ObservedRequest): void
  /** Told of errors that are no StatusErrors: our bugs. */
  onBug(error: unknown): void
}

/** A request and what became of it; what it did not get to is undefined. */
export interface ObservedRequest {
  readonly auditId: string
  readonly request: ApiRequest
  /** By the server's clock. */
  readonly received: number
  info: RequestInfo
  /** Whose credentials came with it. */
  sender: UserInfo | undefined
  /** As whom it was made: the sender, or who is impersonated. */
  user: UserInfo | undefined
  attributes: Attributes | undefined
  decision: Decision | undefined
  /** The object in its body, once that has been read. */
  sent: SentObject | undefined
  response: ApiResponse
}

export type ApiHandler = (request: ApiRequest) => Promise<ApiResponse>

/** The walk of every request, in the API server's order: who it is, as whom, whether they may, and then the answer. */
export function createApiHandler(dependencies: HandlerDependencies): ApiHandler {
  return async (request) => {
    const warnings = collectWarnings()
    const seen: ObservedRequest = {
      auditId: request.headers['audit-id'] ?? randomUUID(),
      request,
      received: dependencies.clock.now(),
      info: unreadable,
      sender: undefined,
      user: undefined,
      attributes: undefined,
      decision: undefined,
      sent: undefined,
      response: unanswered,
    }
    try {
      seen.response = await walk(dependencies, request, warnings, seen)
    } catch (error) {
      seen.response = respondError(error, request, dependencies.onBug)
    }
    dependencies.observe?.(seen)
    return finish(seen.response, warnings, seen.auditId)
  }
}

async function walk(
  dependencies: HandlerDependencies,
  request: ApiRequest,
  warnings: Warnings,
  seen: ObservedRequest,
): Promise<ApiResponse> {
  const { path, query } = splitUrl(request.url)
  if (path === undefined) return respondText(400, '400 Bad Request')
  const info = parseRequestInfo(request.method, path, query)
  seen.info = info
  if (info.problem !== undefined) return requestInfoError(request, info.problem)
  if (dependencies.catchUp !== undefined && readsNewest(info, query)) await dependencies.catchUp()
  refuseWrongTimeout(info, query)
  const found = dependencies.authenticate(request)
  const sender = senderOf(found instanceof Promise ? await found : found, warnings)
  seen.sender = sender
  const user = impersonate(dependencies, request, info, sender)
  if (user instanceof StatusError) return respondDenied(request, user, dependencies.onBug)
  seen.user = user
  const attributes = attributesOf(info, user)
  seen.attributes = attributes
  const walked = { request, info, query, user, warnings, observed: seen }
  const { faults } = dependencies
  if (faults?.current === undefined || request.own || path.startsWith(ownPaths)) return authorizeAndServe(dependencies, walked, seen)
  return intercept(faults, { request, info, attributes }, () => authorizeAndServe(dependencies, walked, seen))
}

const longRunning = new Set(['attach', 'exec', 'proxy', 'log', 'portforward'])

/**
 * How long a request may take is read before anybody asks who sends it (apiserver, filters.WithRequestDeadline).
 * @throws StatusError 400
 */
function refuseWrongTimeout({ verb, subresource, path }: RequestInfo, query: URLSearchParams): void {
  const timeout = query.get('timeout')
  if (!timeout || verb === 'watch' || verb === 'proxy' || longRunning.has(subresource) || path.startsWith('/debug/pprof/')) return
  const error = durationError(timeout)
  if (error !== undefined) throw newBadRequest(`invalid timeout specified in the request URL - ${error}`)
}

/** Whoever asks for any version gets the one that is at hand; pages that are no objects do without. */
const readsNewest = ({ isResourceRequest, path, verb }: RequestInfo, query: URLSearchParams) =>
  isResourceRequest ? query.get('resourceVersion') !== '0' || !reading.has(verb) : path.startsWith(ownPaths)

const reading = new Set(['get', 'list', 'watch'])

async function authorizeAndServe(dependencies: HandlerDependencies, walked: Walked, seen: ObservedRequest): Promise<ApiResponse> {
  const { request, info, query, user } = walked
  const { path } = info
  const attributes = seen.attributes!
  const decision = dependencies.authorizer.authorize(attributes)
  seen.decision = decision
  if (decision.verdict !== 'allow') return respondDenied(request, newAccessDenied(attributes, decision), dependencies.onBug)
  // Authorized as if it began with one slash, it leads nowhere.
  if (path.startsWith('//')) return pageNotFound()
  if (info.isResourceRequest) return serveResource(dependencies, walked)
  if (dependencies.serveOwn !== undefined && path.startsWith(ownPaths)) return dependencies.serveOwn(request, path, user)
  return serveNonResource(dependencies, request, path, query)
}

function respondDenied(request: ApiRequest, denial: StatusError, onBug: (error: unknown) => void): ApiResponse {
  const response = respondError(denial, request, onBug)
  response.headers['x-content-type-options'] = 'nosniff'
  return response
}

function senderOf(found: Authenticated | undefined, warnings: Warnings): UserInfo {
  if (found === undefined) throw newUnauthorized()
  if (found.warning !== undefined) warnings.add(found.warning)
  return found.user
}

function impersonate(
  { impersonation }: HandlerDependencies,
  request: ApiRequest,
  info: RequestInfo,
  sender: UserInfo,
): UserInfo | StatusError {
  if (!impersonates(request.headers)) return sender
  const result = impersonation.resolve(request.headerLines(), attributesOf(info, sender))
  if (result === undefined) return sender
  return result instanceof StatusError ? result : result.user
}

function impersonates(headers: ApiRequest['headers']): boolean {
  for (const name in headers) if (name.startsWith('impersonate-')) return true
  return false
}

function requestInfoError({ url }: ApiRequest, problem: string): ApiResponse {
  return respondText(500, `Internal Server Error: ${JSON.stringify(url)}: failed to create RequestInfo: ${problem}\n`)
}

const ownPaths = '/inpod/'
const unreadable = readRequestInfo('GET', '/')
const unanswered: ApiResponse = { status: 0, headers: {} }

function finish(response: ApiResponse, warnings: Warnings, auditId: string): ApiResponse {
  const { headers } = response
  headers['audit-id'] = auditId
  headers['cache-control'] ??= 'no-cache, private'
  if (warnings.texts.size > 0) headers['warning'] = formatWarnings(warnings.texts)
  return response
}
