import { newResourceExpired } from '../apimachinery/status-error.ts'
import { encodeErrorEvent } from '../endpoints/handlers/watch-events.ts'
import type { ApiResponse, ResponseSink } from '../endpoints/http.ts'
import { millisecondsOf } from './check.ts'
import type { WatchFault } from './fault.ts'

const tickMs = 50
/** For what was written to leave before the connection breaks. */
const lingerMs = 50
const bookmark = Buffer.from('{"type":"BOOKMARK"')

/** What is told to a watch whose events the store has forgotten. */
export const watchExpired = () => newResourceExpired('The resourceVersion for the provided watch is too old.')

/** The answer with its body sent bit by bit. */
export function slowed(response: ApiResponse, bytesPerSecond: number): ApiResponse {
  return throughSink(response, (sink) => {
    const waiting: Uint8Array[] = []
    let ended = false
    let sent = 0
    const begun = performance.now()
    const timer = setInterval(() => {
      let allowed = Math.ceil(((performance.now() - begun) * bytesPerSecond) / 1000) - sent
      while (allowed > 0 && waiting.length > 0) {
        if (sink.messages && waiting[0]!.length > allowed) break
        const part = waiting[0]!.subarray(0, allowed)
        waiting[0] = waiting[0]!.subarray(part.length)
        if (waiting[0]!.length === 0) waiting.shift()
        allowed -= part.length
        sent += part.length
        sink.write(part)
      }
      if (ended && waiting.length === 0) finish()
    }, tickMs)
    const finish = () => {
      clearInterval(timer)
      sink.end()
    }
    sink.onClose(() => clearInterval(timer))
    return sinkOver(sink, {
      write(chunk) {
        waiting.push(bytesOf(chunk))
        return true
      },
      end() {
        ended = true
      },
    })
  })
}

/** The answer, broken off after so many bytes of its body. */
export function brokenOff(response: ApiResponse, afterBytes: number): ApiResponse {
  return throughSink(response, (sink) => {
    let left = afterBytes
    return sinkOver(sink, {
      write(chunk) {
        if (left <= 0) return true
        const bytes = bytesOf(chunk)
        if (!sink.messages || bytes.length <= left) sink.write(bytes.subarray(0, left))
        left -= bytes.length
        if (left <= 0) setTimeout(() => sink.reset(), lingerMs)
        return true
      },
      end() {
        if (left > 0) sink.end()
      },
    })
  })
}

/** A watch to which something happens. */
export function disturbed(response: ApiResponse, fault: WatchFault): ApiResponse {
  if (response.stream === undefined) return response
  return throughSink(response, (sink) => {
    let events = 0
    let late = fault.after === undefined
    let over = false
    const due = () => !over && late && events >= (fault.afterEvents ?? 0)
    const act = () => {
      if (!due() || fault.dropBookmarks) return
      over = true
      if (fault.expire) sink.write(encodeErrorEvent(watchExpired()))
      if (!fault.stall) sink.end()
    }
    const timer = setTimeout(() => {
      late = true
      act()
    }, millisecondsOf(fault.after) ?? 0)
    sink.onClose(() => clearTimeout(timer))
    return sinkOver(sink, {
      write(chunk) {
        act()
        if (over || (fault.dropBookmarks && due() && isBookmark(chunk))) return true
        events++
        const taken = sink.write(chunk)
        act()
        return taken
      },
      end() {
        if (!over) sink.end()
      },
    })
  })
}

/** A stream of what goes through another sink first; a body becomes one that is written at once. */
function throughSink(response: ApiResponse, wrap: (sink: ResponseSink) => ResponseSink): ApiResponse {
  const { body, stream, ...rest } = response
  if (stream !== undefined) return { ...rest, stream: (sink) => stream(wrap(sink)) }
  if (body === undefined) return response
  const bytes = bytesOf(body)
  const write = (sink: ResponseSink) => {
    sink.write(bytes)
    sink.end()
  }
  return { ...rest, headers: { ...rest.headers, 'content-length': String(bytes.length) }, stream: (sink) => write(wrap(sink)) }
}

/** Another sink, but for how it is written to and ended. */
const sinkOver = (sink: ResponseSink, { write, end }: Pick<ResponseSink, 'write' | 'end'>): ResponseSink => ({
  write,
  end,
  together: (writes) => sink.together(writes),
  reset: () => sink.reset(),
  get closed() {
    return sink.closed
  },
  onClose: (listener) => sink.onClose(listener),
  onDrain: (listener) => sink.onDrain(listener),
})

const bytesOf = (chunk: Uint8Array | string): Uint8Array => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk)

function isBookmark(chunk: Uint8Array | string): boolean {
  return Buffer.from(bytesOf(chunk).subarray(0, bookmark.length)).equals(bookmark)
}
