import { setTimeout as wait } from 'node:timers/promises'
import { newUnauthorized } from '../apimachinery/status-error.ts'
import type { Attributes } from '../authorization/attributes.ts'
import type { ApiRequest, ApiResponse } from '../endpoints/http.ts'
import type { RequestInfo } from '../endpoints/request-info.ts'
import { answerOf } from './answers.ts'
import type { FaultSource } from './fault-set.ts'
import type { PlacedFault } from './placed-fault.ts'
import { brokenOff, disturbed, slowed } from './streams.ts'

/** A request as far as it has come when faults are asked: it is known whose it is, but not whether they may. */
export interface InterceptedRequest {
  request: ApiRequest
  info: RequestInfo
  attributes: Attributes
}

const reset: ApiResponse = { status: 0, headers: {}, connection: 'reset' }
const silent: ApiResponse = { status: 0, headers: {}, connection: 'silent' }

/** Serves a request while there are faults: as they say, or by `serve`. */
export async function intercept(
  { current = [], controls }: FaultSource,
  intercepted: InterceptedRequest,
  serve: () => Promise<ApiResponse>,
): Promise<ApiResponse> {
  const { request, info, attributes } = intercepted
  const token = tokenOf(request)
  if (token !== undefined && current.some(({ refusedTokens }) => refusedTokens.has(token))) throw newUnauthorized()
  const changes: PlacedFault[] = []
  for (const placed of current) {
    if (!placed.take(info, attributes.user)) continue
    if (placed.delay > 0) await wait(placed.delay)
    const { fault } = placed
    if (fault.status !== undefined) return answerOf(fault, request, attributes)
    if (fault.halfOpen) return { ...silent }
    if (fault.reset === true) return { ...reset }
    if (fault.down !== undefined || fault.certificateAuthority !== undefined) {
      await placed.strike(controls)
      return { ...reset }
    }
    if (fault.token !== undefined) {
      if (fault.token === 'rotate') await controls.renewToken()
      if (token !== undefined) placed.refusedTokens.add(token)
      throw newUnauthorized()
    }
    changes.push(placed)
  }
  const response = await serve()
  return request.method === 'HEAD' ? response : changes.reduce(changed, response)
}

function changed(response: ApiResponse, { fault: { slowBody, watch, reset: broken } }: PlacedFault): ApiResponse {
  if (slowBody !== undefined) return slowed(response, slowBody.bytesPerSecond)
  if (watch !== undefined) return disturbed(response, watch)
  return typeof broken === 'object' ? brokenOff(response, broken.afterBytes) : response
}

/** What the Authorization header holds, whatever its scheme. */
function tokenOf({ headers: { authorization } }: ApiRequest): string | undefined {
  return authorization?.replace(/^\S+\s+/, '')
}
