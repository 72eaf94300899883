/** How the reading of a connection is stopped, and what its client is asked meanwhile. */
interface Connection {
  pause(): void
  resume(): void
  /** Writes something that clients of its protocol answer by themselves, unless something is being written anyway. */
  ask(): void
}

export interface SlowReading {
  pause(): void
  resume(): void
}

/** Milliseconds between two questions. */
const askEvery = 1000

/**
 * The reading of a connection, which stops while what has been read waits for somebody slow. That its client goes cannot be read then
 * either, but writing to a client that has gone ends the connection. To be resumed once that has ended.
 */
export function createSlowReading({ pause, resume, ask }: Connection): SlowReading {
  let timer: NodeJS.Timeout | undefined
  return {
    pause() {
      pause()
      timer ??= setInterval(ask, askEvery).unref()
    },
    resume() {
      clearInterval(timer)
      timer = undefined
      resume()
    },
  }
}
