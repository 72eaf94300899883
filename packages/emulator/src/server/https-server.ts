import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type ApiRequest, type ApiResponse, BodyTooLarge, type ResponseSink } from '../endpoints/http.ts'

export interface HttpsConnectionOptions {
  cert: string
  key: string
  /** Signs client certificates. */
  clientCa: string
  handle: (request: ApiRequest) => Promise<ApiResponse>
}

/** Serves connections that someone else accepts. */
export interface HttpsConnections {
  /** @param socket a connection of which nothing has been read */
  accept(socket: Socket): void
  /** @param ca PEM: who signs client certificates, for connections from now on */
  trustClients(ca: string): void
  close(): void
}

/** HTTP/1.1 and HTTP/2 over TLS. */
export function createHttpsConnections({ cert, key, clientCa, handle }: HttpsConnectionOptions): HttpsConnections {
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
  server.on('request', (req, res) => void serve(req, res, handle))
  // Half-open handshakes and broken sessions are the client's affair.
  server.on('tlsClientError', () => {})
  server.on('sessionError', () => {})
  // It never listens itself; this starts its watch over requests that take too long to arrive.
  server.emit('listening')
  return {
    accept: (socket) => void server.emit('connection', socket),
    trustClients: (ca) => server.setSecureContext({ cert, key, ca, minVersion: 'TLSv1.2' }),
    close: () => void server.close(),
  }
}

async function serve(req: Http2ServerRequest, res: Http2ServerResponse, handle: HttpsConnectionOptions['handle']): Promise<void> {
  let gone = false
  res.once('close', () => {
    gone = true
  })
  // A reset by the client is told by 'close'; without a listener the stream's error would end the process.
  res.on('error', () => {})
  req.on('error', () => {})
  const response = await handle(toApiRequest(req))
  if (gone) return
  send(req, res, response)
}

function toApiRequest(req: Http2ServerRequest): ApiRequest {
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
