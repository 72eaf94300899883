import type { MovableClock } from '../apimachinery/movable-clock.ts'
import { tokenKeptFor } from './rotation.ts'

interface Renewal {
  clock: Pick<MovableClock, 'now'> & Partial<Pick<MovableClock, 'onMove'>>
  /** Of the token, in seconds. */
  expirationSeconds: number | undefined
  renew(): Promise<unknown>
}

/** How long a clock may have been wrong: timers stand still while the machine sleeps, and know nothing of a clock that is set. */
const CHECK_MS = 5_000

/**
 * Renews a token when the kubelet would, by a clock that may be moved, and when the time has gone back behind its beginning: it is not
 * valid yet then. Gives what ends that.
 */
export function renewInTime({ clock, expirationSeconds, renew }: Renewal): () => void {
  const keptFor = tokenKeptFor(expirationSeconds)
  let renewedAt = clock.now()
  let timer: NodeJS.Timeout | undefined
  const check = () => {
    clearTimeout(timer)
    const age = clock.now() - renewedAt
    if (age < 0 || age >= keptFor) {
      renewedAt = clock.now()
      renew().catch(() => {})
    }
    timer = setTimeout(check, Math.min(renewedAt + keptFor - clock.now(), CHECK_MS)).unref()
  }
  const stop = clock.onMove?.(check)
  check()
  return () => {
    stop?.()
    clearTimeout(timer)
  }
}
