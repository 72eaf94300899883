import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { isWebSocketRequest, offeredProtocols } from '../authentication/web-socket-protocol.ts'
import type { ApiRequest, ApiResponse, ResponseSink } from '../endpoints/http.ts'
import { send, toApiRequest } from './node-http.ts'
import { corked } from './stream-sink.ts'

const normalClosure = 1000
/** Between our close frame and the end of a connection whose client does not answer it. */
const closeGrace = 1000

/** Without state: it only shakes hands. Compression is not offered, as the API server offers none. */
const shaker = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: 64 * 1024,
  handleProtocols: (_protocols, req) => offeredProtocols(req.headers)[0] ?? false,
})

/**
 * A request that asked to upgrade: the stream that answers it, if one does, goes on as a WebSocket with one frame an event. Any other
 * answer, such as a refusal, is plain HTTP.
 */
export async function serveUpgrade(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  handle: (request: ApiRequest) => Promise<ApiResponse>,
): Promise<void> {
  const response = await handle(toApiRequest(req))
  const streaming = response.upgrade === undefined ? undefined : await import('./streaming/upgrade.ts')
  // Who has gone while that was loaded is not told of again: a session with them would never end.
  if (socket.destroyed) return
  if (response.upgrade !== undefined) return streaming!.serveStreams(req, socket, head, response.upgrade)
  if (response.stream === undefined || !isWebSocketRequest(req.headers)) return sendPlain(req, socket, response)
  const refused = handshakeError(req)
  if (refused !== undefined) return void socket.end(refused)
  const { stream } = response
  const binary = !String(response.headers['content-type']).startsWith('application/json')
  shaker.handleUpgrade(req, socket, head, (webSocket) => stream(sinkOf(webSocket, socket, binary)))
}

/** Reading has ended with the upgrade, so the connection cannot be used again. */
function sendPlain(req: IncomingMessage, socket: Duplex, response: ApiResponse): void {
  const res = new ServerResponse(req)
  res.shouldKeepAlive = false
  res.assignSocket(socket as Parameters<typeof res.assignSocket>[0])
  res.once('finish', () => socket.end())
  send(req, res, response)
}

/** The bare answers of the API server's WebSocket library; undefined if hands may be shaken. */
function handshakeError({ headers }: IncomingMessage): string | undefined {
  if (!headers['sec-websocket-key']) return 'HTTP/1.1 400 Bad Request\r\n\r\nmismatch challenge/response'
  if (headers['sec-websocket-version'] !== '13') {
    return 'HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13\r\n\r\nmissing or bad WebSocket Version'
  }
  // It wants an Origin, though of anywhere; browsers send one, and client libraries for Kubernetes do.
  if (!/^(\/|\*$|[a-z][a-z\d+.-]*:)/i.test(headers.origin ?? '')) return 'HTTP/1.1 403 Forbidden\r\n\r\n'
  if (offeredProtocols(headers).length > 1) return 'HTTP/1.1 400 Bad Request\r\n\r\n'
  return undefined
}

/** One write is one frame. What the client sends is not listened to, but for its pings and its closing. */
function sinkOf(webSocket: WebSocket, socket: Duplex, binary: boolean): ResponseSink {
  webSocket.on('error', () => {})
  return {
    messages: true,
    write(chunk) {
      webSocket.send(chunk, { binary })
      return !socket.writableNeedDrain
    },
    together: (writes) => corked(socket, writes),
    end() {
      webSocket.close(normalClosure)
      const timer = setTimeout(() => webSocket.terminate(), closeGrace)
      webSocket.once('close', () => clearTimeout(timer))
    },
    reset: () => webSocket.terminate(),
    get closed() {
      return webSocket.readyState !== webSocket.OPEN
    },
    onClose: (listener) => void webSocket.once('close', listener),
    onDrain: (listener) => void socket.on('drain', listener),
  }
}
