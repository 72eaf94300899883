// What a container has written, by line and with its time, as a container runtime keeps it: no more than the last ten mebibytes.

export type OutputStream = 'stdout' | 'stderr'

/** Some whole lines that were written at one time, or a part of a line. */
export interface LogRecord {
  /** Milliseconds since the epoch, with a fraction. */
  time: number
  bytes: Buffer
  /** Where the next one is. */
  next: LogPosition
}

/** A place between two records. */
export interface LogPosition {
  slab: number
  offset: number
}

export interface ContainerLog {
  append(stream: OutputStream, bytes: Buffer): void
  /** Nothing more comes: a line that has not ended is written as it is. */
  end(): void
  readonly ended: boolean
  /** The record at a position, or the oldest if that has been dropped; undefined at the end. */
  read(position: LogPosition): LogRecord | undefined
  /** Calls back each time that there is more to read, or the log has ended. Gives what stops it. */
  onChange(listener: () => void): () => void
}

/** Before the first record. */
export const logStart: LogPosition = { slab: 0, offset: 0 }

/** What the kubelet rotates a log at (containerLogMaxSize). */
const maxBytes = 10 * 1024 * 1024
const slabBytes = 64 * 1024
/** A longer line is passed on in parts, as container runtimes do. */
const maxPart = 16 * 1024
const newline = 0x0a
/** Of a record: its time and its length. */
const headBytes = 12

interface Slab {
  bytes: Buffer
  used: number
}

/** @param now milliseconds since the epoch, with a fraction */
export function createContainerLog(now: () => number = () => performance.timeOrigin + performance.now()): ContainerLog {
  const slabs: Slab[] = []
  /** How many slabs have been dropped. */
  let dropped = 0
  let total = 0
  let ended = false
  const unfinished: Record<OutputStream, Buffer[]> = { stdout: [], stderr: [] }
  const listeners = new Set<() => void>()
  const write = (parts: Buffer[]) => {
    const length = parts.reduce((sum, { length: each }) => sum + each, 0)
    const slab = slabFor(length + headBytes)
    slab.bytes.writeDoubleLE(now(), slab.used)
    slab.bytes.writeUInt32LE(length, slab.used + 8)
    slab.used += headBytes
    for (const part of parts) slab.used += part.copy(slab.bytes, slab.used)
  }
  const slabFor = (size: number): Slab => {
    const last = slabs.at(-1)
    if (last !== undefined && last.bytes.length - last.used >= size) return last
    const slab = { bytes: Buffer.allocUnsafeSlow(Math.max(slabBytes, size)), used: 0 }
    slabs.push(slab)
    total += slab.bytes.length
    while (total > maxBytes) {
      total -= slabs.shift()!.bytes.length
      dropped++
    }
    return slab
  }
  const tell = () => {
    for (const listener of listeners) listener()
  }
  return {
    append(stream, bytes) {
      const end = bytes.lastIndexOf(newline) + 1
      const rest = unfinished[stream]
      if (end > 0) write([...rest.splice(0), bytes.subarray(0, end)])
      // A copy, since a few bytes would keep all that was read with them.
      if (end < bytes.length) rest.push(Buffer.from(bytes.subarray(end)))
      const isLong = rest.reduce((sum, { length }) => sum + length, 0) >= maxPart
      if (isLong) write(rest.splice(0))
      if (end > 0 || isLong) tell()
    },
    end() {
      for (const rest of Object.values(unfinished)) if (rest.length > 0) write(rest.splice(0))
      ended = true
      tell()
    },
    get ended() {
      return ended
    },
    read({ slab, offset }) {
      const isDropped = slab < dropped
      const at = isDropped ? 0 : slab - dropped
      const start = isDropped ? 0 : offset
      const found = slabs[at]
      if (found === undefined) return undefined
      if (start >= found.used) return at + 1 < slabs.length ? this.read({ slab: at + dropped + 1, offset: 0 }) : undefined
      const from = start + headBytes
      const until = from + found.bytes.readUInt32LE(start + 8)
      return {
        time: found.bytes.readDoubleLE(start),
        bytes: found.bytes.subarray(from, until),
        next: { slab: at + dropped, offset: until },
      }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
