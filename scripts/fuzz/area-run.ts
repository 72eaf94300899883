import fc from 'fast-check'
import type { Area } from './area.ts'
import { areas } from './areas.ts'
import type { Target } from './target.ts'

export interface AreaReport {
  name: string
  requests: number
  seconds: number
}

export interface Failures {
  all: string[]
  tell(what: string): void
}

export interface AreaRun {
  name: string
  target: Target
  seed: number
  requests: number
  seconds: number
  failures: Failures
}

const defaultLanes = 24
const batchSize = 100

/** Sends inputs of one area until its budget is spent or the server has ended. */
export async function runArea(run: AreaRun): Promise<AreaReport> {
  const area = await areas[run.name]!()
  const begun = performance.now()
  const sender = createSender(run, area, begun + run.seconds * 1000)
  const inputs = area.inputs(run.target)
  const kept = area.kept?.(run.target) ?? []
  const lanes = area.lanes ?? defaultLanes
  const lane = async (index: number) => {
    const property = fc.asyncProperty(inputs, (input) => sender.send(index, input))
    for (let batch = 0; !sender.isOver; batch++) {
      const examples = batch > 0 ? [] : kept.filter((_, at) => at % lanes === index).map((input): [unknown] => [input])
      const seed = seedOf(run.seed, run.name, index, batch)
      const details = await fc.check(property, { seed, numRuns: batchSize + examples.length, examples })
      if (details.failed) run.failures.tell(describe(run.name, details))
    }
  }
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)))
  await area.close?.().catch((error: unknown) => run.failures.tell(`${run.name}: ${error}`))
  return { name: run.name, requests: sender.requests, seconds: (performance.now() - begun) / 1000 }
}

/** Sends as long as there is time and a server, and listens to what the server says meanwhile. */
function createSender({ name, target, requests, failures }: AreaRun, area: Area<unknown>, until: number) {
  const inFlight = new Map<number, unknown>()
  const counts = { requests: 0, inputs: 0 }
  const most = area.most ?? Number.POSITIVE_INFINITY
  let heard = target.errors.length
  const listen = () => {
    const said = target.errors.slice(heard).trim()
    heard = target.errors.length
    const suspects = () => `while there was sent: ${[...inFlight.values()].map(shown).join('\n')}`
    if (said !== '') failures.tell(`${name}: ${said}\n${suspects()}`)
    if (target.ended !== undefined) failures.tell(`${name}: the server ended: ${target.ended}\n${suspects()}`)
  }
  return {
    get requests() {
      return counts.requests
    },
    get isOver() {
      return target.ended !== undefined || counts.requests >= requests || counts.inputs >= most || performance.now() >= until
    },
    async send(lane: number, input: unknown): Promise<void> {
      if (this.isOver) return
      inFlight.set(lane, input)
      counts.inputs++
      try {
        // Not in one line: others count meanwhile.
        const made = await area.send(input, target)
        counts.requests += made
      } finally {
        listen()
        inFlight.delete(lane)
      }
    },
  }
}

function describe(name: string, { counterexample, errorInstance, seed, counterexamplePath }: fc.RunDetails<[unknown]>): string {
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
  return `${name}: ${why}\nfor ${shown(counterexample?.[0])}\n(seed ${seed}, path ${counterexamplePath})`
}

const shown = (input: unknown) => fc.stringify(input).slice(0, 2000)

/** The same number for the same words. */
function seedOf(...words: (string | number)[]): number {
  let hash = 0x811c9dc5
  for (const character of words.join('/')) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193)
  return hash | 0
}
