import type { UnderlyingDefaultSource } from 'node:stream/web'
import { type ApiRequest, type ApiResponse, BodyTooLarge, type ResponseSink } from '../endpoints/http.ts'

/** The Fetch API's function, answered in this process. */
export type Fetch = (input: Request | URL | string, init?: RequestInit) => Promise<Response>

export interface FetchOptions {
  handle: (request: ApiRequest) => Promise<ApiResponse>
  /** What paths without an origin are relative to, such as `https://127.0.0.1:6443`. Other origins are taken for it. */
  url: string
}

/** Bytes of a stream that wait for their reader before the writer is held back. */
const highWaterMark = 64 * 1024
const maxRedirects = 20
const redirects = new Set([301, 302, 303, 307, 308])
const withoutBody = new Set([204, 205, 304])

/** Requests and responses without a socket. As with any fetch: who sends no credentials is anonymous, and a signal ends a watch. */
export function createFetch({ handle, url }: FetchOptions): Fetch {
  const send = async (request: Request, hops: number): Promise<Response> => {
    const { signal } = request
    signal.throwIfAborted()
    const answer = await raceAbort(handle(toApiRequest(request)), signal)
    if (answer.upgrade !== undefined) throw new TypeError('fetch failed', { cause: new Error('a fetch cannot upgrade its connection') })
    if (answer.connection === 'reset') throw connectionReset()
    if (answer.connection === 'silent') return raceAbort(new Promise<never>(() => {}), signal)
    const location = answer.headers['location']
    const follows = redirects.has(answer.status) && typeof location === 'string' && request.redirect !== 'manual'
    if (!follows) return toResponse(request, answer)
    if (request.redirect === 'error' || hops === 0) throw new TypeError('fetch failed', { cause: new Error('unexpected redirect') })
    return send(new Request(new URL(location, request.url), request), hops - 1)
  }
  return async (input, init) =>
    send(input instanceof Request ? new Request(input, init) : new Request(new URL(input, url), init), maxRedirects)
}

const connectionReset = () => new TypeError('fetch failed', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) })

function toApiRequest(request: Request): ApiRequest {
  const { pathname, search, host } = new URL(request.url)
  const headers: Record<string, string> = Object.fromEntries(request.headers)
  // What comes back has to be unpacked already, so nothing is packed.
  delete headers['accept-encoding']
  return {
    method: request.method,
    url: pathname + search,
    headers,
    headerLines: () => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    host,
    remoteAddress: '127.0.0.1',
    body: (limit) => readBody(request, limit),
  }
}

async function readBody({ body }: Request, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > limit) throw new BodyTooLarge()
    chunks.push(chunk)
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

async function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function toResponse({ method, signal }: Request, { status, headers: lines, body, stream }: ApiResponse): Response {
  const headers = new Headers({ date: new Date().toUTCString() })
  for (const [name, value] of Object.entries(lines)) for (const line of [value].flat()) headers.append(name, line)
  if (stream !== undefined) return new Response(method === 'HEAD' ? null : streamOf(stream, signal), { status, headers })
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  if (!withoutBody.has(status)) headers.set('content-length', String(bytes?.length ?? 0))
  const content = method === 'HEAD' || withoutBody.has(status) ? null : (bytes ?? null)
  return new Response(content as Uint8Array<ArrayBuffer> | null, { status, headers })
}

/** The bytes of a response that goes on, until it ends, its reader cancels it, or its request is aborted. */
function streamOf(stream: (sink: ResponseSink) => void, signal: AbortSignal): ReadableStream<Uint8Array> {
  const closing: (() => void)[] = []
  const draining: (() => void)[] = []
  let closed = false
  const close = () => {
    if (closed) return
    closed = true
    for (const listener of closing) listener()
  }
  const source: UnderlyingDefaultSource<Uint8Array> = {
    start(controller) {
      signal.addEventListener('abort', () => {
        if (!closed) controller.error(signal.reason)
        close()
      })
      stream({
        write(chunk) {
          if (closed) return true
          controller.enqueue(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
          return (controller.desiredSize ?? 0) > 0
        },
        together: (writes) => writes(),
        end() {
          if (!closed) controller.close()
          close()
        },
        reset() {
          if (!closed) controller.error(connectionReset())
          close()
        },
        get closed() {
          return closed
        },
        onClose: (listener) => void closing.push(listener),
        onDrain: (listener) => void draining.push(listener),
      })
    },
    pull: () => {
      for (const listener of draining) listener()
    },
    cancel: close,
  }
  return new ReadableStream(source, new ByteLengthQueuingStrategy({ highWaterMark }))
}
