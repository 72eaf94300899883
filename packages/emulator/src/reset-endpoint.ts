import type { ApiServerOptions } from './api-server.ts'
import { newForbidden, newMethodNotAllowed } from './apimachinery/status-error.ts'
import { respond } from './endpoints/responses.ts'

type ServeOwn = NonNullable<ApiServerOptions['serveOwn']>

/** Where a running emulator is put back into its first state; no path of Kubernetes'. */
export const resetPath = '/inpod/v1/reset'

/** Answers at this path, for members of system:masters alone; `others` answers at the emulator's other paths. */
export function createResetEndpoint(reset: () => void, others: ServeOwn): ServeOwn {
  return async (request, path, user) => {
    if (path !== resetPath) return others(request, path, user)
    if (!user.groups.includes('system:masters'))
      throw newForbidden({ group: 'inpod', resource: 'reset' }, '', 'it is for members of system:masters')
    if (request.method !== 'POST') throw newMethodNotAllowed()
    reset()
    return respond(200, {}, { media: 'json', pretty: false })
  }
}
