// Requests in HTTP/2, past the layer that imitates HTTP/1.1: it takes as long as the rest of a small request.
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { ApiRequest, ApiResponse } from '../endpoints/http.ts'
import { breakOff } from './break-off.ts'
import { compress, wantsGzip } from './compression.ts'
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
  if (headers[HTTP2_HEADER_METHOD] === 'CONNECT') return refuse(stream, 405)
  if (headers['expect'] !== undefined && !waitsForContinue(headers)) return refuse(stream, 417)
  const response = await handle(toApiRequest(stream, headers, rawHeaders))
  if (stream.destroyed || stream.closed) return
  try {
    send(stream, headers, response)
  } catch {
    // A backend's header that HTTP/2 does not allow.
    stream.close(NGHTTP2_INTERNAL_ERROR)
  }
}

const ignore = () => {}
const waitsForContinue = (headers: IncomingHttpHeaders) => headers['expect']?.toLowerCase() === '100-continue'

function refuse(stream: ServerHttp2Stream, status: number): void {
  stream.resume()
  stream.respond({ [HTTP2_HEADER_STATUS]: status }, { endStream: true })
}

function toApiRequest(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: readonly string[]): ApiRequest {
  const socket = () => stream.session?.socket as TLSSocket | undefined
  return {
    method: headers[HTTP2_HEADER_METHOD] as string,
    url: headers[':path'] as string,
    headers: headers as Record<string, string | undefined>,
    headerLines: () => linesOf(rawHeaders),
    host: headers[':authority'] ?? headers['host'] ?? '',
    get remoteAddress() {
      return socket()?.remoteAddress ?? ''
    },
    get clientCertificate() {
      const connection = socket()
      return connection === undefined ? undefined : clientCertificateOf(connection)
    },
    body(limit) {
      if (waitsForContinue(headers)) stream.additionalHeaders({ [HTTP2_HEADER_STATUS]: 100 })
      return readBody(stream, limit)
    },
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
  if (!isWhole) stream.end(bytes)
}
