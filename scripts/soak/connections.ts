import { randomBytes } from 'node:crypto'
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { Agent, request } from 'node:https'
import type { Socket } from 'node:net'
import { createFrameReader } from './web-socket-frames.ts'

export interface Endpoint {
  server: string
  /** PEM. */
  ca: string
  token: string
  /** Whom the administrator is taken for. */
  user?: string
}

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by their fields
  body: any
}

/** One request. Rejects if the connection breaks, or if there is no answer for some time. */
export type Call = (method: string, path: string, body?: unknown, contentType?: string) => Promise<Answer>

const patienceMs = 15_000
const headersOf = ({ token, user }: Endpoint) => ({
  authorization: `Bearer ${token}`,
  accept: 'application/json',
  ...(user === undefined ? {} : { 'impersonate-user': user, 'impersonate-group': 'system:masters' }),
})

/** Requests over kept HTTP/1.1 connections. */
export function createHttp1Client(endpoint: Endpoint): { call: Call; close(): void } {
  const agent = new Agent({ keepAlive: true, ca: endpoint.ca })
  const call: Call = (method, path, body, contentType = 'application/json') =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? '' : JSON.stringify(body)
      // Node frames no body of a DELETE by itself.
      const entity = body === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }
      const headers = { ...headersOf(endpoint), ...entity }
      const sent = request(new URL(path, endpoint.server), { method, headers, agent, timeout: patienceMs }, (response) => {
        let answer = ''
        response.setEncoding('utf8').on('data', (chunk) => (answer += chunk))
        response.on('end', () => (response.complete ? settle(resolve, reject, response.statusCode!, answer) : reject(broken())))
        response.on('error', reject).on('aborted', () => reject(broken()))
      })
      sent.on('timeout', () => sent.destroy(new Error('no answer')))
      sent.on('error', reject).end(text)
    })
  return { call, close: () => agent.destroy() }
}

/** Requests and streams over one HTTP/2 connection, made anew when it breaks. */
export interface Http2Client {
  call: Call
  open(method: string, path: string, headers?: Record<string, string>): ClientHttp2Stream
  close(): void
}

export function createHttp2Client(endpoint: Endpoint): Http2Client {
  let session: ClientHttp2Session | undefined
  const current = () => {
    if (session === undefined || session.closed || session.destroyed) {
      const opened = connect(endpoint.server, { ca: endpoint.ca })
      opened.on('error', () => {}).on('goaway', () => opened.close())
      session = opened
    }
    return session
  }
  const open = (method: string, path: string, headers = {}) =>
    current().request({ ':method': method, ':path': path, ...headersOf(endpoint), ...headers }, { endStream: method === 'GET' })
  const call: Call = (method, path, body, contentType = 'application/json') =>
    new Promise((resolve, reject) => {
      const stream = open(method, path, body === undefined ? {} : { 'content-type': contentType })
      let status = 0
      let text = ''
      let ended = false
      stream.on('response', (headers) => (status = Number(headers[':status'])))
      stream.setEncoding('utf8').on('data', (chunk) => (text += chunk))
      stream.on('end', () => (ended = true)).on('error', reject)
      stream.on('close', () => (ended && status > 0 && stream.rstCode === 0 ? settle(resolve, reject, status, text) : reject(broken())))
      stream.setTimeout(patienceMs, () => stream.destroy(new Error('no answer')))
      if (method !== 'GET') stream.end(body === undefined ? undefined : JSON.stringify(body))
    })
  return { call, open, close: () => session?.destroy() }
}

const broken = () => new Error('the connection broke')

function settle(resolve: (answer: Answer) => void, reject: (error: Error) => void, status: number, text: string): void {
  try {
    resolve({ status, body: text.startsWith('{') ? JSON.parse(text) : text })
  } catch (error) {
    reject(error as Error)
  }
}

export type Transport = 'http1' | 'http2' | 'websocket'

/** An open watch: `ended` gives the status of the answer, 0 if there was none. */
export interface Stream {
  ended: Promise<number>
  /** Takes nothing from the connection for so long (milliseconds). */
  stall(milliseconds: number): void
  close(): void
}

/** Opens a watch; over HTTP/1.1 and WebSockets with a connection of its own. */
export function openStream(
  transport: Transport,
  { endpoint, http2 }: { endpoint: Endpoint; http2: Http2Client },
  path: string,
  onLine: (line: string) => void,
): Stream {
  if (transport === 'http2') return http2Stream(http2, path, onLine)
  return transport === 'http1' ? http1Stream(endpoint, path, onLine) : webSocketStream(endpoint, path, onLine)
}

function http2Stream(http2: Http2Client, path: string, onLine: (line: string) => void): Stream {
  const stream = http2.open('GET', path)
  let status = 0
  stream.on('response', (headers) => (status = Number(headers[':status'])))
  readLines(stream, () => status, onLine)
  const ended = new Promise<number>((resolve) => stream.on('error', () => {}).on('close', () => resolve(status)))
  return { ended, stall: (milliseconds) => stall(stream, milliseconds), close: () => stream.destroy() }
}

function http1Stream(endpoint: Endpoint, path: string, onLine: (line: string) => void): Stream {
  const sent = request(new URL(path, endpoint.server), { ca: endpoint.ca, headers: headersOf(endpoint), agent: false })
  let stallFor = (_milliseconds: number) => {}
  const ended = new Promise<number>((resolve) => {
    sent.on('error', () => resolve(0)).on('close', () => resolve(0))
    sent.on('response', (response) => {
      const status = response.statusCode!
      readLines(response, () => status, onLine)
      stallFor = (milliseconds) => stall(response, milliseconds)
      response.on('error', () => {}).on('close', () => resolve(status))
    })
  })
  sent.end()
  return { ended, stall: (milliseconds) => stallFor(milliseconds), close: () => sent.destroy() }
}

const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', origin: 'https://soak.example.com' }

/** As fabric8 does: one frame an event. */
function webSocketStream(endpoint: Endpoint, path: string, onLine: (line: string) => void): Stream {
  const key = randomBytes(16).toString('base64')
  const headers = { ...headersOf(endpoint), ...upgrade, 'sec-websocket-key': key }
  const sent = request(new URL(path, endpoint.server), { ca: endpoint.ca, headers, agent: false })
  let socket: Socket | undefined
  const close = () => void (socket ?? sent).destroy()
  const ended = new Promise<number>((resolve) => {
    sent.on('error', () => resolve(0)).on('close', () => socket ?? resolve(0))
    sent.on('response', (response) => {
      response.resume().on('error', () => {})
      resolve(response.statusCode!)
    })
    sent.on('upgrade', (_response, upgraded: Socket, head) => {
      socket = upgraded
      const read = createFrameReader(onLine, close)
      read(head)
      upgraded.on('data', read).on('error', () => {})
      upgraded.on('close', () => resolve(200)).on('end', close)
    })
  })
  sent.end()
  return { ended, stall: (milliseconds) => socket && stall(socket, milliseconds), close }
}

function readLines(source: NodeJS.ReadableStream, status: () => number, onLine: (line: string) => void): void {
  let rest = ''
  source.setEncoding('utf8')
  source.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    if (status() === 200) for (const line of lines) onLine(line)
  })
}

function stall(source: { pause(): unknown; resume(): unknown }, milliseconds: number): void {
  source.pause()
  setTimeout(() => source.resume(), milliseconds)
}
