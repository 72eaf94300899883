import type { Writable } from 'node:stream'

/**
 * Node encrypts whatever is written at once in one go, into memory that grows to its size: 48 MB of a list would hold up everybody else, and
 * take twice as long a byte as this much does.
 */
const SLICE = 2 ** 20

/** Writes what is ready, and ends the stream: each slice once the one before has gone. */
export function endInSlices(stream: Writable, bytes: Uint8Array): void {
  let at = 0
  const next = (error?: Error | null) => {
    if (error || stream.destroyed) return
    const slice = bytes.subarray(at, at + SLICE)
    at += SLICE
    if (at < bytes.length) stream.write(slice, next)
    else stream.end(slice)
  }
  next()
}
