import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type ClientHttp2Session, connect } from 'node:http2'
import { Agent, request } from 'node:https'
import { startCommand } from '../conformance/command.ts'
import { processorMs, residentMiB } from './processor-time.ts'

export interface Call {
  method?: string
  path: string
  body?: unknown
  type?: string
  token?: string
  expect?: number
  /** Over HTTP/2, at this URL if it is another. */
  http2?: true | string
}

export interface ServerAddress {
  url: string
  /** PEM. */
  ca: string
  token: string
  pid: number
}

/** A running server, and a client that keeps a few connections to it. */
export interface MeasuredServer extends ServerAddress, AsyncDisposable {
  /** What it took until it was ready, in milliseconds of a processor. */
  startMs: number
  /** @throws if the status is not the one expected (default: any 2xx) */
  call(call: Call): Promise<Buffer>
  memoryMiB(): number
  /** Processor time of the server for one of `count` operations, in milliseconds. */
  cost(count: number, operation: (index: number) => Promise<unknown>, concurrency?: number): Promise<number>
}

const CONCURRENCY = 8

/** Runs `inpod start` with more arguments; disposing of it ends it. */
export async function startServer(args: string[] = []): Promise<MeasuredServer> {
  const command = await startCommand(args)
  const { server: url, caFile, token, pid } = command.started
  return measured({ url, ca: readFileSync(caFile, 'utf8'), token, pid }, () => command[Symbol.asyncDispose]())
}

/** @param end ends the server, when it is disposed of */
export function measured(address: ServerAddress, end: () => PromiseLike<void>): MeasuredServer {
  const { url, token, pid } = address
  const startMs = processorMs(pid)
  const http1 = createHttp1Client(address)
  const http2 = createHttp2Client(address)
  return {
    ...address,
    startMs,
    async call(call) {
      const { method = 'GET', path, expect } = call
      const { status, bytes } = await (call.http2 === undefined ? http1 : http2).call({ token, ...call })
      if (expect === undefined ? status < 300 : status === expect) return bytes
      throw new Error(`${method} ${url}${path}: ${status} ${bytes.subarray(0, 500)}`)
    },
    memoryMiB: () => residentMiB(pid),
    async cost(count, operation, concurrency) {
      const before = processorMs(pid)
      await inParallel(count, operation, concurrency)
      return (processorMs(pid) - before) / count
    },
    async [Symbol.asyncDispose]() {
      http1.close()
      http2.close()
      await end()
    },
  }
}

/** Runs an operation `count` times, a few at a time. */
export async function inParallel(count: number, operation: (index: number) => Promise<unknown>, concurrency = CONCURRENCY): Promise<void> {
  let next = 0
  const work = async () => {
    while (next < count) await operation(next++)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, work))
}

export interface Client {
  call(call: Call): Promise<{ status: number; bytes: Buffer }>
  close(): void
}

export function createHttp1Client({ url, ca }: Pick<ServerAddress, 'url' | 'ca'>): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY, ca })
  const { hostname, port } = new URL(url)
  const call: Client['call'] = async (given) => {
    const { method = 'GET', path, body } = given
    const sent = request({ agent, hostname, port, method, path, headers: headersOf(given) })
    sent.end(body === undefined ? undefined : JSON.stringify(body))
    const response = await once(sent, 'response').catch((error) => {
      // The server had just closed a connection that nobody had used for a while.
      if (sent.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code)) return undefined
      throw error
    })
    if (response === undefined) return call(given)
    return { status: response[0].statusCode, bytes: await readAll(response[0]) }
  }
  return { call, close: () => agent.destroy() }
}

function createHttp2Client({ url, ca }: ServerAddress): Client {
  let session: ClientHttp2Session | undefined
  return {
    async call(given) {
      const { method = 'GET', path, body } = given
      session ??= connect(given.http2 === true ? url : given.http2!, { ca })
      const stream = session.request({ ':method': method, ':path': path, ...headersOf(given) })
      stream.end(body === undefined ? undefined : JSON.stringify(body))
      const [headers] = await once(stream, 'response')
      return { status: headers[':status'], bytes: await readAll(stream) }
    },
    close: () => session?.destroy(),
  }
}

function headersOf({ token, body, type = 'application/json' }: Call): Record<string, string> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
  return body === undefined ? headers : { ...headers, 'content-type': type }
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
