import type { IncomingMessage } from 'node:http'
import { newServiceUnavailable } from '../../apimachinery/status-error.ts'
import type { ApiResponse, ResponseSink } from '../http.ts'
import type { RequestScope } from '../scope.ts'
import { splitProxyPath } from './connect.ts'

/** Headers of one connection, which do not go further (RFC 9110, section 7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const maxBody = 256 * 1024 * 1024

/**
 * Passes a proxy request on to a server, and its answer back.
 * @throws StatusError 503 if nothing answers there
 */
export async function forward(scope: RequestScope, backend: URL): Promise<ApiResponse> {
  const { request } = scope
  const { prefix, rest, search } = splitProxyPath(request.url)
  if (rest === '' && (request.method === 'GET' || request.method === 'HEAD')) {
    return { status: 301, headers: { location: `${prefix}/${search}` } }
  }
  const answer = await send(scope, backend, rest || '/', search, prefix)
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && !hopByHop.has(name)) headers[name] = value
  }
  const { location } = answer.headers
  if (location !== undefined) headers['location'] = rewriteLocation(location, backend, prefix)
  return { status: answer.statusCode ?? 502, headers, stream: (sink) => pipe(answer, sink) }
}

async function send({ request }: RequestScope, backend: URL, path: string, search: string, prefix: string): Promise<IncomingMessage> {
  const { request: connect } = backend.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const body = await request.body(maxBody)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !name.startsWith(':') && !hopByHop.has(name) && name !== 'authorization' && name !== 'host')
      headers[name] = value
  }
  headers['host'] = backend.host
  headers['x-forwarded-uri'] = `${prefix}${path}`
  headers['x-forwarded-for'] = request.remoteAddress
  if (body.length > 0) headers['content-length'] = String(body.length)
  return new Promise((resolve, reject) => {
    // A backend's certificate is its own affair, as it is to an API server.
    const options = { method: request.method, path: path + search, headers, agent: false, rejectUnauthorized: false }
    const outgoing = connect({ host: backend.hostname.replace(/^\[|\]$/g, ''), port: backend.port, ...options }, resolve)
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const what = error.code === 'ECONNREFUSED' ? 'connect: connection refused' : error.message
      reject(newServiceUnavailable(`error trying to reach service: dial tcp ${backend.host}: ${what}`))
    })
    outgoing.end(body)
  })
}

/** A redirect within the backend stays behind the proxy. */
function rewriteLocation(location: string, backend: URL, prefix: string): string {
  if (!URL.canParse(location, backend)) return location
  const target = new URL(location, backend)
  const elsewhere = target.host !== backend.host
  const relative = !location.startsWith('/') && !/^[a-z]+:/i.test(location)
  if (elsewhere || relative || target.pathname.startsWith(prefix)) return location
  return `${prefix}${target.pathname}${target.search}`
}

function pipe(answer: IncomingMessage, sink: ResponseSink): void {
  answer.on('data', (chunk: Buffer) => {
    if (!sink.write(chunk)) answer.pause()
  })
  sink.onDrain(() => void answer.resume())
  answer.on('end', () => sink.end())
  answer.on('error', () => sink.end())
  sink.onClose(() => void answer.destroy())
}
