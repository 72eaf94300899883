import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import type { ClientCommand } from '../../scripts/clients/clients.ts'
import { manifestsOf } from './pod.ts'
import { describeClient } from './suite.ts'

const inpod = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'inpod')
/** INPOD_TEST_REPLICAS=20 is what this is measured with. */
const count = Number(process.env['INPOD_TEST_REPLICAS'] ?? 5)
/** What the program asks for. */
const LEASE_MS = 3_000
/** The others look at the lease every half second, and a busy machine takes its time. */
const SPARE_MS = 2_500

let running: ChildProcess | undefined
afterEach(() => running?.kill('SIGKILL'))

describeClient('leader', (command) => {
  test(`of ${count} replicas one leads, and another within one lease when it is killed`, async () => {
    const replicas = start(command())
    await replicas.until(({ word }) => word === 'candidate', count)
    const [first] = await replicas.until(({ word }) => word === 'leads', 1)
    const killed = Date.now()
    process.kill(processOf(first!.name), 'SIGKILL')
    const [, second] = await replicas.until(({ word }) => word === 'leads', 2)
    const took = second!.at - killed
    process.stderr.write(`of ${count} replicas, the next led ${took} ms after the first was killed\n`)
    expect(took).toBeLessThan(LEASE_MS + SPARE_MS)
    expect(second!.name).not.toBe(first!.name)
    expect(replicas.said.filter(({ word }) => word === 'leads')).toHaveLength(2)
    running!.kill('SIGTERM')
    expect(await once(running!, 'close')).toEqual([137, null])
  })
})

interface Line {
  /** Of the Pod, from the prefix. */
  name: string
  word: string
  at: number
}

function start({ argv, environment }: ClientCommand) {
  const files = manifestsOf('admin').flatMap((file) => ['-f', file])
  const args = ['exec', ...files, '-n', 'team-a', '--service-account', 'demo-sa', '--replicas', String(count), '--', ...argv]
  const child = spawn(inpod, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'ignore'] })
  running = child
  const said: Line[] = []
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    const [, name = '', word = ''] = /^\[(.+?)\] (\w+) \1$/.exec(line) ?? []
    said.push({ name, word, at: Date.now() })
  })
  const until = async (isWanted: (line: Line) => boolean, number: number) => {
    while (said.filter(isWanted).length < number) await Promise.race([once(lines, 'line'), ended(child)])
    return said.filter(isWanted)
  }
  return { said, until }
}

async function ended(child: ChildProcess): Promise<never> {
  const end = await once(child, 'close')
  throw new Error(`ended with ${end}`)
}

/** The client in the sandbox of a Pod, by its host name. */
function processOf(podName: string): number {
  const found = readdirSync('/proc').find((pid) => {
    try {
      const isClient = basename(readlinkSync(`/proc/${pid}/exe`)) === 'leader'
      return isClient && readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HOSTNAME=${podName}`)
    } catch {
      return false
    }
  })
  return Number(found)
}
