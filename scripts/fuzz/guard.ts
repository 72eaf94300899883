import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { guarded, playground, type Target } from './target.ts'
import { createHostileClient, type HostileClient, type HostileRequest } from './transport/client.ts'

/** What must hold for the server as a whole while it is being attacked. */
export interface GuardLimits {
  /** Resident memory in MiB. */
  memory: number
  /** Milliseconds that somebody who does no harm waits for an answer. */
  patience: number
}

export interface GuardReport {
  /** MiB. */
  peakMemory: number
  /** Milliseconds. */
  slowestAnswer: number
  /** Times that somebody who does no harm asked. */
  asked: number
}

export interface Guard {
  readonly report: GuardReport
  /** Stops, and looks once more. */
  stop(): Promise<void>
}

const everyMs = 250

/** Looks after a server: memory, and clients who do no harm, with rights and without. Tells each thing that is wrong. */
export function createGuard(target: Target, limits: GuardLimits, tell: (what: string) => void): Guard {
  const report: GuardReport = { peakMemory: 0, slowestAnswer: 0, asked: 0 }
  const ending = new AbortController()
  const client = createHostileClient(target, target.tokens)
  const look = async () => {
    const memory = peakMiB(target.pid)
    if (memory > limits.memory && report.peakMemory <= limits.memory) tell(`the server takes ${Math.round(memory)} MiB of memory`)
    report.peakMemory = Math.max(report.peakMemory, memory)
    const begun = performance.now()
    for (const [request, wanted] of innocent) {
      const status = await statusOf(client, request)
      report.asked++
      if (status !== wanted && target.ended === undefined)
        tell(`${request.as} ${request.method} ${request.path}: ${status} instead of ${wanted}`)
    }
    const took = performance.now() - begun
    if (took > limits.patience) tell(`${innocent.length} harmless requests took ${Math.round(took)} ms`)
    report.slowestAnswer = Math.max(report.slowestAnswer, took)
  }
  const watching = (async () => {
    while (!ending.signal.aborted && target.ended === undefined) {
      await look()
      await sleep(everyMs, undefined, { signal: ending.signal }).catch(() => {})
    }
  })()
  return {
    report,
    async stop() {
      ending.abort()
      await watching
      if (target.ended === undefined) await look()
      client.close()
    },
  }
}

const innocent: [HostileRequest, number][] = [
  [{ method: 'GET', path: `/api/v1/namespaces/${playground}/configmaps/canary`, as: 'admin' }, 200],
  [{ method: 'GET', path: `/api/v1/namespaces/${guarded}/configmaps/config`, as: 'admin' }, 200],
  [{ method: 'GET', path: `/api/v1/namespaces/${guarded}/secrets/secret`, as: 'pod' }, 403],
  [{ method: 'DELETE', path: `/api/v1/namespaces/${guarded}/configmaps/config`, as: 'pod' }, 403],
  [{ method: 'GET', path: `/api/v1/namespaces/${guarded}/secrets`, as: 'anonymous' }, 403],
  [{ method: 'GET', path: '/version', as: 'forged' }, 401],
]

async function statusOf(client: HostileClient, request: HostileRequest): Promise<number | string> {
  try {
    // A connection that was idle may be closed in the very moment in which it is used again.
    const answer = (await client.send(request)) ?? (await client.send(request))
    return answer?.status ?? 'closed'
  } catch (error) {
    return String(error)
  }
}

/** The most memory that the process has had so far. */
function peakMiB(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
