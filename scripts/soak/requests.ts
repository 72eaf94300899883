import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Call } from './connections.ts'
import type { KubeObject } from './kinds.ts'
import { between, type Random } from './random.ts'
import type { Report } from './report.ts'

export interface WriterContext {
  /** Its name. */
  writer: string
  call: Call
  random: Random
  tell(report: Report): void
}

/** What the server is made to answer now and then; nothing has been done. */
const passing = new Set([429, 503])

/**
 * Makes a request until it is answered. What was done before a connection broke may be refused when it is asked for again: `again` says
 * whether that can be.
 */
export async function insist({ call, random, tell }: WriterContext, ...args: Parameters<Call>): Promise<Answer & { again: boolean }> {
  for (let again = false; ; again = true) {
    const answer = await call(...args).catch(() => undefined)
    if (answer !== undefined && !passing.has(answer.status)) return { ...answer, again }
    tell({ retried: true })
    await sleep(between(random, 50, 150))
  }
}

/**
 * Makes a write until it is acknowledged, or until it is seen that an earlier attempt has been carried out, by `isDone`.
 * @returns undefined if it was refused, and has not been carried out
 */
export async function carryOut(
  context: WriterContext,
  path: string,
  isDone: (object: KubeObject) => boolean,
  ...args: Parameters<Call>
): Promise<KubeObject | Answer> {
  const answer = await insist(context, ...args)
  if (answer.status < 300) return answer.body
  if (answer.status !== 409 && answer.status !== 422) return answer
  const found = await insist(context, 'GET', path)
  return found.status === 200 && isDone(found.body) ? found.body : answer
}

export const isRefused = (result: KubeObject | Answer): result is Answer => !('metadata' in result)
