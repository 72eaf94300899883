import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RunningCommand, startCommand } from '../conformance/command.ts'
import type { Held } from './check.ts'
import { manifests } from './kinds.ts'

/** An `inpod start` that can be looked into. */
export interface SoakedServer extends AsyncDisposable {
  command: RunningCommand
  /** MiB. */
  rss(): number
  held(): Promise<Held>
}

const endsWithinMs = 30_000

/** @param onStuck told when the server does not end once it is told to */
export async function startServer(folder: string, onStuck: (problem: string) => void): Promise<SoakedServer> {
  const file = `${folder}/cluster.json`
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }))
  const command = await startCommand(['-f', file], { NODE_OPTIONS: '--inspect=127.0.0.1:0' })
  const { pid } = command.started
  const kill = () => void command.child.kill()
  process.once('exit', kill)
  const inspector = await connectInspector(/Debugger listening on (ws:\S+)/.exec(command.standardError())![1]!)
  const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  return {
    command,
    rss,
    async held() {
      await inspector.ask('HeapProfiler.collectGarbage')
      const { heapUsed, external, resources } = await inspector.evaluate<{ heapUsed: number; external: number; resources: number }>(
        '({ ...process.memoryUsage(), resources: process.getActiveResourcesInfo().length })',
      )
      return { rss: rss(), heap: (heapUsed + external) / 2 ** 20, descriptors: readdirSync(`/proc/${pid}/fd`).length, resources }
    },
    async [Symbol.asyncDispose]() {
      // Node waits for who looks into it.
      inspector.close()
      await sleep(100)
      const timer = setTimeout(() => {
        onStuck('the server does not end: something keeps it')
        command.child.kill('SIGKILL')
      }, endsWithinMs)
      await command[Symbol.asyncDispose]()
      clearTimeout(timer)
      process.off('exit', kill)
    },
  }
}

interface Inspector {
  ask(method: string, params?: object): Promise<object>
  evaluate<T>(expression: string): Promise<T>
  close(): void
}

/** Speaks Chrome's DevTools protocol. */
async function connectInspector(url: string): Promise<Inspector> {
  const socket = new WebSocket(url)
  const waiting = new Map<number, (result: object) => void>()
  let id = 0
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as { id: number; result: object }
    waiting.get(answer.id)?.(answer.result)
    waiting.delete(answer.id)
  })
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  const ask = (method: string, params = {}) => {
    id++
    socket.send(JSON.stringify({ id, method, params }))
    return new Promise<object>((resolve) => waiting.set(id, resolve))
  }
  return {
    ask,
    async evaluate<T>(expression: string) {
      const { result } = (await ask('Runtime.evaluate', { expression, returnByValue: true })) as { result: { value: T } }
      return result.value
    },
    close: () => socket.close(),
  }
}
