import type { ApiServerOptions } from './api-server.ts'
import { newForbidden, newMethodNotAllowed } from './apimachinery/status-error.ts'
import { respond } from './endpoints/responses.ts'

type ServeOwn = NonNullable<ApiServerOptions['serveOwn']>

/** What a running emulator can be told to do. */
export type Action = 'reset' | 'compact'

/** Where it is told, by POST; no path of Kubernetes'. */
export const actionPath = (action: Action): string => `/inpod/v1/${action}`

/** Answers at the paths of the actions, for members of system:masters alone; `others` answers at the emulator's other paths. */
export function createActionEndpoint(actions: Record<Action, () => void>, others: ServeOwn): ServeOwn {
  const names = Object.keys(actions) as Action[]
  return async (request, path, user) => {
    const action = names.find((name) => path === actionPath(name))
    if (action === undefined) return others(request, path, user)
    if (!user.groups.includes('system:masters'))
      throw newForbidden({ group: 'inpod', resource: action }, '', 'it is for members of system:masters')
    if (request.method !== 'POST') throw newMethodNotAllowed()
    actions[action]()
    return respond(200, {}, { media: 'json', pretty: false })
  }
}
