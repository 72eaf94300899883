import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { type ApiRequest, type ApiResponse, BodyTooLarge } from '../endpoints/http.ts'
import { compress, wantsGzip } from './compression.ts'
import { openStream } from './stream-sink.ts'

/** A request to Node's server, in either version of HTTP, as the handler sees it. */
export function toApiRequest(req: Http2ServerRequest, res?: Http2ServerResponse): ApiRequest {
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
    body: (limit) => {
      if (res !== undefined && headers['expect']?.toLowerCase() === '100-continue') res.writeContinue()
      return readBody(req, limit)
    },
  }
}

function linesOf(raw: readonly string[]): Record<string, string[]> {
  const lines: Record<string, string[]> = {}
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase()
    lines[name] ??= []
    lines[name].push(raw[i + 1]!)
  }
  return lines
}

function clientCertificateOf(socket: TLSSocket): ApiRequest['clientCertificate'] {
  if (!socket.authorized) return undefined
  const { subject, fingerprint256 = '' } = socket.getPeerCertificate() ?? {}
  if (subject === undefined) return undefined
  // Several organizations come as a list, which the types do not say.
  const organizations: string | string[] | undefined = subject.O
  return {
    commonName: String(subject.CN ?? ''),
    organizations: organizations === undefined ? [] : [organizations].flat(),
    sha256: fingerprint256.replaceAll(':', '').toLowerCase(),
  }
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

/** Writes an answer, and lets go of the request. */
export function send(req: Http2ServerRequest, res: Http2ServerResponse, response: ApiResponse): void {
  const { status, headers, body, stream } = response
  res.statusCode = status
  // A body that waits for "100 Continue" and is not wanted may come after all, or not: nothing else can be read from the connection.
  if (req.headers['expect'] !== undefined && !req.readableDidRead && req.httpVersionMajor === 1) res.setHeader('connection', 'close')
  for (const name in headers) res.setHeader(name, headers[name]!)
  if (stream !== undefined) {
    stream(openStream(res))
    return
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  // A body that nobody reads must not hold the connection.
  if (!req.readableEnded) req.resume()
  if (bytes !== undefined && wantsGzip(req.headers['accept-encoding'] as string | undefined, response, bytes.length)) {
    sendCompressed(res, bytes)
    return
  }
  if (bytes !== undefined) res.setHeader('content-length', bytes.length)
  if (req.method === 'HEAD') res.end()
  else if (bytes === undefined) res.end()
  else res.end(bytes)
}

function sendCompressed(res: Http2ServerResponse, bytes: Uint8Array): void {
  res.setHeader('content-encoding', 'gzip')
  res.setHeader('vary', [res.getHeader('vary') ?? [], 'Accept-Encoding'].flat() as string[])
  compress(bytes).then(
    (compressed) => void res.end(compressed),
    () => res.destroy(),
  )
}
