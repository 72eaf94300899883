import { type RequestOptions, request } from 'node:https'
import { text } from 'node:stream/consumers'
import { EmulatorError } from '../errors.ts'

export interface ApiClientOptions {
  /** Such as `https://127.0.0.1:40123`. */
  server: string
  /** PEM. */
  caCertificate: string
  token: string
}

/** Asks a server that another process runs; gives the object that it answers. */
export type ApiClient = (method: string, path: string, body?: object) => Promise<ApiObject>

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind
type ApiObject = Record<string, any>

/** @throws (the client) EmulatorError ERR_API with what the server says, or ERR_NOT_RUNNING if none answers */
export function createApiClient({ server, caCertificate, token }: ApiClientOptions): ApiClient {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' }
  const send = (path: string, options: RequestOptions, body: object | undefined) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const asking = request(new URL(path, server), options, (response) => {
        text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject)
      })
      asking.on('error', reject)
      asking.end(body === undefined ? undefined : JSON.stringify(body))
    })
  return async (method, path, body) => {
    const answer = await send(path, { method, headers, ca: caCertificate, agent: false }, body).catch((error: Error) => {
      const hint = 'Has inpod start ended meanwhile?'
      throw new EmulatorError('ERR_NOT_RUNNING', `${server} does not answer: ${error.message}`, { hint, cause: error })
    })
    const object = parse(answer.body)
    if (answer.status < 300 && object !== undefined) return object
    throw new EmulatorError('ERR_API', `the server says: ${object?.['message'] ?? answer.body}`)
  }
}

function parse(body: string): ApiObject | undefined {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
