import type { Clock } from '../apimachinery/clock.ts'

/** What a token is asked for with; the server's own audience if none is named. */
export interface TokenWish {
  audience?: string
  expirationSeconds: number
}

export interface TokenManager {
  /** The token that is at hand; a new one before its time is up. */
  token(wish: TokenWish): Promise<string>
  /** Whether a token that is at hand is to be renewed. */
  isDue(): boolean
  /** All that are at hand are to be renewed. */
  renewAll(): void
}

interface Held {
  token: string
  asked: number
  keptFor: number
}

/** Keeps tokens until they are due by `keptFor` (milliseconds), as the kubelet's manager does. `request` asks the API for one. */
export function createTokenManager(options: {
  clock: Clock
  keptFor(expirationSeconds: number): number
  request(wish: TokenWish): Promise<string>
}): TokenManager {
  const { clock, keptFor, request } = options
  const held = new Map<string, Held>()
  /** One whose beginning is to come, because the clock was put back, is not valid yet. */
  const due = ({ asked, keptFor: life }: Held) => clock.now() > asked + life || clock.now() < asked
  return {
    async token(wish) {
      const key = `${wish.expirationSeconds} ${wish.audience ?? ''}`
      const present = held.get(key)
      if (present !== undefined && !due(present)) return present.token
      const asked = clock.now()
      const token = await request(wish)
      held.set(key, { token, asked, keptFor: keptFor(wish.expirationSeconds) })
      return token
    },
    isDue: () => [...held.values()].some(due),
    renewAll() {
      for (const each of held.values()) each.keptFor = Number.NEGATIVE_INFINITY
    },
  }
}
