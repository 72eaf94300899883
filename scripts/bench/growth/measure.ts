import { median } from '../figures.ts'
import type { MeasuredServer } from '../measured-server.ts'
import type { Figure, Growth, Series } from './series.ts'

/** An operation that is measured on a server. */
export interface Step {
  what: string
  must: Growth
  /** How often in a round. */
  count: number
  /** Default: a few at a time. */
  concurrency?: number
  run(index: number): Promise<unknown>
  /** What has to be there meanwhile. */
  prepare?(): Promise<AsyncDisposable>
}

/** A server with a number of something in it. */
export interface Subject extends AsyncDisposable {
  n: number
  server: MeasuredServer
  /** What was measured while it was filled. */
  known: Array<Pick<Figure, 'what' | 'unit' | 'must'> & { value: number }>
  /** The same ones in the same order, whatever `n` is. */
  steps: Step[]
}

const ROUNDS = 7

/** Measures each operation on all servers, which take turns, so that a busy machine is unfair to none. */
export async function measure(of: Figure['of'], subjects: readonly Subject[], tell: (what: string) => void): Promise<Series[]> {
  const all: Series[] = (subjects[0]?.known ?? []).map(({ what, unit, must }, index) => ({
    ...{ what, of, unit, must },
    points: subjects.map(({ n, known }) => ({ n, value: known[index]!.value })),
  }))
  for (const [index, { what, must }] of (subjects[0]?.steps ?? []).entries()) {
    tell(what)
    const values = await inTurns(subjects.map(({ server, steps }) => ({ server, step: steps[index]! })))
    all.push({ ...{ what, of, unit: 'ms', must }, points: subjects.map(({ n }, subject) => ({ n, value: values[subject]! })) })
  }
  return all
}

/** The median of rounds, in milliseconds of a processor for one operation. The first round fills caches, and is not counted. */
async function inTurns(runs: Array<{ server: MeasuredServer; step: Step }>): Promise<number[]> {
  await using stack = new AsyncDisposableStack()
  for (const { step } of runs) if (step.prepare !== undefined) stack.use(await step.prepare())
  const times = runs.map((): number[] => [])
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, { server, step }] of runs.entries()) {
      const cost = await server.cost(step.count, (each) => step.run(round * step.count + each), step.concurrency)
      if (round > 0) times[index]!.push(cost)
    }
  }
  return times.map(median)
}
