// What `--storage etcd://…` names: objects that several servers share, and beside them what makes these one to their clients.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { EmulatorError } from './errors.ts'
import { appliedManifests, type KeptCluster, type Keys, keptKeys, newKeys, type Peers, parseKeys } from './kept-cluster.ts'
import { createRefounding, type Refounder } from './refounding.ts'
import { parseEtcdAddress } from './storage/etcd/address.ts'
import { createEtcdStorage, failureOf } from './storage/etcd/etcd-storage.ts'
import { type EtcdKeys, etcdKeys } from './storage/etcd/keys.ts'
import { type Link, openLink } from './storage/etcd/link.ts'
import type { KeyValue } from './storage/etcd/messages.ts'
import type { Answer } from './storage/etcd/protocol.ts'

/** An etcd, and how to reach it. */
export interface EtcdStorageOptions {
  /** `etcd://HOST:PORT`, `etcds://…` with TLS, `etcd://USER:PASSWORD@…`; several members with commas between them. */
  url: string
  /** A file (PEM): who has signed etcd's certificate. Default: who the system trusts. */
  caFile?: string
  /** Files (PEM): the certificate that etcd is shown, and its key. */
  certFile?: string
  keyFile?: string
  /** What all keys begin with; default `/registry`. Clusters of one etcd have different ones. */
  prefix?: string
}

export interface SharedClusterOptions {
  onWarning?: ((text: string) => void) | undefined
}

const MEMBERS = 'members/'
const LOCK = 'lock'
const KEYS = 'keys'
const APPLIED = 'manifests'
const usualPrefix = '/registry'
const lockPauseMs = 50
/** More than it takes for the lock of a server that was killed to end. */
const lockPatienceMs = 60_000

/**
 * Joins the servers of a cluster in etcd, or founds it. Others that come meanwhile wait until this one has settled.
 * @throws EmulatorError ERR_STORAGE_ADDRESS, ERR_STORAGE_TLS, ERR_STORAGE_UNREACHABLE, ERR_STORAGE_LOCKED, ERR_DATA_VERSION, ERR_STORAGE_DAMAGED
 */
export async function openSharedCluster(
  given: EtcdStorageOptions,
  { onWarning = () => {} }: SharedClusterOptions = {},
): Promise<KeptCluster> {
  const address = parseEtcdAddress(given.url)
  const keys = etcdKeys(readPrefix(given.prefix ?? usualPrefix))
  const link = openLink({ ...address, prefix: keys.prefix, tls: readTls(given) })
  try {
    return await join({ link, keys, places: address.endpoints.join(', '), onWarning })
  } catch (error) {
    await link.close()
    throw error
  }
}

interface Joining {
  link: Link
  keys: EtcdKeys
  /** To be named in errors. */
  places: string
  onWarning(text: string): void
}

async function join(joining: Joining): Promise<KeptCluster> {
  const { link, keys, onWarning } = joining
  const own = ownKeys(joining)
  const me = MEMBERS + randomUUID()
  await own.read(KEYS)
  await lock(own, me)
  await own.put(me, 'here', 0, true)
  const opened = await own.ask({ do: 'open' })
  if (!('pairs' in opened)) throw new Error('etcd gave no state')
  const members = new Set(opened.pairs.flatMap(({ key }) => memberOf(keys, key) ?? []).filter((name) => name !== me))
  const listeners: Record<'lost' | 'gone', Array<() => void>> = { lost: [], gone: [] }
  const refounders: Refounder[] = []
  const founded = await openKeys(own, keys)
  let applied = await readApplied(own)
  const settle = async () => {
    await applied.keep()
    await own.remove(LOCK)
  }
  const refounding = createRefounding(
    async (isFounded) => {
      // Of the time that etcd has gone back to.
      if ((await own.read(LOCK))?.value === me) await own.remove(LOCK)
      await lock(own, me)
      onWarning('etcd has lost data, or has older ones again: what every cluster has, and the manifests, are made if they are missing')
      await founded.insist(onWarning)
      applied = await readApplied(own)
      for (const each of refounders) each.found()
      isFounded()
      for (const each of refounders) await each.furnish()
      await settle()
    },
    (error) => onWarning((error as Error).message),
  )
  const storage = createEtcdStorage(
    {
      link,
      keys,
      onOwn(name, value) {
        if (name === KEYS && value !== undefined) founded.takeText(value)
        if (!name.startsWith(MEMBERS) || name === me) return
        if (value !== undefined) members.add(name)
        else if (members.delete(name)) for (const each of listeners.gone) each()
      },
      onLost() {
        for (const each of listeners.lost) each()
      },
      onRewound: refounding.begin,
      onUnreadable: (key) => onWarning(`etcd's ${key} is no JSON, and is passed over`),
    },
    opened,
  )
  const { catchUp } = storage
  storage.catchUp = async () => {
    await refounding.ready()
    await catchUp?.()
  }
  await founded.keySource.load()
  const peers: Peers = {
    get present() {
      return members.size > 0
    },
    onLost: (listener) => void listeners.lost.push(listener),
    onRewound: (refounder) => void refounders.push(refounder),
    onGone: (listener) => void listeners.gone.push(listener),
  }
  return {
    storage,
    peers,
    adminToken: founded.adminToken,
    certificates: founded.certificates,
    keySource: founded.keySource,
    isApplied: (...manifest) => applied.isApplied(...manifest),
    settle,
    close() {
      refounding.close()
      return link.close()
    },
  }
}

