// Informers and leader election of real clients, while watches end, connections drop and history is forgotten.
import { appendFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { type Line, type Soaked, soak, type Write } from './soak.ts'
import { describeClient, prepareTogether } from './suite.ts'

/** `npm run soak -- --clients --minutes 5` says how long, with which client, and where to tell what was counted. */
const { INPOD_SOAK_SECONDS, INPOD_SOAK_CLIENT, INPOD_SOAK_COUNTS } = process.env
const seconds = Number(INPOD_SOAK_SECONDS ?? 20)

interface Informer {
  client: string
  /** Whether it goes on from where it was when it is cut off; else it lists again, and may miss what came between. */
  resumes: boolean
  /** kube-rs has no leader election. */
  leads: boolean
}

const all: Informer[] = [
  { client: 'informer', resumes: true, leads: true },
  { client: 'controller', resumes: true, leads: true },
  { client: 'kubernetes-python-informer', resumes: true, leads: true },
  { client: 'client-java-informer', resumes: false, leads: true },
  { client: 'fabric8-informer', resumes: true, leads: true },
  { client: 'kube-rs-informer', resumes: true, leads: false },
]
const informers = all.filter(({ client }) => INPOD_SOAK_CLIENT === undefined || client === INPOD_SOAK_CLIENT)

// All at the same time: each mostly waits.
const soaking = new Map<string, Promise<Soaked>>()
beforeAll(async () => {
  for (const [client, command] of await prepareTogether(informers.map(({ client }) => client))) {
    const soaked = soak(command, seconds)
    // Its test tells.
    soaked.catch(() => {})
    soaking.set(client, soaked)
  }
}, 1_200_000)

for (const { client, resumes, leads } of informers) {
  describeClient(client, () => {
    test('misses nothing, and keeps its lease', { timeout: seconds * 1000 + 180_000 }, async () => {
      const soaked = (await soaking.get(client))!
      const { lines, interrupted, state } = soaked
      if (INPOD_SOAK_COUNTS !== undefined) appendFileSync(INPOD_SOAK_COUNTS, `${JSON.stringify(countsOf(client, soaked))}\n`)
      expect(soaked.exitCode, soaked.stderr).toBe(0)
      expect(stateOf(lines)).toEqual(state)
      if (resumes) expect(eventsBetween(lines, 'soak-start', 'soak-half')).toEqual(interrupted.map(withoutLastValue))
      if (client === 'controller') expect(found(lines)).toEqual(state)
      if (leads) expectOneTerm(soaked)
      expect(interrupted.length).toBeGreaterThan(seconds * 5)
      expect(soaked.expirations).toBeGreaterThan(0)
    })
  })
}

/** What was counted of a client, for people. */
export interface ClientCounts {
  client: string
  interruptions: number
  /** While no history was forgotten. */
  written: number
  seen: number
  lost: number
  expirations: number
  /** In all, and those that are told again after a list. */
  told: number
}

function countsOf(client: string, { lines, interrupted, interruptions, expirations }: Soaked): ClientCounts {
  const seen = eventsBetween(lines, 'soak-start', 'soak-half')
  const wanted = interrupted.map(withoutLastValue)
  const lost = wanted.filter((event) => !seen.includes(event)).length
  return { client, interruptions, written: wanted.length, seen: seen.length, lost, expirations, told: lines.filter(isEvent).length }
}

const isEvent = ({ event }: Line) => event === 'ADDED' || event === 'MODIFIED' || event === 'DELETED'
const withoutLastValue = ({ event, name, value }: { event: string; name: string; value?: string }) =>
  event === 'DELETED' ? `${event} ${name}` : `${event} ${name} ${value}`

/** What the program ought to think there is, from all that it saw. */
function stateOf(lines: Line[]): Record<string, string> {
  const state: Record<string, string> = {}
  for (const { event, name, value } of lines.filter(isEvent)) {
    if (event === 'DELETED') delete state[name!]
    else state[name!] = value!
  }
  return state
}

/** What a controller found when it last looked. */
function found(lines: Line[]): Record<string, string> {
  const last = new Map(lines.filter(({ event }) => event === 'FOUND').map((line) => [line.name!, line]))
  return Object.fromEntries([...last.values()].filter(({ exists }) => exists).map(({ name, value }) => [name, value!]))
}

/** Each change once, in order. Informers tell again of what they list again, at the version that they had told of. */
function eventsBetween(lines: Line[], first: string, last: string): string[] {
  const events = lines.filter(isEvent)
  const from = events.findIndex(({ name }) => name === first) + 1
  const to = events.findIndex(({ name }) => name === last) + 1
  const versions = new Map<string, string>()
  const seen: string[] = []
  for (const line of events.slice(from, to)) {
    if (line.event === 'MODIFIED' && versions.get(line.name!) === line.version) continue
    versions.set(line.name!, line.version!)
    seen.push(withoutLastValue(line as Write))
  }
  return seen
}

function expectOneTerm({ lines, lease, ended }: Soaked): void {
  expect(lines.filter(({ event }) => event === 'LEADING' || event === 'STOPPED').map(({ event }) => event)).toEqual(['LEADING'])
  expect(lease?.holderIdentity).toBeTruthy()
  expect(lease?.leaseTransitions ?? 0).toBeLessThanOrEqual(1)
  expect(ended - Date.parse(lease!.renewTime), 'since it was renewed').toBeLessThan(15_000)
}
