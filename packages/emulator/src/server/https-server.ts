import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSecureServer, type SecureServerOptions, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ApiRequest, ApiResponse } from '../endpoints/http.ts'
import { isUpgradeRequest } from '../endpoints/upgrade-request.ts'
import { serveStream } from './http2-stream.ts'
import { send, toApiRequest } from './node-http.ts'

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
  /** Shows another certificate, to connections from now on. */
  showCertificate(serving: { cert: string; key: string }): void
  close(): void
}

/** Of a request, its line included; as Go's server takes. */
const maxHeaderBytes = 1 << 20

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
    settings: { maxConcurrentStreams: 1000, initialWindowSize: 1 << 20, maxHeaderListSize: maxHeaderBytes },
    maxSessionMemory: 64,
    maxHeaderListPairs: 4096,
    // Since Node 24.9; before it, who asks to upgrade to something else is answered without keeping the connection.
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => isUpgradeRequest(headers),
  } as SecureServerOptions)
  const serveHttp1 = (req: unknown, res: unknown) => void serve(req as IncomingMessage, res as ServerResponse, handle)
  server.on('request', serveHttp1)
  // It goes on when the body is read; who is refused before need not send it.
  server.on('checkContinue', serveHttp1)
  server.on('checkExpectation', (_req, res) => void res.writeHead(417, { connection: 'close', 'content-length': 0 }).end())
  // In place of the layer that makes a 'request' of every stream.
  server.removeAllListeners('stream')
  server.on('stream', (stream, headers, _flags, rawHeaders) => void serveStream(stream as ServerHttp2Stream, headers, rawHeaders, handle))
  server.on('clientError', rejectUnreadable)
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => void upgrade(req, socket, head, handle))
  // Half-open handshakes and broken sessions are the client's affair.
  server.on('tlsClientError', () => {})
  server.on('sessionError', () => {})
  // The bytes of the headers are limited, not their number: one may impersonate a thousand groups.
  // As members, since Node 22 takes no options of HTTP/1.1 here.
  Object.assign(server, { maxHeadersCount: 0, maxHeaderSize: maxHeaderBytes, requireHostHeader: true })
  // It never listens itself; this starts its watch over requests that take too long to arrive.
  server.emit('listening')
  const context = { cert, key, ca: clientCa, minVersion: 'TLSv1.2' as const }
  return {
    accept: (socket) => void server.emit('connection', socket),
    trustClients: (ca) => server.setSecureContext(Object.assign(context, { ca })),
    showCertificate: (serving) => server.setSecureContext(Object.assign(context, serving)),
    close: () => void server.close(),
  }
}

const rejected = new WeakSet<Duplex>()

/** What is no HTTP gets the bare answer of Go's server, after the answers to what came before it. */
function rejectUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET') return void socket.destroy()
  if (!rejected.has(socket)) {
    rejected.add(socket)
    endUnreadable(error, socket)
  } else if (socket.readableEnded) socket.destroy()
}

function endUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) return void socket.destroy()
  // Of a request that came in full and is being answered: Node keeps it under a name of its own.
  const { _httpMessage: pending } = socket as { _httpMessage?: ServerResponse | null }
  if (pending?.req?.complete) return void pending.once('close', () => endUnreadable(error, socket))
  // More than the client said it would send: nothing is missing.
  if (error.code === 'HPE_CLOSED_CONNECTION') return void socket.end()
  if (pending?.headersSent) return void socket.destroy()
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`)
}

async function serve(req: IncomingMessage, res: ServerResponse, handle: HttpsConnectionOptions['handle']): Promise<void> {
  if (req.httpVersionMajor !== 1) return refuseVersion(res)
  let gone = false
  res.once('close', () => {
    gone = true
  })
  // A reset by the client is told by 'close'; without a listener the stream's error would end the process.
  res.on('error', () => {})
  req.on('error', () => {})
  const response = await handle(toApiRequest(req, res))
  if (gone) return
  try {
    send(req, res, response)
  } catch {
    // A header that HTTP does not allow, such as a backend's.
    res.destroy()
  }
}

/** Node's parser takes HTTP/0.9 and HTTP/2.0 in a request line. */
function refuseVersion(res: ServerResponse): void {
  res.writeHead(505, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end('505 HTTP Version Not Supported')
}

/** Few clients ask for WebSockets or SPDY, so what speaks them is loaded for the first that does. */
async function upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, handle: HttpsConnectionOptions['handle']): Promise<void> {
  socket.on('error', () => {})
  try {
    const { serveUpgrade } = await import('./web-socket.ts')
    await serveUpgrade(req, socket, head, handle)
  } catch {
    // As where no file can be opened.
    socket.destroy()
  }
}