/** Which manifests etcd says have been applied. */
async function readApplied(own: OwnKeys) {
  const found = await own.read(APPLIED)
  const { isApplied, changed } = appliedManifests(found?.value)
  return {
    isApplied,
    async keep() {
      const text = changed()
      if (text !== undefined) await own.put(APPLIED, text, found?.modRevision ?? 0)
    },
  }
}

/** One server at a time makes what all of them want to be there. */
async function lock(own: OwnKeys, me: string): Promise<void> {
  for (const deadline = performance.now() + lockPatienceMs; !(await own.put(LOCK, me, 0, true)); ) {
    if (performance.now() > deadline) {
      const hint = 'Another inpod has been starting for a minute: is it stopped, or does its program wait for something?'
      throw new EmulatorError('ERR_STORAGE_LOCKED', 'the storage is locked by another inpod that starts', { hint })
    }
    await new Promise((resolve) => setTimeout(resolve, lockPauseMs))
  }
}

const memberOf = (keys: EtcdKeys, key: string) => {
  const name = keys.ownName(key)
  return name?.startsWith(MEMBERS) ? name : undefined
}

/** The secrets of the cluster; new ones if it is new. */
async function openKeys(own: OwnKeys, { ownKey }: EtcdKeys) {
  const where = `etcd's ${ownKey(KEYS)}`
  const parse = (text: string): Keys => {
    const parsed = parseKeys(text, where)
    if (parsed !== undefined) return parsed
    const hint = 'Without it all tokens and certificates are new: remove it with etcdctl del, and start again.'
    throw new EmulatorError('ERR_STORAGE_DAMAGED', `${where} is not what inpod wrote`, { hint })
  }
  const found = await own.read(KEYS)
  const kept = keptKeys(found === undefined ? newKeys() : parse(found.value), (part, before) => {
    for (;;) {
      const now = own.readNow(KEYS)
      const next = { ...(now === undefined ? before : parse(now.value)), ...part }
      if (own.putNow(KEYS, JSON.stringify(next), now?.modRevision ?? 0)) return next
    }
  })
  return Object.assign(kept, {
    takeText: (text: string) => kept.follow(parse(text)),
    /** Puts them back, should etcd have lost them. */
    async insist(onWarning: (text: string) => void) {
      const now = await own.read(KEYS)
      if (now === undefined) kept.putBack()
      else if (parse(now.value).adminToken !== kept.adminToken)
        onWarning('the cluster in etcd is another one now, with other keys: start this inpod anew')
    },
  })
}

type OwnKeys = ReturnType<typeof ownKeys>

/** What is inpod's own in etcd. The results of putting are false where somebody else was quicker. */
function ownKeys({ link, keys, places }: Joining) {
  const checked = (answer: Answer | undefined): Exclude<Answer, { failure: unknown }> => {
    if (answer === undefined) throw unreachable(places, 'no answer')
    if (!('failure' in answer)) return answer
    const { failure } = answer
    throw failure.refused ? refused(places, failure.text) : unreachable(places, failureOf(failure).message)
  }
  const ask = async (question: Parameters<Link['ask']>[0]) => checked(await link.ask(question))
  const pairOf = (answer: Answer): KeyValue | undefined => ('pair' in answer ? answer.pair : undefined)
  return {
    ask,
    read: async (name: string) => pairOf(await ask({ do: 'read', key: keys.ownKey(name) })),
    put: async (name: string, value: string, expected: number, leased = false) =>
      !('conflict' in (await ask({ do: 'put', key: keys.ownKey(name), value, expected, leased }))),
    remove: (name: string) => ask({ do: 'remove', key: keys.ownKey(name) }),
    readNow: (name: string) => pairOf(checked(link.demand({ do: 'read', key: keys.ownKey(name) }))),
    putNow: (name: string, value: string, expected: number) =>
      !('conflict' in checked(link.demand({ do: 'put', key: keys.ownKey(name), value, expected, leased: false }))),
  }
}

function unreachable(places: string, text: string): EmulatorError {
  const hint = `Does etcd run, and does it listen there? etcdctl --endpoints ${places} endpoint health\nWith TLS the scheme is etcds://.`
  return new EmulatorError('ERR_STORAGE_UNREACHABLE', `cannot reach etcd at ${places}: ${text}`, { hint })
}

function refused(places: string, text: string): EmulatorError {
  return new EmulatorError('ERR_STORAGE_REFUSED', `etcd at ${places} refuses: ${text}`)
}

function readPrefix(given: string): string {
  const prefix = given.replace(/\/+$/, '')
  if (/^(\/[\w.-]+)+$/.test(prefix)) return prefix
  throw new EmulatorError('ERR_STORAGE_ADDRESS', `invalid prefix "${given}" of keys in etcd: a path such as /registry`)
}

function readTls({ caFile, certFile, keyFile }: EtcdStorageOptions) {
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new EmulatorError('ERR_STORAGE_TLS', 'a certificate for etcd and its key come together', {
      hint: 'Give both --etcd-certfile and --etcd-keyfile.',
    })
  }
  return { ca: readPem(caFile), cert: readPem(certFile), key: readPem(keyFile) }
}

function readPem(file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new EmulatorError('ERR_STORAGE_TLS', `cannot read ${file}: ${(error as Error).message}`, { cause: error })
  }
}
