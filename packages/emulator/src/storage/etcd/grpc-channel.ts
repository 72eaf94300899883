// As much of gRPC as etcd's API needs (PROTOCOL-HTTP2.md of gRPC), over Node's own HTTP/2.
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

export interface ChannelOptions {
  /** PEM. */
  ca?: string | undefined
  cert?: string | undefined
  key?: string | undefined
}

/** What a server, or the way to it, made of a call. */
export class GrpcError extends Error {
  /** A status of gRPC. */
  readonly code: number
  /** Whether the call has certainly had no effect. */
  readonly certain: boolean

  constructor(code: number, text: string, certain: boolean) {
    super(text)
    this.name = 'GrpcError'
    this.code = code
    this.certain = certain
  }
}

export const grpcStatus = {
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  outOfRange: 11,
  unavailable: 14,
  unauthenticated: 16,
} as const

interface Call {
  /** @param isLast whether nothing more will be written */
  write(body: Uint8Array, isLast?: boolean): void
  cancel(): void
}

export interface CallOptions {
  /** Sent with the call; etcd takes its token so. */
  token?: string | undefined
  timeoutMs?: number
}

/** A connection to one server. */
export interface Channel {
  readonly closed: boolean
  unary(method: string, body: Uint8Array, options?: CallOptions): Promise<Uint8Array>
  stream(method: string, options: CallOptions, on: { message(body: Uint8Array): void; end(error: GrpcError): void }): Call
  close(): void
}

const windowSize = 2 ** 22
const pingEveryMs = 5_000

/**
 * @param url `http://…` or `https://…`
 * @throws GrpcError unavailable
 */
export function openChannel(url: string, tls: ChannelOptions, timeoutMs: number): Promise<Channel> {
  const { promise, resolve, reject } = Promise.withResolvers<Channel>()
  const socket = openSocket(new URL(url), tls)
  const session = connect(url, { createConnection: () => socket, settings: { initialWindowSize: windowSize, enablePush: false } })
  const fail = (error: Error) => {
    clearTimeout(timer)
    reject(unavailable(error, true))
    session.destroy()
  }
  const timer = setTimeout(() => fail(new Error(`no answer from ${url} within ${timeoutMs} ms`)), timeoutMs)
  // A session whose socket fails early ends without a word.
  socket.on('error', fail)
  socket.once('close', () => fail(new Error(`${url} closes the connection`)))
  session.on('error', fail)
  session.once('remoteSettings', () => {
    clearTimeout(timer)
    session.setLocalWindowSize(windowSize)
    keepAlive(session)
    resolve(channelOf(session))
  })
  return promise
}

function openSocket({ protocol, hostname, port }: URL, { ca, cert, key }: ChannelOptions): Socket {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const at = { host, port: Number(port || (protocol === 'https:' ? 443 : 80)) }
  const socket =
    protocol === 'https:'
      ? connectTls({ ...at, ca, cert, key, ALPNProtocols: ['h2'], ...(isIP(host) === 0 ? { servername: host } : {}) })
      : connectPlain(at)
  return socket.setNoDelay(true)
}

/** A server that has stopped answering is as good as gone. */
function keepAlive(session: ClientHttp2Session): void {
  let answered = true
  const timer = setInterval(() => {
    if (!answered) return session.destroy(new Error('the server no longer answers'))
    answered = false
    session.ping(() => {
      answered = true
    })
  }, pingEveryMs).unref()
  session.once('close', () => clearInterval(timer))
}

function channelOf(session: ClientHttp2Session): Channel {
  const stream: Channel['stream'] = (method, { token }, on) => {
    const request = session.request({
      ':method': 'POST',
      ':path': method,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(token === undefined ? {} : { token }),
    })
    listen(request, on)
    const write: Call['write'] = (body, isLast = false) => void (isLast ? request.end(frame(body)) : request.write(frame(body)))
    return { write, cancel: () => request.close(constants.NGHTTP2_CANCEL) }
  }
  return {
    get closed() {
      return session.closed || session.destroyed
    },
    unary(method, body, options = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
      if (session.closed || session.destroyed)
        return Promise.reject(new GrpcError(grpcStatus.unavailable, 'the connection is closed', true))
      const call = stream(method, options, { message: resolve, end: reject })
      call.write(body, true)
      const { timeoutMs } = options
      if (timeoutMs === undefined) return promise
      const late = new GrpcError(grpcStatus.deadlineExceeded, `no answer within ${timeoutMs} ms`, false)
      const timer = setTimeout(() => {
        reject(late)
        call.cancel()
      }, timeoutMs)
      return promise.finally(() => clearTimeout(timer))
    },
    stream,
    close: () => session.destroy(),
  }
}

/** Tells of each message, and at last why there are no more. */
function listen(request: ClientHttp2Stream, on: { message(body: Uint8Array): void; end(error: GrpcError): void }): void {
  const parts = createMessageReader(on.message)
  let problem: GrpcError | undefined
  const readStatus = (headers: Record<string, unknown>) => {
    const code = headers['grpc-status']
    if (code === undefined) return
    const text = decodeURIComponent(String(headers['grpc-message'] ?? 'the call has ended'))
    problem = new GrpcError(Number(code), text, Number(code) !== grpcStatus.unavailable && Number(code) !== grpcStatus.deadlineExceeded)
  }
  request.on('response', readStatus)
  request.on('trailers', readStatus)
  request.on('data', parts)
  request.on('error', (error) => {
    problem ??= unavailable(error, false)
  })
  request.on('close', () => on.end(problem ?? new GrpcError(grpcStatus.unavailable, 'no answer', false)))
}

/** Puts messages together that come in pieces; each begins with a byte of flags and its length. */
function createMessageReader(take: (body: Uint8Array) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = []
  let size = 0
  let wanted = 5
  return (chunk) => {
    chunks.push(chunk)
    size += chunk.length
    if (size < wanted) return
    let all = chunks.length === 1 ? chunk : Buffer.concat(chunks)
    for (wanted = lengthOf(all); all.length >= wanted; wanted = lengthOf(all)) {
      take(all.subarray(5, wanted))
      all = all.subarray(wanted)
    }
    chunks = [all]
    size = all.length
  }
}

/** Of the first message, as far as that is known. */
const lengthOf = (bytes: Buffer) => (bytes.length < 5 ? 5 : 5 + bytes.readUInt32BE(1))

function unavailable(error: Error, certain: boolean): GrpcError {
  const { errors } = error as Partial<AggregateError>
  const text = error.message || (errors ?? []).map(({ message }: Error) => message).join(', ') || String(error)
  return new GrpcError(grpcStatus.unavailable, text, certain)
}

/** One message, not compressed. */
function frame(body: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(5 + body.length)
  framed[0] = 0
  framed.writeUInt32BE(body.length, 1)
  framed.set(body, 5)
  return framed
}
