import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import type { Socket } from 'node:net'
import type { Emulator } from 'inpod'

export interface OpenWatch extends AsyncDisposable {
  socket: Socket
  response: IncomingMessage
  /** The next event; undefined once the stream has ended well. Rejects if it is cut off. */
  // biome-ignore lint/suspicious/noExplicitAny: events are looked into by their fields
  next(): Promise<any>
}

type Target = Pick<Emulator, 'url' | 'caCertificate' | 'adminToken'>

/** A watch over a connection of its own, once the server has answered. */
export async function openWatch({ url, caCertificate, adminToken }: Target, path: string): Promise<OpenWatch> {
  const agent = new Agent({ keepAlive: true })
  const headers = { authorization: `Bearer ${adminToken}` }
  const req = request(new URL(path, url), { ca: caCertificate, headers, agent }).end()
  const [response] = (await once(req, 'response')) as [IncomingMessage]
  const lines = readLines(response)
  return {
    socket: response.socket,
    response,
    async next() {
      const { value } = await lines.next()
      return value === undefined ? undefined : JSON.parse(value)
    },
    async [Symbol.asyncDispose]() {
      req.on('error', () => {})
      req.destroy()
      agent.destroy()
    },
  }
}

async function* readLines(response: IncomingMessage): AsyncGenerator<string, undefined> {
  let rest = ''
  for await (const chunk of response.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    yield* lines
  }
  return undefined
}
