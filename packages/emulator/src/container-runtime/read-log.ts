import { type ContainerLog, type LogPosition, type LogRecord, logStart } from './container-log.ts'

/** core/v1 PodLogOptions, as far as a log is concerned. */
export interface LogOptions {
  follow?: boolean
  timestamps?: boolean
  tailLines?: number | undefined
  limitBytes?: number | undefined
  /** Milliseconds since the epoch. */
  since?: number | undefined
}

interface LogReader {
  /** What comes next; undefined when there is nothing (yet). */
  next(): Buffer | undefined
  /** Nothing more will come. */
  readonly done: boolean
}

const newline = 0x0a

/** Goes through a log as the kubelet does: the last lines first, then what of these is young enough (kuberuntime, ReadLogs). */
export function openLog(log: ContainerLog, { follow = false, timestamps = false, tailLines, limitBytes, since }: LogOptions): LogReader {
  let left = limitBytes ?? Number.POSITIVE_INFINITY
  let skip = tailLines === undefined ? 0 : Math.max(0, countLines(log) - tailLines)
  let position = logStart
  let inLine = false
  let done = false
  const isNothing = tailLines === 0 && !follow
  const take = ({ bytes, time, next }: LogRecord): Buffer => {
    position = next
    const from = skip === 0 ? 0 : afterLines(bytes)
    const wanted = since !== undefined && time < since ? bytes.subarray(bytes.length) : bytes.subarray(from)
    const text = timestamps ? stamp(wanted, time) : wanted
    if (bytes.length > from) inLine = bytes.at(-1) !== newline
    const within = text.subarray(0, left)
    left -= within.length
    return within
  }
  /** Where the first line begins that is not to be left out. */
  const afterLines = (bytes: Buffer): number => {
    let at = 0
    while (skip > 0) {
      const end = bytes.indexOf(newline, at)
      if (end < 0) return bytes.length
      at = end + 1
      skip--
    }
    return at
  }
  const stamp = (bytes: Buffer, time: number): Buffer => {
    const text = Buffer.from(`${formatNanoTime(time)} `)
    const parts: Buffer[] = []
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(newline, at)
      const until = end < 0 ? bytes.length : end + 1
      if (at > 0 || !inLine) parts.push(text)
      parts.push(bytes.subarray(at, until))
      at = until
    }
    return Buffer.concat(parts)
  }
  return {
    next() {
      while (!done) {
        const record = isNothing || left <= 0 ? undefined : log.read(position)
        if (record === undefined) {
          done = isNothing || left <= 0 || !follow || log.ended
          return undefined
        }
        const bytes = take(record)
        if (bytes.length > 0) return bytes
      }
      return undefined
    },
    get done() {
      return done
    },
  }
}

/** A last line counts, whether it has ended or not. */
function countLines(log: ContainerLog): number {
  let count = 0
  let last: number | undefined = newline
  for (let position: LogPosition = logStart, record = log.read(position); record !== undefined; record = log.read(position)) {
    const { bytes, next } = record
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count++
    last = bytes.at(-1)
    position = next
  }
  return last === newline ? count : count + 1
}

/** Go's RFC3339Nano with all nine digits, in UTC. */
function formatNanoTime(milliseconds: number): string {
  const whole = Math.floor(milliseconds)
  const nanoseconds = Math.floor((milliseconds - whole) * 1_000_000)
  return `${new Date(whole).toISOString().slice(0, -1)}${String(nanoseconds).padStart(6, '0')}Z`
}
