import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type MeasuredServer, measured } from '../measured-server.ts'
import type { BareAddresses, BareAnswer } from './bare-protocol.ts'

/** Node's own servers, without anything behind them. */
export interface BareServer extends MeasuredServer {
  http2: string
  teach(answer: BareAnswer): Promise<void>
}

export async function startBareServer(): Promise<BareServer> {
  const child = fork(join(import.meta.dirname, 'bare-server.ts'), { execArgv: ['--conditions=source'] })
  const ended = once(child, 'exit')
  const [first] = await Promise.race([once(child, 'message'), ended.then(() => Promise.reject(new Error('the bare server ended')))])
  const { http1, http2, ca } = first as BareAddresses
  const server = measured({ url: http1, ca, token: 'none', pid: child.pid! }, async () => {
    child.disconnect()
    await ended
  })
  return {
    ...server,
    http2,
    async teach(answer) {
      const taken = once(child, 'message')
      child.send(answer)
      await taken
    },
  }
}
