import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { clients } from '../clients/clients.ts'
import { prepareClient, whyNotHere } from '../clients/prepare.ts'
import { differenceOf } from './check.ts'
import type { Cluster } from './cluster.ts'
import type { History } from './history.ts'
import { type Kind, kinds, shards, stampAnnotation } from './kinds.ts'
import { type Participant, startParticipant } from './participants.ts'
import { createRandom, type Random } from './random.ts'
import { type Reckoning, revisionsOf } from './reckoning.ts'
import { startWatcher, type Watcher, type WatcherCounts } from './watcher.ts'

export interface LoadOptions {
  cluster: Cluster
  /** A file. */
  kubeconfig: string
  reckoning: Reckoning
  rate: number
  random: Random
}

/** Writers, watchers and informers at work. */
export interface Load {
  /** Participants that cannot run here, and why. */
  absent: string[]
  /** Halts all writers, and compares what everyone knows once everyone has been told of everything. Writers wait until `goOn`. */
  check(number: number): Promise<void>
  goOn(): void
  /** Waits until those who must miss nothing have been told of all so far, and are connected: then history may be forgotten. */
  catchUp(number: number): Promise<void>
  watched(): WatcherCounts
  /** Compares the state with what was acknowledged. */
  checkState(): Promise<void>
  stop(): Promise<void>
}

interface Member {
  name: string
  writes: boolean
  /** Its share of the rate. */
  share: number
  argv: readonly string[]
  environment: Record<string, string>
}

/** The backoff of an informer goes up to a minute. */
const toldWithinMs = 120_000
const nodeWriter = [process.execPath, '--conditions=source', join(import.meta.dirname, 'writer.ts')]

export async function startLoad({ cluster, kubeconfig, reckoning, rate, random }: LoadOptions): Promise<Load> {
  const { members, absent } = await findMembers(cluster)
  const participants = members.map(({ name, argv, environment, share }) => ({
    ...startParticipant({
      name,
      argv,
      environment: {
        ...environment,
        KUBECONFIG: kubeconfig,
        SOAK_WRITER: name,
        SOAK_RATE: String(rate * share),
        SOAK_SEED: String(Math.floor(random() * 2 ** 31)),
      },
      onReport: (report) => reckoning.take(name, report),
      onEnd: (problem) => reckoning.problems.push(problem),
    }),
    writes: members.find((member) => member.name === name)!.writes,
  }))
  const watchers = startWatchers(cluster, reckoning, random)
  const writers = participants.filter(({ writes }) => writes)
  const informers = participants.filter(({ writes }) => !writes)
  return {
    absent,
    async check(number) {
      await cluster.calm()
      await Promise.all(writers.map((writer) => writer.pause()))
      for (const watcher of watchers) watcher.hurry(true)
      for (const kind of kinds) await checkKind(cluster, reckoning, kind, `fence-${number}`, { watchers, informers })
    },
    goOn() {
      for (const watcher of watchers) watcher.hurry(false)
      for (const writer of writers) writer.goOn()
    },
    catchUp: async (number) => {
      for (const kind of kinds) {
        const { horizon } = await writeFences(cluster, reckoning, kind, `compaction-${number}`)
        await until(() => watchers.filter((watcher) => watcher.kind === kind && watcher.steady && (watcher.told.cursor ?? 0) < horizon))
      }
    },
    watched: () => sum(watchers.map((watcher) => watcher.counts())),
    async checkState() {
      for (const { resource, objects } of await cluster.listAll()) reckoning.checkState(resource, objects)
    },
    async stop() {
      await cluster.calm()
      await Promise.all([...watchers.map((watcher) => watcher.stop()), ...participants.map((each) => each[Symbol.asyncDispose]())])
    },
  }
}

/** Writes to each shard, so that it is seen how far watchers have got. */
async function writeFences(
  cluster: Cluster,
  reckoning: Reckoning,
  kind: Kind,
  stamp: string,
): Promise<{ revisions: ReadonlyMap<string | undefined, number>; horizon: number }> {
  const revisions = new Map<string | undefined, number>()
  for (const { metadata } of await cluster.fence(kind, stamp)) {
    const { name, resourceVersion: version, annotations, labels } = metadata
    reckoning.take('fence', { wrote: { resource: kind.resource, name, version, stamp: annotations![stampAnnotation]! } })
    revisions.set(labels!['shard'], Number(version))
  }
  return { revisions, horizon: Math.max(...revisions.values()) }
}

