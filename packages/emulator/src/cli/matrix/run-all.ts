import type { SharedSignals } from '../../sandbox/sandbox.ts'
import { createTemporaryFolder } from '../../sandbox/temporary-folder.ts'
import type { Scenario } from '../../scenario/matrix/scenario.ts'
import type { Progress } from './progress.ts'
import type { MatrixReport } from './report.ts'
import { type MatrixSurroundings, runScenario, type ScenarioResult } from './run-scenario.ts'

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface MatrixRun extends Omit<MatrixSurroundings, 'folder' | 'signals'> {
  jobs: number
  progress: Progress
}

export interface FinishedRun extends MatrixReport {
  /** What ended it before its time. */
  stoppedBy: NodeJS.Signals | undefined
}

/** Runs scenarios, so many at a time. A signal ends those that run, and no more are begun. */
export async function runAll(scenarios: readonly Scenario[], { jobs, progress, ...surroundings }: MatrixRun): Promise<FinishedRun> {
  const begun = performance.now()
  await using folder = await createTemporaryFolder()
  const stop = takeSignals()
  const run = inTurn({ ...surroundings, folder: folder.path, signals: stop.signals })
  const results: (ScenarioResult | undefined)[] = scenarios.map(() => undefined)
  let next = 0
  const work = async () => {
    while (next < scenarios.length && stop.by() === undefined) {
      const index = next++
      progress.started(scenarios[index]!.name)
      const result = await run(scenarios[index]!)
      // A signal that has ended the program may still be on its way to us.
      await new Promise((resolve) => setImmediate(resolve))
      if (stop.by() !== undefined) return
      results[index] = result
      progress.finished(result)
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(jobs, scenarios.length) }, work))
  } finally {
    progress.end()
    stop.release()
  }
  return {
    results: results.filter((each) => each !== undefined),
    notRun: scenarios.filter((_, index) => results[index] === undefined).map(({ name }) => name),
    seconds: (performance.now() - begun) / 1000,
    stoppedBy: stop.by(),
  }
}

/** Runs scenarios side by side; where no way to do that is possible, root's only other way one after the other, as there is one real path. */
function inTurn(surroundings: MatrixSurroundings): (scenario: Scenario) => Promise<ScenarioResult> {
  if (surroundings.ways !== undefined || process.platform !== 'linux' || process.geteuid?.() !== 0)
    return (scenario) => runScenario(scenario, surroundings)
  let turn: Promise<unknown> = Promise.resolve()
  const alone = (scenario: Scenario) => {
    const result = turn.then(() => runScenario(scenario, { ...surroundings, ways: ['real-path'] }))
    turn = result
    return result
  }
  return async (scenario) => {
    const result = await runScenario(scenario, { ...surroundings, ways: ['mount-namespace', 'user-namespace'] })
    return result.code === 'ERR_SANDBOX' ? alone(scenario) : result
  }
}

/** Signals end the sandboxes, not us. */
function takeSignals() {
  let by: NodeJS.Signals | undefined
  let interrupt!: (error: Error) => void
  const interrupted = new Promise<never>((_, reject) => {
    interrupt = reject
  })
  interrupted.catch(() => {})
  const handle = (signal: NodeJS.Signals) => {
    by ??= signal
    interrupt(new Error(`stopped by ${signal}`))
  }
  for (const signal of STOPPING) process.on(signal, handle)
  const signals: SharedSignals = { interrupted, connect: () => {}, close: () => {} }
  return {
    signals,
    by: () => by,
    release() {
      for (const signal of STOPPING) process.off(signal, handle)
    },
  }
}
