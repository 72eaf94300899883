import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Emulator, startEmulator } from 'inpod'
import { applyEnvironment } from '../../packages/emulator/src/pod/environment.ts'
import { serviceAccountVolume } from '../../packages/emulator/src/pod/service-account-volume.ts'
import { openSandbox } from '../../packages/emulator/src/sandbox/sandbox.ts'
import type { ClientCommand } from '../../scripts/clients/clients.ts'
import { manifestsOf } from './pod.ts'

/** A line of an informer program. */
export interface Line {
  event: 'ADDED' | 'MODIFIED' | 'DELETED' | 'FOUND' | 'LEADING' | 'STOPPED'
  name?: string
  value?: string
  version?: string
  exists?: boolean
}

/** A write to a ConfigMap, as a watch tells of it. */
export interface Write {
  event: 'ADDED' | 'MODIFIED' | 'DELETED'
  name: string
  value: string
}

export interface Soaked {
  exitCode: number
  stderr: string
  lines: Line[]
  /** What was written while watches and connections ended, though no history was forgotten. */
  interrupted: Write[]
  /** How often watches or connections ended meanwhile. */
  interruptions: number
  /** How often the program had to list again, for what it had not seen was forgotten. */
  expirations: number
  /** The ConfigMaps that there are in the end: their values by name. */
  state: Record<string, string>
  lease: { holderIdentity: string; renewTime: string; leaseTransitions?: number } | undefined
  /** When the program ended, in milliseconds since 1970. */
  ended: number
}

const namespace = 'team-a'
const betweenWrites = 40
const betweenInterruptions = 1700

/**
 * Runs an informer program in a Pod for some seconds while ConfigMaps change. In the first half its watches end and its connections drop;
 * in the second, history is also forgotten meanwhile.
 */
export async function soak({ argv, environment }: ClientCommand, seconds: number): Promise<Soaked> {
  const folder = mkdtempSync(join(tmpdir(), 'soak-'))
  await using emulator = await startEmulator({
    manifests: manifestsOf('allowed'),
    pod: { namespace, serviceAccountName: 'demo-sa', name: `soak-${randomUUID().slice(0, 8)}` },
  })
  const { pod } = emulator
  const env = applyEnvironment(
    { ...process.env, ...environment, SOAK_LIMIT_SECONDS: String(seconds + 100) },
    { set: pod.env, unset: pod.unsetEnv },
  )
  const sandbox = openSandbox()
  const redirected = ['sh', '-c', `exec "$@" >'${folder}/stdout' 2>'${folder}/stderr'`, 'sh', ...argv]
  const running = sandbox.run({ command: redirected, env, files: serviceAccountVolume(pod.files) })
  const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '')
  try {
    const writer = createWriter(emulator)
    await writer.create('soak-start', '0')
    await seen(
      running,
      () => read('stdout').includes('soak-start'),
      () => read('stderr'),
    )
    const { interrupted, interruptions } = await interrupt(emulator, writer, seconds / 2)
    const expirations = await expire(emulator, writer, seconds / 2)
    await sleep(1000)
    await writer.create('soak-end', '0')
    const exitCode = await running
    const ended = Date.now()
    const lines = read('stdout')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line)
    return {
      exitCode,
      stderr: read('stderr'),
      lines,
      interrupted,
      interruptions,
      expirations,
      state: await writer.state(),
      lease: await leaseOf(emulator),
      ended,
    }
  } finally {
    await sandbox.close()
    rmSync(folder, { recursive: true })
  }
}

async function seen(running: Promise<number>, condition: () => boolean, report: () => string): Promise<void> {
  let exited: number | undefined
  running.then((code) => {
    exited = code
  })
  for (const deadline = Date.now() + 60_000; !condition(); await sleep(50)) {
    if (exited !== undefined || Date.now() > deadline) throw new Error(`the program ${exited ?? 'is late'}: ${report()}`)
  }
}

/** Ends watches and drops connections, over and over. */
async function interrupt(emulator: Emulator, writer: Writer, seconds: number): Promise<Pick<Soaked, 'interrupted' | 'interruptions'>> {
  const before = writer.written.length
  const end = Date.now() + seconds * 1000
  let interruptions = 0
  for (; Date.now() < end; interruptions++) {
    await writer.writeFor(betweenInterruptions)
    if (interruptions % 2 === 0) emulator.disconnect()
    else emulator.endWatches()
  }
  await writer.create('soak-half', '0')
  return { interrupted: writer.written.slice(before), interruptions }
}

/** Now and then, forgets what a client has not seen, so that it has to list again. */
async function expire(emulator: Emulator, writer: Writer, seconds: number): Promise<number> {
  const end = Date.now() + seconds * 1000
  let expirations = 0
  for (; Date.now() < end; expirations++) {
    await writer.writeFor(betweenInterruptions)
    emulator.disconnect()
    await writer.writeSome(5)
    emulator.compact()
    // The backoff of some clients grows with each list.
    await writer.writeFor(2 * betweenInterruptions)
    emulator.endWatches()
  }
  return expirations
}

interface Writer {
  written: Write[]
  create(name: string, value: string): Promise<void>
  writeFor(milliseconds: number): Promise<void>
  writeSome(count: number): Promise<void>
  state(): Promise<Record<string, string>>
}

/** Creates, changes and deletes a handful of ConfigMaps, each in turn, with a new value every time. */
function createWriter(emulator: Emulator): Writer {
  const written: Write[] = []
  const living = new Set<string>()
  let count = 0
  const write = async (event: Write['event'], name: string, value: string) => {
    const object = { metadata: { name }, data: { value } }
    if (event === 'ADDED') await call(emulator, 'POST', configMaps, object)
    else if (event === 'MODIFIED') await call(emulator, 'PUT', `${configMaps}/${name}`, object)
    else await call(emulator, 'DELETE', `${configMaps}/${name}`)
    written.push({ event, name, value })
  }
  const step = async () => {
    count++
    const name = `soak-${count % 7}`
    if (!living.has(name)) {
      living.add(name)
      await write('ADDED', name, String(count))
    } else if (count % 5 === 0) {
      living.delete(name)
      await write('DELETED', name, '')
    } else await write('MODIFIED', name, String(count))
  }
  return {
    written,
    create: (name, value) => write('ADDED', name, value),
    async writeSome(steps) {
      for (let i = 0; i < steps; i++) await step()
    },
    async writeFor(milliseconds) {
      for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(betweenWrites)) await step()
    },
    async state() {
      const { items } = await call(emulator, 'GET', configMaps)
      const soaked = items.filter(({ metadata }: NamedObject) => metadata.name.startsWith('soak-'))
      return Object.fromEntries(soaked.map(({ metadata, data }: NamedObject) => [metadata.name, data['value']]))
    },
  }
}

const configMaps = `/api/v1/namespaces/${namespace}/configmaps`
interface NamedObject {
  metadata: { name: string }
  data: Record<string, string>
}

async function leaseOf(emulator: Emulator): Promise<Soaked['lease']> {
  const { items } = await call(emulator, 'GET', `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`)
  return items.find(({ metadata }: NamedObject) => metadata.name === 'soak')?.spec
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by their fields
async function call({ fetch, adminToken }: Emulator, method: string, path: string, object?: object): Promise<any> {
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
  const response = await fetch(path, { method, headers, ...(object === undefined ? {} : { body: JSON.stringify(object) }) })
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
  return response.json()
}
