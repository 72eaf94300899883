import { writeFileSync } from 'node:fs'
import { ask, createSession, type Session, type Step } from '../../../test/conformance/variants/replay.ts'
import { startCommand } from '../../conformance/command.ts'
import { createRandom } from '../random-objects.ts'
import type { Area, Asked } from './area.ts'
import { manifests } from './areas/manifests.ts'
import { areas } from './areas.ts'
import { differences, kindOf, type Received } from './compare.ts'
import { createLeftovers } from './leftovers.ts'
import { createSend } from './servers.ts'

export interface BesideOptions {
  /** The real server: where it is, the file of its CA, and a cluster-admin's token. */
  beside: { server: string; caFile: string; token: string }
  /** Names of areas; all of them if empty. */
  areas: readonly string[]
  /** Folders of manifests to be sent instead. */
  manifests: readonly string[]
  seed: number
  /** Requests of each area, at least. */
  count: number
  /** A file for the differences, with all steps that lead to each: lines of test/conformance/variants. */
  json?: string
  say(line: string): void
}

interface Difference {
  kind: string
  lines: string[]
  steps: Step[]
  theirs: unknown
  ours: unknown
}

interface Pair {
  theirs: Session
  ours: Session
}

/** Sends the same requests to a real API server and to an `inpod start` of its own. Gives how many were answered differently. */
export async function runBeside(options: BesideOptions): Promise<number> {
  await using command = await startCommand()
  const { server, caFile, token } = command.started
  const { beside, say } = options
  const send = { theirs: createSend(beside.server, beside.caFile), ours: createSend(server, caFile) }
  const pair = (): Pair => ({ theirs: createSession(send.theirs, beside.token), ours: createSession(send.ours, token) })
  const found: Difference[] = []
  for (const [name, load] of Object.entries(chosenAreas(options))) {
    const began = found.length
    const requests = await runArea(name, await load(), options, pair, found)
    say(`${name}: ${requests} requests, ${found.length - began} differ`)
  }
  tell(found, say)
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(found, null, 1)}\n`)
  if (command.standardError() !== '') say(`inpod wrote: ${command.standardError()}`)
  return found.length
}

function chosenAreas({ manifests: folders, areas: names }: BesideOptions): typeof areas {
  if (folders.length > 0) return { manifests: async () => manifests(folders) }
  return names.length > 0 ? Object.fromEntries(names.map((name) => [name, areas[name]!])) : areas
}

async function runArea(name: string, area: Area, { seed, count }: BesideOptions, pair: () => Pair, found: Difference[]): Promise<number> {
  const namespace = `beside-${name}-${seed}`
  const leftovers = createLeftovers(namespace)
  const settings = pair()
  for (const step of leftovers.before()) await both(settings, { id: 'prepare', ...step })
  for (const step of area.prepare?.(namespace) ?? []) {
    leftovers.note(step)
    await both(settings, { id: 'prepare', ...step })
  }
  let requests = 0
  let next = 0
  const lane = async () => {
    while (area.isDone === undefined ? requests < count : !area.isDone()) {
      const number = next++
      const random = createRandom(seed * 1_000_003 + number * 7919)
      requests += await playRound(area.round(random, namespace, `beside-${seed}-${number}`), pair(), {
        namespace,
        note: leftovers.note,
        found,
      })
    }
  }
  try {
    await Promise.all(Array.from({ length: area.lanes ?? 4 }, lane))
  } finally {
    for (const step of [...leftovers.after(), ...(area.cleanUp?.() ?? [])]) await both(settings, { id: 'after', ...step })
  }
  return requests
}

/** Ends with the round, or with its first difference: what comes after it would differ for that. */
async function playRound(
  round: Generator<Asked, void, never>,
  pair: Pair,
  { namespace, note, found }: { namespace: string; note(step: Asked): void; found: Difference[] },
): Promise<number> {
  const steps: Step[] = []
  let turn = round.next()
  while (!turn.done) {
    const step: Step = { id: String(steps.length), managedFields: 'sorted', ...turn.value }
    steps.push(step)
    note(step)
    const [theirs, ours] = await both(pair, step)
    const lines = step.setup ? [] : differences(theirs, ours, step, namespace)
    if (
      lines.length > 0 &&
      !(await isChance(pair.theirs, theirs.answer.status, step, (again) => differences(again, ours, step, namespace)))
    ) {
      found.push({ kind: kindOf(step.method ?? 'GET', step.path, lines), lines, steps, theirs: theirs.answer.body, ours: ours.answer.body })
      break
    }
    turn = round.next({ status: theirs.answer.status, body: theirs.body } as never)
  }
  return steps.length
}

/** Whether the real server, asked again what changes nothing, answers as we did: the order of some of its errors is that of a Go map. */
async function isChance(theirs: Session, status: number, step: Step, differ: (again: Received) => string[]): Promise<boolean> {
  const changesNothing = (step.method ?? 'GET') === 'GET' || step.path.includes('dryRun=All') || status >= 400
  if (!changesNothing) return false
  for (let again = 0; again < 6; again++) {
    if (differ(await ask(theirs, step).catch(broken)).length === 0) return true
  }
  return false
}

const both = ({ theirs, ours }: Pair, step: Step) =>
  Promise.all([theirs, ours].map((session) => ask(session, step).catch(broken))) as Promise<
    [Awaited<ReturnType<typeof ask>>, Awaited<ReturnType<typeof ask>>]
  >

const broken = (error: Error) => ({ answer: { status: 0, body: String(error.cause ?? error) }, headers: new Headers(), body: undefined })

function tell(found: readonly Difference[], say: (line: string) => void): void {
  const kinds = Map.groupBy(found, ({ kind }) => kind)
  for (const [kind, all] of [...kinds].sort(([, a], [, b]) => b.length - a.length)) {
    const { lines, steps } = all[0]!
    const { method = 'GET', path, body, raw } = steps.at(-1)!
    say(`\n${all.length} x ${kind}`)
    say(`  ${method} ${path} ${raw ?? JSON.stringify(body) ?? ''}`.slice(0, 1000))
    for (const line of lines.slice(0, 5)) say(`  ${line}`.slice(0, 600))
  }
}
