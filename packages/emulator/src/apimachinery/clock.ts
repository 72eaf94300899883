/** Where the emulator takes the time from, so that a test can hold it still or move it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }

/** The second that was written last, and how: what is written within it says the same. */
let lastSecond = 0
let lastTime = '1970-01-01T00:00:00Z'

/** A time as metadata carries it: RFC 3339 in whole seconds, UTC. */
export function formatTime(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000)
  if (second !== lastSecond) {
    lastTime = `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
    lastSecond = second
  }
  return lastTime
}
