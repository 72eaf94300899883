import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../conformance/command.ts'
import { lowerQuartile } from '../figures.ts'
import { type MeasuredServer, startServer } from '../measured-server.ts'
import { openWatchers } from '../open-watchers.ts'
import { NOTIFY, WATCH } from './bare-protocol.ts'
import { type Operation, prepareOperations } from './operations.ts'
import { type BareServer, startBareServer } from './start-bare-server.ts'

/** What inpod takes for something, and Node itself for the least that could be done: two processor times of the same moment. */
export interface Comparison {
  what: string
  /** Rounds in which code is compiled, and compiled better. */
  warmUp: number
  /** Rounds that count. */
  rounds: number
  /** One round. */
  measure(): Promise<{ ours: number; bare: number }>
}

const WATCHERS = 100
const STARTS = 6
const STARTING = { warmUp: 1, rounds: 7 }
const SERVING = { warmUp: 4, rounds: 20 }

/**
 * How many times as long as Node itself inpod takes. Each takes its lower quartile, as a moment of garbage collection in one of the two would be
 * most of a ratio of the same moment.
 */
export async function measureRatio({ warmUp, rounds, measure }: Comparison): Promise<number> {
  for (let round = 0; round < warmUp; round++) await measure()
  const ours: number[] = []
  const bare: number[] = []
  for (let round = 0; round < rounds; round++) {
    const times = await measure()
    ours.push(times.ours)
    bare.push(times.bare)
  }
  return lowerQuartile(ours) / lowerQuartile(bare)
}

/** Servers to compare, and what can be compared; to be disposed of. */
export async function startComparing(): Promise<AsyncDisposable & { comparisons: Comparison[] }> {
  await using stack = new AsyncDisposableStack()
  const ours = stack.use(await startServer())
  const bare = stack.use(await startBareServer())
  const comparisons: Comparison[] = [compareStarts()]
  for (const operation of await prepareOperations(ours)) comparisons.push(await compareRequests(ours, bare, operation))
  comparisons.push(await compareFanOut(ours, bare, stack))
  const owned = stack.move()
  return { comparisons, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function compareRequests(ours: MeasuredServer, bare: BareServer, { what, calls, count }: Operation): Promise<Comparison> {
  for (const call of calls) {
    const { method = 'GET', path, expect } = call
    const body = (await ours.call(call)).toString('base64')
    await bare.teach({ method, path, status: expect, body })
  }
  const ofBare = calls.map((call) => ({ ...call, ...(call.http2 && { http2: bare.http2 }) }))
  const run = (server: MeasuredServer, all: typeof calls) =>
    server.cost(count, async () => {
      for (const call of all) await server.call(call)
    })
  return { what, ...SERVING, measure: async () => ({ ours: await run(ours, calls), bare: await run(bare, ofBare) }) }
}

/** A write and what it costs to show it, beside writing as many bytes to as many streams. */
async function compareFanOut(ours: MeasuredServer, bare: BareServer, stack: AsyncDisposableStack): Promise<Comparison> {
  const path = '/api/v1/namespaces/ratios-watched/configmaps'
  await ours.call({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'ratios-watched' } } })
  const { metadata } = JSON.parse((await ours.call({ path })).toString())
  const watch = `${path}?watch=1&resourceVersion=${metadata.resourceVersion}`
  const watchers = stack.use(await openWatchers(ours, WATCHERS, () => watch))
  const ofBare = stack.use(await openWatchers({ ...bare, url: bare.http2 }, WATCHERS, () => WATCH))
  const write = { method: 'POST', path, body: { metadata: { generateName: 'seen-' }, data: { a: 'b' } } }
  const made = await ours.call(write)
  const event = Buffer.concat([Buffer.from('{"type":"ADDED","object":'), made.subarray(0, -1), Buffer.from('}\n')])
  await bare.teach({ method: 'POST', path: NOTIFY, status: 201, body: event.toString('base64') })
  const seen = (by: typeof watchers, write: () => Promise<unknown>) => async () => {
    await Promise.all([by.seen(WATCHERS), write()])
  }
  return {
    what: `a write that ${WATCHERS} watchers see`,
    ...SERVING,
    measure: async () => ({
      ours: await ours.cost(
        15,
        seen(watchers, () => ours.call(write)),
        1,
      ),
      bare: await bare.cost(
        15,
        seen(ofBare, () => bare.call({ method: 'POST', path: NOTIFY, body: write.body })),
        1,
      ),
    }),
  }
}

function compareStarts(): Comparison {
  const inpod = [join(root, 'packages/emulator/bin/inpod.mjs'), 'exec', '--', 'true']
  return {
    what: 'inpod exec -- true',
    ...STARTING,
    measure: async () => ({ ours: childrenTicks(inpod), bare: childrenTicks(['-e', '0']) }),
  }
}

/** Processor time of a few runs of Node, and of what they start; in the kernel's ticks. */
function childrenTicks(args: string[]): number {
  const before = ticks()
  for (let run = 0; run < STARTS; run++) {
    const { status, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
    if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`)
  }
  return ticks() - before
}

/** Of all children that have ended (proc(5): cutime and cstime). */
function ticks(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[13]) + Number(fields[14])
}
