import type { Clock } from '../apimachinery/clock.ts'
import type { UserInfo } from '../authentication/user-info.ts'
import type { RequestInfo } from '../endpoints/request-info.ts'
import { millisecondsOf } from './check.ts'
import type { Fault } from './fault.ts'
import type { ServerControls } from './fault-set.ts'
import { compileMatch } from './match.ts'

/** A fault with its counts. */
export interface PlacedFault {
  readonly fault: Fault & { id: string }
  readonly counts: { readonly matched: number; readonly happened: number }
  /** Tokens that it has made invalid. */
  readonly refusedTokens: Set<string>
  /** Milliseconds that a request waits. */
  readonly delay: number
  /** Whether it happens to this request, which is counted. */
  take(info: RequestInfo, user: UserInfo): boolean
  /** Does to the server what waits for no request; not before `graceMs`. */
  begin(controls: ServerControls, graceMs: number): void
  /** Does to the server what a request has triggered. */
  strike(controls: ServerControls): Promise<void>
  /** Undoes what lasts. */
  end(controls: ServerControls): void
}

export function createPlacedFault(fault: Fault & { id: string }, clock: Clock): PlacedFault {
  const matches = compileMatch(fault.match)
  const chance = randomNumbers(fault.seed ?? 0)
  const added = clock.now()
  const begins = added + (millisecondsOf(fault.after) ?? 0)
  const ends = begins + (millisecondsOf(fault.for) ?? Number.POSITIVE_INFINITY)
  const isOfServer = fault.certificateAuthority !== undefined || fault.down !== undefined
  const waitsForNone = isOfServer && fault.match === undefined
  const most = fault.count ?? (isOfServer || fault.token !== undefined ? 1 : Number.POSITIVE_INFINITY)
  const counts = { matched: 0, happened: 0 }
  const timers: NodeJS.Timeout[] = []
  let isChanged = false

  const take = (info: RequestInfo, user: UserInfo) => {
    const now = clock.now()
    if (waitsForNone || now < begins || now >= ends || counts.happened >= most || !isMeant(fault, info, user) || !matches(info, user))
      return false
    counts.matched++
    // Drawn for each request, so that what comes before does not change which are chosen.
    const drawn = chance()
    if (counts.matched <= (fault.skip ?? 0) || drawn >= (fault.probability ?? 1)) return false
    counts.happened++
    return true
  }
  const restore = async (controls: ServerControls) => {
    if (!isChanged) return
    isChanged = false
    await controls.changeCertificate(true)
  }
  const strike = async (controls: ServerControls) => {
    if (fault.down !== undefined) return controls.goDown(millisecondsOf(fault.down)!)
    if (fault.certificateAuthority === undefined) return
    isChanged = true
    await controls.changeCertificate(false)
    const lasting = millisecondsOf(fault.for)
    if (lasting !== undefined) timers.push(setTimeout(() => void restore(controls), lasting).unref())
  }
  return {
    fault,
    counts,
    refusedTokens: new Set(),
    delay: millisecondsOf(fault.delay) ?? 0,
    take,
    begin(controls, graceMs) {
      if (!waitsForNone) return
      const act = () => {
        counts.happened++
        void strike(controls)
      }
      const wait = Math.max(graceMs, millisecondsOf(fault.after) ?? 0)
      if (wait === 0) act()
      else timers.push(setTimeout(act, wait).unref())
    },
    strike,
    end(controls) {
      for (const timer of timers) clearTimeout(timer)
      void restore(controls)
    },
  }
}

/** A watch fault means watches; a token fault, those who have one of a service account. */
function isMeant({ watch, token }: Fault, { verb }: RequestInfo, { name }: UserInfo): boolean {
  if (watch !== undefined) return verb === 'watch'
  return token === undefined || name.startsWith('system:serviceaccount:')
}

/** mulberry32: numbers from 0 to 1 that a seed determines. */
function randomNumbers(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
