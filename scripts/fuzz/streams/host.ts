import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { everybodyIsAdmin } from '../../../test/cli/rights.ts'
import { inpod } from '../../conformance/command.ts'
import { promise } from '../area.ts'
import type { Address } from '../transport/client.ts'
import { markedProcesses, markName } from './marked-processes.ts'

/** A program that runs in a Pod, and something that listens beside it. */
export interface Host {
  address: Address
  pod: string
  token: string
  /** Where an echo answers. */
  port: number
  /**
   * Ends the program and looks at what is left.
   * @param sessions whether there are clients still; else it first waits until nothing is connected or runs any more that was for them
   * @throws Violation
   */
  close(sessions?: 'over' | 'open'): Promise<void>
}

const account = '$TELEPRESENCE_ROOT/var/run/secrets/kubernetes.io/serviceaccount'
const script = `echo "$KUBERNETES_SERVICE_HOST $KUBERNETES_SERVICE_PORT $HOSTNAME $(cat ${account}/token) $(base64 < ${account}/ca.crt | tr -d '\\n')"; exec tail -f /dev/null`
/** Milliseconds for all that is of sessions to end, and for the program. */
const patience = 20_000

export async function startHost(): Promise<Host> {
  const folder = mkdtempSync(join(tmpdir(), 'inpod-streams-'))
  const manifest = join(folder, 'admin.yaml')
  writeFileSync(manifest, everybodyIsAdmin)
  const dialed = new Set<Socket>()
  const echo = createServer((socket) => {
    dialed.add(socket.on('error', () => {}).once('close', () => dialed.delete(socket)))
    socket.pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const env = { ...process.env, [markName]: folder }
  const child = spawn(inpod, ['exec', '-f', manifest, '--', 'sh', '-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (text) => (errors += text))
  const ended = once(child, 'close')
  const first = await Promise.race([once(createInterface(child.stdout), 'line'), ended.then(() => undefined)])
  if (first === undefined) throw new Error(`inpod exec ended before it was ready: ${errors}`)
  const [host = '', port, pod = '', token = '', ca = ''] = first[0].split(' ')
  errors = ''
  return {
    ...{ address: { host, port: Number(port), ca: Buffer.from(ca, 'base64').toString() }, pod, token },
    port: (echo.address() as AddressInfo).port,
    async close(sessions = 'over') {
      const until = performance.now() + patience
      const left = () => (sessions === 'open' ? [] : [...markedProcesses(folder), ...[...dialed].map(() => 'a connection')])
      while (left().length > 0 && performance.now() < until && child.exitCode === null) await sleep(50)
      const remains = left()
      const [status, memory] = [child.exitCode, peakMiB(child.pid!)]
      child.kill('SIGTERM')
      const hasEnded = await Promise.race([ended.then(() => true), sleep(patience, false, { ref: false })])
      if (!hasEnded) child.kill('SIGKILL')
      await ended
      for (const socket of dialed) socket.destroy()
      echo.close()
      rmSync(folder, { recursive: true })
      promise(status === null, `inpod exec ended by itself with ${status}: ${errors}`)
      promise(hasEnded, `inpod exec still ran ${patience} ms after SIGTERM`)
      promise(remains.length === 0, `of sessions that are over there still is: ${remains.join(', ')}`)
      promise(memory < 1024, `inpod exec takes ${Math.round(memory)} MiB`)
      promise(errors === '', `inpod exec says: ${errors}`)
    },
  }
}

function peakMiB(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
