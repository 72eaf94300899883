import { setTimeout as delay } from 'node:timers/promises'
import { type HandlerTarget, type Outcome, probe } from './handlers.ts'
import type { Probe } from './pod-types.ts'

export type ProbeKind = 'startup' | 'liveness' | 'readiness'

/** What the kubelet does about a container's health. */
export interface ProbeListener {
  /** The container's `started` and `ready`. */
  onHealth(health: { started: boolean; ready: boolean }): void
  onEvent(reason: 'Unhealthy' | 'ProbeWarning', message: string): void
  /** It is to be ended. Told once. */
  onFailure(kind: 'startup' | 'liveness', spec: Probe): void
}

interface Worker {
  kind: ProbeKind
  spec: Probe
  last: 'success' | 'failure' | undefined
  /** How many times in a row. */
  run: number
  timer: NodeJS.Timeout | undefined
  isBusy: boolean
}

const FIELDS: ReadonlyArray<[ProbeKind, string]> = [
  ['startup', 'startupProbe'],
  ['readiness', 'readinessProbe'],
  ['liveness', 'livenessProbe'],
]
const NAMES: Readonly<Record<ProbeKind, string>> = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' }
const MOST_TRIES = 3
/** A probe fails when the container ends meanwhile, which we may hear of only then. */
const END_MS = 100

/** The probes of a container that can be made here: all but grpc. */
function probesOf(container: HandlerTarget['container']): Array<{ kind: ProbeKind; spec: Probe }> {
  return FIELDS.flatMap(([kind, field]) => {
    const spec = container[field] as Probe | undefined
    return spec === undefined || spec['grpc'] ? [] : [{ kind, spec }]
  })
}

export interface Probing {
  /** The container is being ended: from now on only its readiness is asked for. */
  ending(): void
  stop(): void
}

/**
 * Probes a container that has just been started, until it is stopped (kubernetes/pkg/kubelet/prober, worker.go): a result
 * counts once it has come as often in a row as its threshold says, and nothing but the startup probe is asked before that has succeeded.
 */
export function startProbes(target: HandlerTarget, listener: ProbeListener): Probing {
  const startedAt = performance.now()
  const workers: Worker[] = probesOf(target.container).map((each) => ({
    ...each,
    last: undefined,
    run: 0,
    timer: undefined,
    isBusy: false,
  }))
  const has = (kind: ProbeKind) => workers.some((worker) => worker.kind === kind)
  const health = { started: !has('startup'), ready: !has('startup') && !has('readiness') }
  let isOver = false
  let isEnding = false
  listener.onHealth({ ...health })
  const set = (change: Partial<typeof health>) => {
    const before = { ...health }
    Object.assign(health, change)
    if (before.started !== health.started || before.ready !== health.ready) listener.onHealth({ ...health })
  }
  const isDue = ({ kind, spec }: Worker) =>
    !isOver &&
    !(isEnding && kind !== 'readiness') &&
    Math.floor((performance.now() - startedAt) / 1_000) >= (spec.initialDelaySeconds ?? 0) &&
    health.started === (kind !== 'startup')
  const act = (worker: Worker, isSuccess: boolean) => {
    const { kind, spec } = worker
    if (kind === 'readiness') return set({ ready: isSuccess })
    if (!isSuccess) {
      isEnding = true
      return listener.onFailure(kind, spec)
    }
    if (kind !== 'startup') return
    set({ started: true, ready: !has('readiness') })
    for (const other of workers) if (other.kind === 'readiness') void tick(other)
  }
  const tick = async (worker: Worker) => {
    if (worker.isBusy || !isDue(worker)) return
    worker.isBusy = true
    const outcome = await ask(worker.spec, target)
    if (outcome.result === 'failure' || outcome.result === 'unknown') await delay(END_MS, undefined, { ref: false })
    worker.isBusy = false
    if (isOver || (isEnding && worker.kind !== 'readiness')) return
    tellEvent(worker.kind, outcome, listener)
    if (outcome.result === 'unknown') return
    const result = outcome.result === 'failure' ? 'failure' : 'success'
    worker.run = worker.last === result ? worker.run + 1 : 1
    worker.last = result
    const threshold = result === 'failure' ? (worker.spec.failureThreshold ?? 3) : (worker.spec.successThreshold ?? 1)
    if (worker.run >= threshold) act(worker, result === 'success')
  }
  for (const worker of workers) {
    worker.timer = setInterval(() => void tick(worker), (worker.spec.periodSeconds || 10) * 1_000).unref()
    void tick(worker)
  }
  return {
    ending() {
      isEnding = true
    },
    stop() {
      isOver = true
      for (const { timer } of workers) clearInterval(timer)
    },
  }
}

/** Again at once where it could not be asked. */
async function ask(spec: Probe, target: HandlerTarget): Promise<Outcome> {
  let outcome: Outcome = { result: 'unknown', output: '' }
  for (let tries = 0; tries < MOST_TRIES && outcome.result === 'unknown'; tries++)
    outcome = await probe(spec, target, spec.timeoutSeconds || 1)
  return outcome
}

/** In the words of kubernetes/pkg/kubelet/prober, prober.go. */
function tellEvent(kind: ProbeKind, { result, output }: Outcome, { onEvent }: ProbeListener): void {
  const name = NAMES[kind]
  if (result === 'unknown') onEvent('Unhealthy', `${name} probe errored and resulted in unknown state: ${output}`)
  if (result === 'failure') onEvent('Unhealthy', `${name} probe failed: ${output}`)
  if (result === 'warning') onEvent('ProbeWarning', `${name} probe warning: ${output}`)
}
