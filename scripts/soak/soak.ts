import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkHeld, growthOf, type Held, type Sample } from './check.ts'
import { type Cluster, connectCluster } from './cluster.ts'
import { nextDisturbance } from './disturbances.ts'
import { startLoad } from './load.ts'
import { createRandom, type Random } from './random.ts'
import { createReckoning, type Reckoning } from './reckoning.ts'
import { type SoakedServer, startServer } from './server.ts'
import type { WatcherCounts } from './watcher.ts'

export interface SoakOptions {
  seconds: number
  /** Writes a second, of all writers together. */
  rate: number
  seed: number
  /** Told of how it goes, a line at a time. */
  onProgress(line: string): void
}

export interface SoakReport {
  /** What went wrong; empty if all is well. */
  problems: string[]
  /** Participants that cannot run here, and why. */
  absent: string[]
  counts: Reckoning['counts'] & { events: number; checks: number; disturbances: number; compactions: number }
  watched: WatcherCounts
  /** At first; after the first third, when all is warm; under load, last; and when all clients have gone. */
  held: Record<'first' | 'warm' | 'last' | 'afterwards', Held>
  /** The most resident memory, in MiB, with windows full of history. */
  peak: number
  /** What memory without history has grown by in the last two thirds, in MiB. */
  growth: { rss: number; heap: number }
}

const betweenChecks = 20_000
const sampleEveryMs = 1000
/** Of blocks of this length each second one forgets no history, so that the windows of collections fill. */
const blockMs = 300_000

/** Puts a real `inpod start` under mixed load, and holds it to what it has acknowledged. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const folder = mkdtempSync(join(tmpdir(), 'inpod-soak-'))
  try {
    await using server = await startServer(folder)
    const { server: url, caFile, token } = server.command.started
    const cluster = connectCluster({ server: url, ca: readFileSync(caFile, 'utf8'), token })
    try {
      return await soakServer(server, cluster, options)
    } finally {
      cluster.close()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function soakServer(server: SoakedServer, cluster: Cluster, { seconds, rate, seed, onProgress }: SoakOptions): Promise<SoakReport> {
  const random = createRandom(seed)
  const reckoning = createReckoning(await cluster.listAll())
  await cluster.rest()
  const first = await server.held()
  const load = await startLoad({ cluster, kubeconfig: server.command.started.kubeconfig, reckoning, rate, random })
  const counts = { checks: 0, disturbances: 0, compactions: 0 }
  const memory: Record<'rss' | 'heap', Sample[]> = { rss: [], heap: [] }
  let peak = 0
  const began = performance.now()
  const elapsed = () => performance.now() - began
  const sampling = setInterval(() => (peak = Math.max(peak, server.rss())), sampleEveryMs)
  const held: Held[] = []
  try {
    for (;;) {
      const forgets = Math.floor(elapsed() / blockMs) % 2 === 0
      await disturb(cluster, random, Math.min(betweenChecks, seconds * 1000 - elapsed()), forgets, counts)
      await load.check(counts.checks++)
      if (forgets) await cluster.compact()
      const now = await server.held()
      held.push(now)
      if (forgets) for (const what of ['rss', 'heap'] as const) memory[what].push({ seconds: elapsed() / 1000, value: now[what] })
      onProgress(progressOf(elapsed(), reckoning, now))
      if (elapsed() >= seconds * 1000 || reckoning.problems.length > 0) break
      load.goOn()
    }
  } finally {
    clearInterval(sampling)
    await load.stop()
  }
  await load.checkState()
  const afterwards = await backTo(first, server, cluster)
  const growth = { rss: growthOf(memory.rss), heap: growthOf(memory.heap) }
  reckoning.problems.push(...checkHeld(first, afterwards, growth))
  return {
    problems: reckoning.problems,
    absent: load.absent,
    counts: { ...reckoning.counts, ...counts, events: load.watched().events },
    watched: load.watched(),
    held: { first, warm: held[Math.floor(held.length / 3)]!, last: held.at(-1)!, afterwards },
    peak,
    growth,
  }
}

/** Lets things go wrong for some time. */
async function disturb(
  cluster: Cluster,
  random: Random,
  milliseconds: number,
  forgets: boolean,
  counts: { disturbances: number; compactions: number },
): Promise<void> {
  for (const end = performance.now() + milliseconds; performance.now() < end; ) {
    await sleep(Math.min(500 + random() * 1500, Math.max(0, end - performance.now())))
    const disturbance = nextDisturbance(random, forgets)
    counts.disturbances++
    if (disturbance === 'compact') {
      counts.compactions++
      await cluster.compact()
    } else await cluster.disturb(disturbance)
  }
}

/** What the server holds once it holds no more than at first, or after a while. */
async function backTo(first: Held, server: SoakedServer, cluster: Cluster): Promise<Held> {
  for (const end = performance.now() + 20_000; ; await sleep(250)) {
    await cluster.rest()
    const held = await server.held()
    if ((held.descriptors <= first.descriptors && held.resources <= first.resources) || performance.now() > end) return held
  }
}

const progressOf = (milliseconds: number, { counts, problems }: Reckoning, { rss, heap, descriptors }: Held): string =>
  `${(milliseconds / 1000).toFixed(0)} s: ${counts.writes} writes, ${counts.conflicts} conflicts, ${counts.retries} retries, ` +
  `${rss.toFixed(0)} MiB resident, ${heap.toFixed(1)} MiB in use, ${descriptors} descriptors, ${problems.length} problems`
