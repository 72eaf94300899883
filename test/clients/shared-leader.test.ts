// client-go's leader election among Pods of several emulators over one etcd.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import type { ClientCommand } from '../../scripts/clients/clients.ts'
import { etcdTools, startEtcd } from '../../scripts/tools/etcd.ts'
import { manifestsOf } from './pod.ts'
import { describeClient } from './suite.ts'

const inpod = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'inpod')
const tools = await etcdTools()
const why = 'missing' in tools ? ` (skipped: ${tools.missing})` : ''

interface Group {
  child: ChildProcess
  /** Pods that have said these words. */
  said: { candidate: string[]; leads: string[] }
}

const running: ChildProcess[] = []
afterEach(() => running.splice(0).forEach((child) => void child.kill('SIGKILL')))

function start({ argv, environment }: ClientCommand, storage: string): Group {
  const files = manifestsOf('admin').flatMap((file) => ['-f', file])
  const args = ['exec', '--storage', storage, ...files, '-n', 'team-a', '--service-account', 'demo-sa', '--replicas', '2', '--', ...argv]
  const child = spawn(inpod, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'ignore'] })
  running.push(child)
  const said: Group['said'] = { candidate: [], leads: [] }
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, name = '', word = ''] = /^\[(.+?)\] (candidate|leads) \1$/.exec(line) ?? []
    if (word !== '') said[word as keyof typeof said].push(name)
  })
  return { child, said }
}

describeClient('leader', (command) => {
  test.skipIf('missing' in tools)(
    `of the replicas of two emulators one leads, and one of the other's when its emulator ends${why}`,
    { timeout: 120_000 },
    async () => {
      await using etcd = await startEtcd('etcd' in tools ? tools.etcd : '')
      const groups = [1, 2].map(() => start(command(), `etcd://${etcd.address}`))
      const all = (word: 'candidate' | 'leads') => groups.flatMap(({ said }) => said[word])
      const patience = { timeout: 60_000, interval: 50 }
      await expect.poll(() => all('candidate').length, patience).toBe(4)
      await expect.poll(() => all('leads').length, patience).toBe(1)
      const [leading, other] = groups[0]!.said.leads.length > 0 ? groups : groups.toReversed()
      leading!.child.kill('SIGTERM')
      await once(leading!.child, 'close')
      await expect.poll(() => other!.said.leads.length, patience).toBe(1)
      expect(all('leads')).toHaveLength(2)
      other!.child.kill('SIGTERM')
      await once(other!.child, 'close')
    },
  )
})
