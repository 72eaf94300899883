// However runs end, nothing of them stays behind.
import { describe, expect, test } from 'vitest'
import { Batch, type Kind } from './endings.ts'
import { asOrdinaryUser, hasMountNamespaces, hasNetworkNamespaces, hasUserNamespaces } from './inpod.ts'

/** Of each kind. For hundreds: INPOD_ENDINGS=200 npm test -- test/cli/endings */
const count = Number(process.env['INPOD_ENDINGS'] ?? 8)
const AT_ONCE = 4

const kinds: Array<Kind & { possible: boolean }> = [
  { name: 'inpod exec as an ordinary user', options: [], through: asOrdinaryUser, possible: hasUserNamespaces },
  { name: 'inpod exec --pod as an ordinary user', options: ['--pod', 'POD'], through: asOrdinaryUser, possible: hasUserNamespaces },
  { name: 'inpod exec --pod as root', options: ['--pod', 'POD'], through: [], possible: hasMountNamespaces },
  {
    name: 'inpod exec --network isolated as an ordinary user',
    options: ['--network', 'isolated', '--allow-host', 'example.com:443'],
    through: asOrdinaryUser,
    possible: hasUserNamespaces && hasNetworkNamespaces,
  },
  {
    name: 'inpod exec --network isolated --pod as root',
    options: ['--network', 'isolated', '--pod', 'POD'],
    through: [],
    possible: hasMountNamespaces && hasNetworkNamespaces,
  },
  { name: 'inpod exec --sandbox pod-root', options: ['--sandbox', 'pod-root'], through: [], possible: true },
]

describe('runs that end at random moments by random signals leave nothing behind (Linux)', () => {
  test.each(kinds)('$name', { timeout: 60_000 + count * 10_000 }, async ({ possible, ...kind }) => {
    if (!possible) return
    const batch = new Batch()
    const told: string[] = []
    const line = async () => {
      while (told.length < count) {
        told.push('')
        const index = told.length - 1
        told[index] = await batch.run(kind)
      }
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, line))
    // What guards the folders of a run that was killed ends after it.
    await expect
      .poll(() => batch.left(), { timeout: 30_000, interval: 100, message: told.join('\n') })
      .toEqual({
        processes: [],
        files: [],
        mounts: [],
        listeners: [],
      })
    batch.remove()
  })
})
