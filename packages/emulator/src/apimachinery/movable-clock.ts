import type { Clock } from './clock.ts'

/** A clock that a test may hold still and move; it starts as the system's. */
export interface MovableClock extends Clock {
  /** Moves on by milliseconds, or by a time such as `90s`, `10m`, `1h30m` or `2d`. Never goes back. */
  advance(duration: number | string): void
  /** Holds the time, at the present or at another. */
  freeze(at?: Date): void
  /** Lets the time go on from where it is. */
  resume(): void
  /** Told whenever the time was moved; gives what ends that. */
  onMove(listener: () => void): () => void
}

export function createMovableClock(base: () => number = Date.now): MovableClock {
  let offset = 0
  let frozen: number | undefined
  const listeners = new Set<() => void>()
  const now = () => frozen ?? base() + offset
  const moved = () => {
    for (const listener of [...listeners]) listener()
  }
  return {
    now,
    advance(duration) {
      const milliseconds = typeof duration === 'number' ? duration : parseDuration(duration)
      if (!(milliseconds >= 0)) throw new RangeError(`a clock does not go back: ${duration}`)
      if (frozen === undefined) offset += milliseconds
      else frozen += milliseconds
      moved()
    },
    freeze(at) {
      frozen = at === undefined ? now() : at.getTime()
      moved()
    },
    resume() {
      if (frozen !== undefined) offset = frozen - base()
      frozen = undefined
    },
    onMove(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Milliseconds of a time as Go writes durations, with days.
 * @throws RangeError for anything else
 */
export function parseDuration(text: string): number {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) throw new RangeError(`no duration: "${text}"; write it as 90s, 10m, 1h30m or 2d`)
  let sum = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) sum += Number(amount) * units[unit!]!
  return sum
}