interface Parties {
  watchers: readonly Watcher[]
  informers: readonly Participant[]
}

async function checkKind(
  cluster: Cluster,
  reckoning: Reckoning,
  kind: Kind,
  stamp: string,
  { watchers, informers }: Parties,
): Promise<void> {
  const { resource } = kind
  const { revisions, horizon } = await writeFences(cluster, reckoning, kind, stamp)
  const mine = watchers.filter((watcher) => watcher.kind === kind)
  const late = await until(() => mine.filter(({ shard, told }) => (told.cursor ?? 0) < (revisions.get(shard) ?? horizon)))
  for (const { shard, told } of late)
    reckoning.problems.push(`${resource}: a watcher of ${shard ?? 'all'} is at ${told.cursor} and is told nothing of ${horizon}`)
  const listed = await cluster.list(kind)
  for (const informer of informers) {
    const [difference] = await until(async () => {
      const { [resource]: held = {} } = await informer.state()
      const found = new Map(Object.entries(held).map(([name, version]) => [name, Number(version)]))
      return [differenceOf(revisionsOf(listed.objects), found)].filter((each) => each !== undefined)
    })
    if (difference !== undefined) reckoning.problems.push(`${resource}: ${informer.name} holds something else: ${difference}`)
  }
  await until(() => reckoning.behind(resource, listed.objects))
  reckoning.settle(resource, horizon, mine)
  reckoning.checkState(resource, listed.objects)
}

/** Asks until there is nothing left, or time is up; gives what is left. */
async function until<T>(left: () => T[] | Promise<T[]>): Promise<T[]> {
  for (const end = performance.now() + toldWithinMs; ; await sleep(50)) {
    const rest = await left()
    if (rest.length === 0 || performance.now() > end) return rest
  }
}

/** Of each kind two watchers of all, and one of each shard. */
function startWatchers(cluster: Cluster, reckoning: Reckoning, random: Random): Watcher[] {
  return kinds.flatMap((kind) => {
    const history = reckoning.histories.get(kind.resource)!
    const reference = startReference(cluster, kind, history)
    const others = [undefined, undefined, ...shards].map((shard) =>
      startWatcher({
        kind,
        shard,
        connection: cluster.connection,
        random: createRandom(Math.floor(random() * 2 ** 31)),
        onEvent: history.saw,
      }),
    )
    return [reference, ...others]
  })
}

/** A watcher to whom nothing happens, so that it is told of all. */
function startReference({ connection }: Cluster, kind: Kind, history: History): Watcher {
  const endpoint = { ...connection.endpoint, user: 'reference' }
  return startWatcher({
    kind,
    shard: undefined,
    connection: { ...connection, endpoint },
    random: createRandom(0),
    steadyFrom: history.from,
    onEvent: history.saw,
  })
}

/** Those that can run here; programs in other languages are built first. */
async function findMembers(cluster: Cluster): Promise<{ members: Member[]; absent: string[] }> {
  const environment = { SOAK_ENDPOINT: JSON.stringify(cluster.connection.endpoint) }
  const members: Member[] = ['http1', 'http2'].map((protocol) => ({
    name: `node-${protocol}`,
    writes: true,
    share: 0.35,
    argv: nodeWriter,
    environment: { ...environment, SOAK_PROTOCOL: protocol },
  }))
  const absent: string[] = []
  const others = [
    { client: 'soak', name: 'go-writer', args: ['writer'], writes: true, share: 0.2 },
    { client: 'soak', name: 'go-informers', args: ['informers'], writes: false, share: 0 },
    { client: 'soak-python', name: 'python', args: [], writes: true, share: 0.1 },
  ]
  for (const { client: clientName, name, args, writes, share } of others) {
    const client = clients.find((each) => each.name === clientName)!
    const reason = whyNotHere(client)
    if (reason === undefined) {
      const { argv, environment = {} } = await prepareClient(client)
      members.push({ name, writes, share, argv: [...argv, ...args], environment })
    } else absent.push(`${name}: ${reason}`)
  }
  return { members, absent }
}

const sum = (counts: readonly WatcherCounts[]): WatcherCounts =>
  counts.reduce((total, each) => ({
    opened: {
      http1: total.opened.http1 + each.opened.http1,
      http2: total.opened.http2 + each.opened.http2,
      websocket: total.opened.websocket + each.opened.websocket,
    },
    events: total.events + each.events,
    bookmarks: total.bookmarks + each.bookmarks,
    expired: total.expired + each.expired,
  }))
