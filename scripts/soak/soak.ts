import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkHeld, type Held } from './check.ts'
import { type Cluster, connectCluster } from './cluster.ts'
import { nextDisturbance } from './disturbances.ts'
import { type Load, startLoad } from './load.ts'
import { type MemoryReport, recordMemory } from './memory.ts'
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
  memory: MemoryReport & { first: Held; afterwards: Held }
}

const betweenChecks = 20_000
/** Of a run of this length no history is forgotten in the first third, so that the windows of collections fill. */
const fillsWindowsMs = 600_000

/** Puts a real `inpod start` under mixed load, and holds it to what it has acknowledged. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const folder = mkdtempSync(join(tmpdir(), 'inpod-soak-'))
  const stuck: string[] = []
  try {
    const report = await soakIn(folder, options, (problem) => stuck.push(problem))
    return { ...report, problems: [...report.problems, ...stuck] }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function soakIn(folder: string, options: SoakOptions, onStuck: (problem: string) => void): Promise<SoakReport> {
  await using server = await startServer(folder, onStuck)
  const { server: url, caFile, token } = server.command.started
  const cluster = connectCluster({ server: url, ca: readFileSync(caFile, 'utf8'), token })
  try {
    return await soakServer(server, cluster, options)
  } finally {
    cluster.close()
  }
}

async function soakServer(server: SoakedServer, cluster: Cluster, options: SoakOptions): Promise<SoakReport> {
  const { seconds, rate, seed, onProgress } = options
  const random = createRandom(seed)
  const reckoning = createReckoning(await cluster.listAll())
  await cluster.rest()
  const first = await server.held()
  const record = recordMemory(server)
  const load = await startLoad({ cluster, kubeconfig: server.command.started.kubeconfig, reckoning, rate, random })
  const counts = { checks: 0, disturbances: 0, compactions: 0 }
  const note = (milliseconds: number, bare: boolean, held: Held) => {
    record.note(held, milliseconds / 1000, bare)
    onProgress(progressOf(milliseconds, reckoning, held))
    return reckoning.problems.length === 0
  }
  try {
    await runRounds({ server, cluster, load, random, counts, milliseconds: seconds * 1000, note })
  } finally {
    await load.stop()
  }
  await load.checkState()
  const afterwards = await backTo(first, server, cluster)
  const memory = { first, ...record.report(), afterwards }
  reckoning.problems.push(...checkHeld(first, afterwards, memory.growth))
  return {
    problems: reckoning.problems,
    absent: load.absent,
    counts: { ...reckoning.counts, ...counts, events: load.watched().events },
    watched: load.watched(),
    memory,
  }
}

interface Rounds {
  server: SoakedServer
  cluster: Cluster
  load: Load
  random: Random
  counts: { checks: number; disturbances: number; compactions: number }
  milliseconds: number
  /** Told of what is held at the end of a round, and whether history has been forgotten. False ends all. */
  note(elapsed: number, bare: boolean, held: Held): boolean
}

/** Load and disturbances, then a check, until time is up. */
async function runRounds({ server, cluster, load, random, counts, milliseconds, note }: Rounds): Promise<void> {
  const began = performance.now()
  const elapsed = () => performance.now() - began
  const fullAfter = milliseconds < fillsWindowsMs ? 0 : milliseconds / 3
  for (;;) {
    const forgets = elapsed() >= fullAfter
    await disturb({ cluster, load, random, counts }, Math.min(betweenChecks, milliseconds - elapsed()), forgets)
    await load.check(counts.checks++)
    if (forgets) await cluster.compact()
    if (!note(elapsed(), forgets, await server.held()) || elapsed() >= milliseconds) return
    load.goOn()
  }
}

/** Lets things go wrong for some time. */
async function disturb(
  { cluster, load, random, counts }: Pick<Rounds, 'cluster' | 'load' | 'random' | 'counts'>,
  milliseconds: number,
  forgets: boolean,
): Promise<void> {
  for (const end = performance.now() + milliseconds; performance.now() < end; ) {
    await sleep(Math.min(500 + random() * 1500, Math.max(0, end - performance.now())))
    const disturbance = nextDisturbance(random, forgets)
    counts.disturbances++
    if (disturbance === 'compact') {
      await load.catchUp(counts.compactions++)
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
