import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { PeerCertificate, TLSSocket } from 'node:tls'
import { type ApiRequest, type ApiResponse, BodyTooLarge } from '../endpoints/http.ts'
import { breakOff } from './break-off.ts'
import { compress, wantsGzip } from './compression.ts'
import { endInSlices } from './end-in-slices.ts'
import { openStream } from './stream-sink.ts'

/** A request in HTTP/1 as the handler sees it. */
export function toApiRequest(req: IncomingMessage, res?: ServerResponse): ApiRequest {
  const socket = req.socket as TLSSocket
  const headers = req.headers as Record<string, string | undefined>
  return {
    method: req.method!,
    url: req.url!,
    headers,
    headerLines: () => linesOf(req.rawHeaders),
    host: headers['host'] ?? '',
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

export function linesOf(raw: readonly string[]): Record<string, string[]> {
  // Without a prototype: `constructor` is a header like any other.
  const lines: Record<string, string[]> = Object.create(null)
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase()
    lines[name] ??= []
    lines[name].push(raw[i + 1]!)
  }
  return lines
}

type Presented = ApiRequest['clientCertificate']
const presented = new WeakMap<TLSSocket, { certificate: Presented }>()

/** Looked at once a connection. */
export function clientCertificateOf(socket: TLSSocket): Presented {
  let known = presented.get(socket)
  if (known === undefined) {
    known = { certificate: readCertificate(socket) }
    presented.set(socket, known)
  }
  return known.certificate
}

function readCertificate(socket: TLSSocket): Presented {
  // Several values of one kind come as a list, and no certificate as none or an empty one, which the types do not say.
  const { subject, fingerprint256 = '', raw } = (socket.getPeerCertificate() ?? {}) as Partial<PeerCertificate>
  if (raw === undefined) return undefined
  if (!socket.authorized) return 'untrusted'
  const valuesOf = (value: string | string[] | undefined) => (value === undefined ? [] : [value].flat())
  return {
    // Of several, the last, as Go reads a subject.
    commonName: valuesOf(subject?.CN).at(-1) ?? '',
    organizations: valuesOf(subject?.O),
    sha256: fingerprint256.replaceAll(':', '').toLowerCase(),
  }
}

export function readBody(req: Readable, limit: number): Promise<Uint8Array> {
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
export function send(req: IncomingMessage, res: ServerResponse, response: ApiResponse): void {
  const { status, headers, stream, connection } = response
  if (connection !== undefined) {
    if (connection === 'reset') breakOff(res.socket)
    return
  }
  // A body that waits for "100 Continue" and is not wanted may come after all, or not: nothing else can be read from the connection.
  if (req.headers['expect'] !== undefined && !req.readableDidRead) res.setHeader('connection', 'close')
  if (stream !== undefined) {
    // Not kept once it is sent, as headers are that are set one by one.
    res.writeHead(status, headers)
    stream(openStream(res))
    return
  }
  res.statusCode = status
  for (const name in headers) res.setHeader(name, headers[name]!)
  const bytes = bytesOf(response)
  // A body that nobody reads must not hold the connection.
  if (!req.readableEnded) req.resume()
  if (bytes !== undefined && wantsGzip(req.headers['accept-encoding'] as string | undefined, response, bytes.length)) {
    sendCompressed(res, bytes)
    return
  }
  if (bytes !== undefined) res.setHeader('content-length', bytes.length)
  if (req.method === 'HEAD') res.end()
  else if (bytes === undefined) res.end()
  else endInSlices(res, bytes)
}

export const bytesOf = ({ body }: ApiResponse): Uint8Array | undefined => (typeof body === 'string' ? Buffer.from(body) : body)

function sendCompressed(res: ServerResponse, bytes: Uint8Array): void {
  res.setHeader('content-encoding', 'gzip')
  res.setHeader('vary', [res.getHeader('vary') ?? [], 'Accept-Encoding'].flat() as string[])
  compress(bytes).then(
    (compressed) => endInSlices(res, compressed),
    () => res.destroy(),
  )
}
