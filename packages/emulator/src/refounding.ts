// A cluster whose storage has lost what was in it: its servers make what is missing, as they do when they are started.
import { setTimeout as sleep } from 'node:timers/promises'

/** What a server does then. */
export interface Refounder {
  /** Makes what every cluster has. */
  found(): void
  /** Makes what this one was given. */
  furnish(): Promise<void>
}

export interface Refounding {
  /** Begins, or begins once more after what is under way. */
  begin(): void
  /** When nothing is missing that requests need, or there is trouble with it. */
  ready(): Promise<void>
  close(): void
}

const pauseMs = 1_000

/** @param refound calls `isFounded` when requests can be served; tried again if it fails */
export function createRefounding(refound: (isFounded: () => void) => Promise<void>, onProblem: (error: unknown) => void): Refounding {
  let ready = Promise.resolve()
  let last = Promise.resolve()
  let closed = false
  const insist = async (isFounded: () => void) => {
    for (let told = false; !closed; ) {
      try {
        return await refound(isFounded)
      } catch (error) {
        isFounded()
        if (!told && !closed) onProblem(error)
        told = true
        await sleep(pauseMs, undefined, { ref: false })
      }
    }
  }
  return {
    begin() {
      const { promise, resolve } = Promise.withResolvers<void>()
      ready = promise
      last = last.then(() => insist(resolve)).finally(resolve)
    },
    ready: () => ready,
    close() {
      closed = true
    },
  }
}
