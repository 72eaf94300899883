import { createSecureServer, type Http2SecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type ApiRequest, type ApiResponse, BodyTooLarge, type ResponseSink } from '../endpoints/http.ts'

export interface HttpsServerOptions {
  host: string
  /** 0 takes a free one. */
  port: number
  cert: string
  key: string
  /** Signs client certificates. */
  clientCa: string
  handle: (request: ApiRequest) => Promise<ApiResponse>
}

export interface HttpsServer {
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

/**
 * Listens with HTTP/1.1 and HTTP/2 by ALPN.
 * @throws the error of `listen`, such as EADDRINUSE
 */
export async function startHttpsServer({ host, port, cert, key, clientCa, handle }: HttpsServerOptions): Promise<HttpsServer> {
  const server = createSecureServer({
    allowHTTP1: true,
    cert,
    key,
    ca: clientCa,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    settings: { maxConcurrentStreams: 1000, initialWindowSize: 1 << 20 },
    maxSessionMemory: 64,
    maxHeaderListPairs: 512,
  })
  const sockets = new Set<TLSSocket>()
  server.on('secureConnection', (socket: TLSSocket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.setNoDelay(true)
  })
  server.on('request', (req, res) => void serve(req, res, handle))
  // Half-open handshakes and broken sessions are the client's affair.
  server.on('tlsClientError', () => {})
  server.on('sessionError', () => {})
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  server.on('error', () => {})
  return { host, port: (server.address() as AddressInfo).port, close: () => closeServer(server, sockets) }
}

function closeServer(server: Http2SecureServer, sockets: Set<TLSSocket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of sockets) socket.destroy()
  })
}

async function serve(req: Http2ServerRequest, res: Http2ServerResponse, handle: HttpsServerOptions['handle']): Promise<void> {
  const controller = new AbortController()
  res.once('close', () => controller.abort())
  // A reset by the client is told by 'close'; without a listener the stream's error would end the process.
  res.on('error', () => {})
  req.on('error', () => {})
  const response = await handle(toApiRequest(req, controller.signal))
  if (controller.signal.aborted) return
  send(req, res, response)
}

function toApiRequest(req: Http2ServerRequest, signal: AbortSignal): ApiRequest {
  const socket = req.socket as TLSSocket
  const headers = req.headers as Record<string, string | undefined>
  return {
    method: req.method,
    url: req.url,
    headers,
    headerLines: () => linesOf(req.rawHeaders),
    host: headers[':authority'] ?? headers['host'] ?? '',
    remoteAddress: socket.remoteAddress ?? '',
    get clientCertificate() {
      return clientCertificateOf(socket)
    },
    body: (limit) => readBody(req, limit),
    signal,
  }
}

function linesOf(raw: readonly string[]): Record<string, string[]> {
  const lines: Record<string, string[]> = {}
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase()
    ;(lines[name] ??= []).push(raw[i + 1]!)
  }
  return lines
}

function clientCertificateOf(socket: TLSSocket): ApiRequest['clientCertificate'] {
  if (!socket.authorized) return undefined
  const subject = socket.getPeerCertificate()?.subject
  if (subject === undefined) return undefined
  // Several organizations come as a list, which the types do not say.
  const organizations: string | string[] | undefined = subject.O
  return { commonName: String(subject.CN ?? ''), organizations: organizations === undefined ? [] : [organizations].flat() }
}

function readBody(req: Http2ServerRequest, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) {
        reject(new BodyTooLarge())
        req.removeAllListeners('data')
        req.resume()
      } else chunks.push(chunk)
    })
    req.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    req.on('aborted', () => reject(new Error('the client went away')))
    req.on('error', reject)
  })
}

function send(req: Http2ServerRequest, res: Http2ServerResponse, { status, headers, body, stream }: ApiResponse): void {
  res.statusCode = status
  for (const name in headers) res.setHeader(name, headers[name]!)
  if (stream !== undefined) {
    // Clients wait for the head before they wait for events.
    if ('flushHeaders' in res) (res as unknown as { flushHeaders(): void }).flushHeaders()
    stream(sinkOf(res))
    return
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  if (bytes !== undefined) res.setHeader('content-length', bytes.length)
  // A body that nobody reads must not hold the connection.
  if (!req.readableEnded) req.resume()
  if (req.method === 'HEAD') res.end()
  else if (bytes === undefined) res.end()
  else res.end(bytes)
}

function sinkOf(res: Http2ServerResponse): ResponseSink {
  return {
    write: (chunk) => (res.writable ? (res.write as (chunk: Uint8Array | string) => boolean).call(res, chunk) : true),
    end: () => void res.end(),
    get closed() {
      return !res.writable
    },
    onClose: (listener) => void res.once('close', listener),
    onDrain: (listener) => void res.on('drain', listener),
  }
}
