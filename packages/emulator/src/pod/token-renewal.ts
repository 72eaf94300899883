import type { MovableClock } from '../apimachinery/movable-clock.ts'
import { tokenKeptFor } from './rotation.ts'

interface Renewal {
  clock: MovableClock
  /** Of the token, in seconds. */
  expirationSeconds: number | undefined
  renew(): Promise<unknown>
}

const MAX_TIMEOUT_MS = 2 ** 31 - 1

/** Renews a token when the kubelet would, by a clock that may be moved. Gives what ends that. */
export function renewInTime({ clock, expirationSeconds, renew }: Renewal): () => void {
  const keptFor = tokenKeptFor(expirationSeconds)
  let renewedAt = clock.now()
  let timer: NodeJS.Timeout | undefined
  const check = () => {
    clearTimeout(timer)
    if (clock.now() >= renewedAt + keptFor) {
      renewedAt = clock.now()
      renew().catch(() => {})
    }
    const left = renewedAt + keptFor - clock.now()
    timer = setTimeout(check, Math.min(left, MAX_TIMEOUT_MS)).unref()
  }
  const stop = clock.onMove(check)
  check()
  return () => {
    stop()
    clearTimeout(timer)
  }
}
