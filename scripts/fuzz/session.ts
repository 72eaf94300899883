import { type AreaReport, type Failures, runArea } from './area-run.ts'
import { areas } from './areas.ts'
import { createGuard, type GuardLimits, type GuardReport } from './guard.ts'
import { guarded, startTarget, type Target } from './target.ts'

export interface SessionOptions {
  /** Names of areas; all of them if empty. */
  areas: readonly string[]
  seed: number
  /** Over all areas; a run ends by this or by `seconds`, whichever comes first. */
  requests: number
  seconds: number
  limits?: GuardLimits
  /** Told of what goes on, line by line. */
  say(line: string): void
}

export interface SessionReport {
  areas: AreaReport[]
  requests: number
  seconds: number
  /** What broke a promise: the same thing once. */
  failures: string[]
  guard: GuardReport
}

const defaultLimits: GuardLimits = { memory: 1024, patience: 10_000 }

/** Sends hostile input to an `inpod start` of its own, area by area. Nothing is thrown for a broken promise; the report has it. */
export async function runSession(options: SessionOptions): Promise<SessionReport> {
  const { seed, requests, seconds, limits = defaultLimits, say } = options
  await using target = await startTarget()
  const failures = createFailures(say)
  const guard = createGuard(target, limits, failures.tell)
  const begun = performance.now()
  const reports: AreaReport[] = []
  const names = options.areas.length > 0 ? options.areas : Object.keys(areas)
  for (const [index, name] of names.entries()) {
    if (target.ended !== undefined) break
    const left = names.length - index
    const spent = (performance.now() - begun) / 1000
    const done = reports.reduce((sum, each) => sum + each.requests, 0)
    const budget = { requests: Math.ceil((requests - done) / left), seconds: (seconds - spent) / left }
    const report = await runArea({ name, target, seed, ...budget, failures })
    reports.push(report)
    say(`${name}: ${report.requests} requests in ${report.seconds.toFixed(1)} s`)
  }
  await guard.stop()
  if (target.ended === undefined) await checkGuarded(target, failures)
  return {
    areas: reports,
    requests: reports.reduce((sum, each) => sum + each.requests, 0),
    seconds: (performance.now() - begun) / 1000,
    failures: failures.all,
    guard: guard.report,
  }
}

function createFailures(say: (line: string) => void): Failures {
  const all: string[] = []
  return {
    all,
    tell(what) {
      const [first = ''] = what.split('\n')
      if (all.some((known) => known.startsWith(first))) return
      all.push(what)
      say(`FAILED: ${what}`)
    },
  }
}

/** Nothing was made, changed or removed where nobody had the right to. */
async function checkGuarded({ client }: Target, { tell }: Failures): Promise<void> {
  for (const [resource, wanted] of Object.entries({
    configmaps: ['config', 'kube-root-ca.crt'],
    secrets: ['secret'],
    pods: [],
    serviceaccounts: ['default'],
  })) {
    const answer = await client.send({ method: 'GET', path: `/api/v1/namespaces/${guarded}/${resource}`, as: 'admin' })
    const { items = [] } = JSON.parse(String(answer?.body ?? '{}')) as { items?: { metadata: { name: string } }[] }
    const names = items.map(({ metadata }) => metadata.name)
    if (String(names) !== String(wanted)) tell(`${guarded} has the ${resource} ${names} instead of ${wanted}`)
  }
}
