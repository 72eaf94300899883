// What `kubectl proxy` in a sidecar does: plain HTTP on this machine, passed on to the API server as the Pod's service account.
import { statSync, unlinkSync } from 'node:fs'
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type RequestOptions, type ServerResponse } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import type { Duplex } from 'node:stream'
import { EmulatorError } from '../errors.ts'
import { cleanPath, isAccepted } from './filter.ts'

export interface KubectlProxyOptions {
  /** A port of 127.0.0.1, or the path of a Unix socket. */
  listen: number | { path: string }
  /** Of the API server, such as `https://127.0.0.1:6443`. */
  url: string
  /** PEM. */
  caCertificate: string
  /** The service account's token as it is now. */
  token(): string
}

/**
 * Listens until it is disposed of.
 * @throws EmulatorError ERR_PORT_IN_USE, ERR_PORT_FORBIDDEN, ERR_SOCKET
 */
export async function startKubectlProxy(options: KubectlProxyOptions): Promise<AsyncDisposable> {
  const { hostname, port } = new URL(options.url)
  const agent = new Agent({ keepAlive: true })
  const target = { hostname: hostname.replace(/^\[(.*)\]$/, '$1'), port, ca: options.caCertificate, agent }
  const upgrades = new Set<Duplex>()
  const server = createServer({ requireHostHeader: true, highWaterMark: 65_536 }, (request, response) => {
    if (!passesGate(request, (status, headers, text) => response.writeHead(status, headers).end(text))) return
    forward(request, response, { ...target, ...outgoing(request, options.token()) })
  })
  // Watches are open for as long as they like.
  server.requestTimeout = 0
  server.on('upgrade', (request, socket, head) => {
    upgrades.add(socket.once('close', () => upgrades.delete(socket)))
    socket.on('error', () => {})
    if (!passesGate(request, (...answer) => void socket.end(rawResponse(...answer)))) return
    forwardUpgrade({ socket, head }, { ...target, agent: undefined, ...outgoing(request, options.token()) })
  })
  await listen(server, options.listen)
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of upgrades) socket.destroy()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      agent.destroy()
      await closed
    },
  }
}

type Answer = (status: number, headers: Record<string, string>, text: string) => void

/** False when the request has been answered here. */
function passesGate({ url = '/', method = '', headers: { host = '' } }: IncomingMessage, answer: Answer): boolean {
  const [raw = '/', ...query] = url.split('?')
  const path = decodePath(raw)
  const clean = cleanPath(path)
  if (clean !== path && method !== 'CONNECT') {
    const location = [encodeURI(clean), ...query].join('?')
    const text = method === 'GET' ? `<a href="${location.replaceAll('&', '&amp;')}">Temporary Redirect</a>.\n\n` : ''
    const type: Record<string, string> = /^(GET|HEAD)$/.test(method) ? { 'content-type': 'text/html; charset=utf-8' } : {}
    answer(307, { ...type, location, 'content-length': String(Buffer.byteLength(text)) }, text)
    return false
  }
  if (isAccepted(path, host)) return true
  answer(403, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', 'content-length': '10' }, 'Forbidden\n')
  return false
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const HOP_BY_HOP = ['connection', 'proxy-connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade']

/** What says nothing of itself is taken for kubectl. */
const USER_AGENT = 'kubectl/v1.36.3 (linux/amd64) kubernetes/inpod'

/** Who brings credentials of his own is himself. */
function outgoing({ method, url, headers }: IncomingMessage, token: string): RequestOptions {
  const kept: OutgoingHttpHeaders = { authorization: `Bearer ${token}`, 'user-agent': USER_AGENT, ...headers }
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase())
  const isUpgrade = headers.upgrade !== undefined && named.includes('upgrade')
  for (const name of [...HOP_BY_HOP, ...named, 'host']) if (!isUpgrade || !['connection', 'upgrade'].includes(name)) delete kept[name]
  return { method, path: url, headers: kept }
}

function forward(request: IncomingMessage, response: ServerResponse, options: RequestOptions): void {
  const passed = httpsRequest(options, (answer) => {
    const headers = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.includes(name)))
    response.writeHead(answer.statusCode!, answer.statusMessage, headers)
    response.flushHeaders()
    answer.pipe(response)
    answer.on('error', () => response.destroy())
  })
  passed.on('error', (error) => {
    if (response.headersSent) response.destroy()
    else
      response
        .writeHead(500, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' })
        .end(`${error.message}\n`)
  })
  response.on('close', () => passed.destroy())
  request.pipe(passed)
}

