// A real etcd for tests: the machine's own, or else Debian's package, which is taken apart and not installed.
import { execFile, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const PACKAGE = 'etcd-server'
const cached = join(import.meta.dirname, '..', '..', '.cache', 'tools', 'etcd')
const run = promisify(execFile)

/** Paths of programs, or why they cannot be had here. */
export type EtcdTools = { etcd: string } | { missing: string }

let found: Promise<EtcdTools> | undefined

/** Fetched with apt-get the first time, and kept in .cache/tools. */
export function etcdTools(): Promise<EtcdTools> {
  found ??= findEtcd()
  return found
}

async function findEtcd(): Promise<EtcdTools> {
  if (spawnSync('etcd', ['--version']).status === 0) return { etcd: 'etcd' }
  try {
    if (!existsSync(cached)) await fetchPackage()
    return { etcd: cached }
  } catch (error) {
    return { missing: `no etcd, and Debian's ${PACKAGE} cannot be fetched (${(error as Error).message.split('\n')[0]})` }
  }
}

async function fetchPackage(): Promise<void> {
  const tools = join(cached, '..')
  mkdirSync(tools, { recursive: true })
  const scratch = mkdtempSync(join(tools, 'fetch-'))
  try {
    const download = () => run('apt-get', ['download', PACKAGE], { cwd: scratch })
    // A machine that has never asked knows no packages.
    await download().catch(async () => {
      await run('apt-get', ['update', '--quiet'])
      await download()
    })
    const [archive = ''] = readdirSync(scratch)
    await run('dpkg-deb', ['--extract', join(scratch, archive), join(scratch, 'tree')])
    renameSync(join(scratch, 'tree', 'usr', 'bin', 'etcd'), cached)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** An etcd of one member. */
export interface Etcd extends AsyncDisposable {
  readonly port: number
  /** `127.0.0.1:PORT`. */
  readonly address: string
  /** The folder of its data. */
  readonly data: string
  /** Stops it in its tracks, until it is resumed. */
  pause(): Promise<void>
  resume(): void
  /** Kills it; its data stay. */
  kill(): Promise<void>
  /** Starts it again, with what is in the folder of its data. */
  start(): Promise<void>
}

export interface EtcdOptions {
  /** Further arguments. */
  arguments?: string[]
  scheme?: 'http' | 'https'
}

/** Starts an etcd with data of its own, which are removed with it. */
export async function startEtcd(etcd: string, { arguments: more = [], scheme = 'http' }: EtcdOptions = {}): Promise<Etcd> {
  const folder = mkdtempSync(join(tmpdir(), 'inpod-test-etcd-'))
  const data = join(folder, 'data')
  const [port, peerPort] = await freePorts()
  const url = `${scheme}://127.0.0.1:${port}`
  const peerUrl = `http://127.0.0.1:${peerPort}`
  const args = [
    ...['--data-dir', data, '--listen-client-urls', url, '--advertise-client-urls', url],
    ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl, '--initial-cluster', `default=${peerUrl}`],
    ...more,
  ]
  let child = spawn(etcd, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const start = async () => {
    await ready(child)
    child.stderr?.resume()
  }
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
  await start()
  return {
    port: port!,
    address: `127.0.0.1:${port}`,
    data,
    async pause() {
      child.kill('SIGSTOP')
      // On a busy machine its threads go on for a while.
      while (!/\) T /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    resume: () => void child.kill('SIGCONT'),
    kill,
    async start() {
      child = spawn(etcd, args, { stdio: ['ignore', 'ignore', 'pipe'] })
      await start()
    },
    async [Symbol.asyncDispose]() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** etcd says so when it takes clients. */
function ready(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr!.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-10_000)
      if (/ready to serve client requests|serving (?:insecure )?client (?:traffic|requests)/.test(said)) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`etcd ended with ${code}: ${said.slice(-2_000)}`)))
  })
}

async function freePorts(): Promise<number[]> {
  const servers = await Promise.all(
    [0, 0].map(
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await etcdTools())}\n`)
