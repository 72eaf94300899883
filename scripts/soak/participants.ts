import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Report } from './report.ts'

/** A program that takes part in the load. */
export interface Participant extends AsyncDisposable {
  name: string
  /** Resolves once it writes no more. */
  pause(): Promise<void>
  goOn(): void
  /** What its informers hold. */
  state(): Promise<NonNullable<Report['state']>>
}

interface ParticipantOptions {
  name: string
  argv: readonly string[]
  environment: Record<string, string>
  onReport(report: Report): void
  /** It has ended though it was not told to. */
  onEnd(problem: string): void
}

const patienceMs = 60_000

export function startParticipant({ name, argv, environment, onReport, onEnd }: ParticipantOptions): Participant {
  const child = spawn(argv[0]!, argv.slice(1), { stdio: 'pipe', env: { ...process.env, ...environment } })
  let errors = ''
  let ending = false
  const waiting = new Map<'paused' | 'state', (report: Report) => void>()
  child.stderr.setEncoding('utf8').on('data', (text) => (errors = (errors + text).slice(-2000)))
  child.stdin.on('error', () => {})
  createInterface({ input: child.stdout }).on('line', (line) => {
    const report = JSON.parse(line) as Report
    const asked = report.paused ? 'paused' : report.state ? 'state' : undefined
    if (asked === undefined) return onReport(report)
    waiting.get(asked)?.(report)
    waiting.delete(asked)
  })
  const refusals = new Set<(error: Error) => void>()
  const ended = endOf(child).then((how) => {
    if (ending) return
    const problem = `${name} ended with ${how}: ${errors}`
    onEnd(problem)
    for (const refuse of refusals) refuse(new Error(problem))
  })
  const ask = (command: string, answer: 'paused' | 'state') => {
    const answered = new Promise<Report>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${name} does not answer to "${command}": ${errors}`)), patienceMs)
      refusals.add(reject)
      waiting.set(answer, (report) => {
        clearTimeout(timer)
        refusals.delete(reject)
        resolve(report)
      })
    })
    child.stdin.write(`${command}\n`)
    return answered
  }
  return {
    name,
    async pause() {
      await ask('pause', 'paused')
    },
    goOn: () => void child.stdin.write('go on\n'),
    state: async () => (await ask('state', 'state')).state!,
    async [Symbol.asyncDispose]() {
      ending = true
      child.stdin.end()
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      await ended
      clearTimeout(timer)
    },
  }
}

const endOf = (child: ChildProcess): Promise<unknown> =>
  once(child, 'close').then(
    ([code, signal]) => code ?? signal,
    (error: Error) => error.message,
  )
