import { newBadRequest, newForbidden, newMethodNotAllowed, newNotFound, StatusError } from '../apimachinery/status-error.ts'
import type { UserInfo } from '../authentication/user-info.ts'
import { type ApiRequest, type ApiResponse, BodyTooLarge } from '../endpoints/http.ts'
import { pageNotFound, respond } from '../endpoints/responses.ts'
import { EmulatorError } from '../errors.ts'
import { checkFaults } from './check.ts'
import type { FaultSetOfServer } from './fault-set.ts'

/** Where the faults of a running emulator are listed, added and removed; no path of Kubernetes'. */
export const faultsPath = '/inpod/v1/faults'

const largestBody = 1 << 20
const resource = { group: 'inpod', resource: 'faults' }

/** Answers the emulator's own paths, for members of system:masters alone. */
export function createFaultEndpoint(faults: FaultSetOfServer): (request: ApiRequest, path: string, user: UserInfo) => Promise<ApiResponse> {
  const answer = (status: number, value: unknown) => respond(status, value, { media: 'json', pretty: false })
  const list = (status: number) => answer(status, { faults: faults.list().map(({ fault, ...counts }) => ({ ...fault, state: counts })) })
  return async (request, path, { groups }) => {
    if (path !== faultsPath && !path.startsWith(`${faultsPath}/`)) return pageNotFound()
    if (!groups.includes('system:masters')) throw newForbidden(resource, '', 'they are for members of system:masters')
    const id = path.slice(faultsPath.length + 1)
    switch (`${request.method} ${id === '' ? 'all' : 'one'}`) {
      case 'GET all':
        return list(200)
      case 'POST all':
        return answer(201, { ids: await addAll(faults, request) })
      case 'DELETE all':
        faults.clear()
        return list(200)
      case 'DELETE one':
        if (!faults.remove(id)) throw newNotFound(resource, id)
        return list(200)
      default:
        throw newMethodNotAllowed()
    }
  }
}

async function addAll(faults: FaultSetOfServer, request: ApiRequest): Promise<string[]> {
  try {
    const body = Buffer.from(await request.body(largestBody)).toString()
    const ids: string[] = []
    for (const fault of checkFaults(JSON.parse(body))) ids.push(await faults.addAfterAnswer(fault))
    return ids
  } catch (error) {
    if (error instanceof EmulatorError || error instanceof SyntaxError || error instanceof BodyTooLarge) throw newBadRequest(error.message)
    throw error instanceof StatusError ? error : newBadRequest(String(error))
  }
}
