// Requests in HTTP/2, past the layer that imitates HTTP/1.1: it takes as long as the rest of a small request.
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { ApiRequest, ApiResponse } from '../endpoints/http.ts'
import { breakOff } from './break-off.ts'
import { compress, wantsGzip } from './compression.ts'
import { endInSlices } from './end-in-slices.ts'
import { bytesOf, clientCertificateOf, linesOf, readBody } from './node-http.ts'
import { openHttp2Stream } from './stream-sink.ts'

const { HTTP2_HEADER_METHOD, HTTP2_HEADER_STATUS, NGHTTP2_INTERNAL_ERROR } = constants

/** Answers the request that began a stream. */
export async function serveStream(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
  handle: (request: ApiRequest) => Promise<ApiResponse>,
): Promise<void> {
  // A reset by the client is told by 'close'; without a listener the stream's error would end the process.
  stream.on('error', ignore)
  stream.destroy = destroyWithoutStack
  if (headers[HTTP2_HEADER_METHOD] === 'CONNECT') return refuse(stream, 405)
  if (headers['expect'] !== undefined && !waitsForContinue(headers)) return refuse(stream, 417)
  const response = await handle(new Http2Request(stream, headers, rawHeaders))
  if (stream.destroyed || stream.closed) return
  try {
    send(stream, headers, response)
  } catch {
    // A backend's header that HTTP/2 does not allow.
    stream.close(NGHTTP2_INTERNAL_ERROR)
  }
}

const ignore = () => {}

/**
 * The answer's end closes a stream before Node has been told that it was written, for which Node makes an error that nobody sees. Finding out
 * where in the code that was would cost a tenth of a small request.
 */
function destroyWithoutStack(this: ServerHttp2Stream, error?: Error): ServerHttp2Stream {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return Object.getPrototypeOf(this).destroy.call(this, error)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

const waitsForContinue = ({ expect }: { readonly expect?: string | undefined }) => expect?.toLowerCase() === '100-continue'

function refuse(stream: ServerHttp2Stream, status: number): void {
  stream.resume()
  stream.respond({ [HTTP2_HEADER_STATUS]: status }, { endStream: true })
}

/** A class, as objects with accessors of their own take long to make. */
class Http2Request implements ApiRequest {
  readonly method: string
  readonly url: string
  readonly headers: ApiRequest['headers']
  readonly host: string
  readonly #stream: ServerHttp2Stream
  readonly #rawHeaders: readonly string[]

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: readonly string[]) {
    this.method = headers[HTTP2_HEADER_METHOD] as string
    this.url = headers[':path'] as string
    this.headers = headers as ApiRequest['headers']
    this.host = headers[':authority'] ?? headers['host'] ?? ''
    this.#stream = stream
    this.#rawHeaders = rawHeaders
  }

  headerLines(): Record<string, string[]> {
    return linesOf(this.#rawHeaders)
  }

  get remoteAddress(): string {
    return this.#socket?.remoteAddress ?? ''
  }

  get clientCertificate(): ApiRequest['clientCertificate'] {
    const socket = this.#socket
    return socket === undefined ? undefined : clientCertificateOf(socket)
  }

  body(limit: number): Promise<Uint8Array> {
    if (waitsForContinue(this.headers)) this.#stream.additionalHeaders({ [HTTP2_HEADER_STATUS]: 100 })
    return readBody(this.#stream, limit)
  }

  get #socket(): TLSSocket | undefined {
    return this.#stream.session?.socket as TLSSocket | undefined
  }
}

function send(stream: ServerHttp2Stream, request: IncomingHttpHeaders, response: ApiResponse): void {
  if (response.connection !== undefined) {
    if (response.connection === 'reset') breakOff(stream.session?.socket, () => stream.session?.destroy())
    return
  }
  const headers: Record<string, string | string[] | number> = response.headers
  headers[HTTP2_HEADER_STATUS] = response.status
  if (response.stream !== undefined) {
    stream.respond(headers)
    response.stream(openHttp2Stream(stream))
    return
  }
  const bytes = bytesOf(response)
  // A body that nobody reads must not hold the stream.
  if (!stream.readableEnded) stream.resume()
  if (bytes !== undefined && wantsGzip(request['accept-encoding'] as string | undefined, response, bytes.length)) {
    headers['content-encoding'] = 'gzip'
    headers['vary'] = [headers['vary'] ?? [], 'Accept-Encoding'].flat() as string[]
    compress(bytes).then(
      (compressed) => end(stream, request, headers, compressed),
      () => stream.close(NGHTTP2_INTERNAL_ERROR),
    )
    return
  }
  if (bytes !== undefined) headers['content-length'] = bytes.length
  end(stream, request, headers, bytes)
}

function end(
  stream: ServerHttp2Stream,
  request: IncomingHttpHeaders,
  headers: Record<string, string | string[] | number>,
  bytes: Uint8Array | undefined,
): void {
  if (stream.destroyed || stream.closed) return
  const isWhole = bytes === undefined || bytes.length === 0 || request[HTTP2_HEADER_METHOD] === 'HEAD'
  stream.respond(headers, { endStream: isWhole })
  if (!isWhole) endInSlices(stream, bytes)
}