function forwardUpgrade({ socket, head }: { socket: Duplex; head: Buffer }, options: RequestOptions): void {
  const passed = httpsRequest(options)
  passed.on('upgrade', (answer, upstream, first) => {
    socket.write(statusLines(answer.statusCode!, answer.statusMessage ?? '', answer.rawHeaders))
    if (first.length > 0) socket.write(first)
    if (head.length > 0) upstream.write(head)
    socket.pipe(upstream).pipe(socket)
    upstream.on('error', () => socket.destroy())
    socket.on('close', () => upstream.destroy())
  })
  // Refused: the answer is like any other.
  passed.on('response', (answer) => {
    socket.write(statusLines(answer.statusCode!, answer.statusMessage ?? '', [...withoutLength(answer.rawHeaders), 'Connection', 'close']))
    answer.pipe(socket)
  })
  passed.on('error', (error) => socket.end(rawResponse(500, { 'content-type': 'text/plain; charset=utf-8' }, `${error.message}\n`)))
  socket.on('close', () => passed.destroy())
  passed.end()
}

/** The body of such an answer ends with the connection. */
function withoutLength(rawHeaders: string[]): string[] {
  const isKept = (index: number) => !/^(transfer-encoding|connection)$/i.test(rawHeaders[index - (index % 2)]!)
  return rawHeaders.filter((_, index) => isKept(index))
}

function statusLines(status: number, message: string, rawHeaders: string[]): string {
  const lines = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : []))
  return [`HTTP/1.1 ${status} ${message}`, ...lines, '', ''].join('\r\n')
}

function rawResponse(status: number, headers: Record<string, string>, text: string): string {
  const message = status === 403 ? 'Forbidden' : status === 307 ? 'Temporary Redirect' : 'Internal Server Error'
  return statusLines(status, message, [...Object.entries(headers).flat(), 'Connection', 'close']) + text
}

async function listen(server: ReturnType<typeof createServer>, where: KubectlProxyOptions['listen']): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  if (typeof where === 'number') server.listen(where, '127.0.0.1', resolve)
  else {
    // One that another left behind is taken over, as kubectl does.
    if (statSync(where.path, { throwIfNoEntry: false })?.isSocket()) unlinkSync(where.path)
    server.listen(where, resolve)
  }
  await promise.catch((cause: NodeJS.ErrnoException) => {
    throw listenError(where, cause)
  })
  server.off('error', reject)
}

function listenError(where: KubectlProxyOptions['listen'], cause: NodeJS.ErrnoException): EmulatorError {
  if (typeof where !== 'number') {
    const hint = 'Name a path in a folder that exists, at which nothing is: --proxy=unix:/tmp/proxy.sock'
    return new EmulatorError('ERR_SOCKET', `the proxy cannot listen at ${where.path}: ${cause.code}`, { hint, cause })
  }
  if (cause.code === 'EACCES')
    return new EmulatorError('ERR_PORT_FORBIDDEN', `the proxy may not listen at port ${where}`, {
      hint: 'Choose a port above 1023.',
      cause,
    })
  return new EmulatorError('ERR_PORT_IN_USE', `port ${where} of 127.0.0.1 is in use`, { hint: 'Choose another one: --proxy=8002', cause })
}
