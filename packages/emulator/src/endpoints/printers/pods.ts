import type { KubeObject } from '../../apimachinery/object.ts'
import type { RowCondition } from '../services.ts'
import { containerCells, formatLabels, none } from './cell-text.ts'
import { type Ages, ageOf, nameOf, type RowPrinters } from './row-printer.ts'

interface Terminated {
  exitCode?: number
  signal?: number
  reason?: string
  finishedAt?: string
}

interface ContainerStatus {
  name: string
  ready?: boolean
  started?: boolean
  restartCount?: number
  state?: { waiting?: { reason?: string }; running?: object; terminated?: Terminated }
  lastState?: { terminated?: Terminated }
}

interface Condition {
  type: string
  status?: string
  reason?: string
}

/** What the containers of a Pod come to: the cells READY, STATUS and RESTARTS. */
interface Summary {
  ready: number
  reason: string
  restarts: Restarts
}

interface Restarts {
  count: number
  /** The latest end of a container's former run. */
  last: string
}

export const podPrinters: RowPrinters = {
  pods: { cells: podCells, conditions: podConditions },
  podtemplates: {
    cells: (object) => [nameOf(object), ...containerCells(object['template']?.spec), formatLabels(object['template']?.metadata?.labels)],
  },
}

const completions: Readonly<Record<string, string>> = {
  Succeeded: 'The pod has completed successfully.',
  Failed: 'The pod failed.',
}

function podConditions({ status }: KubeObject): RowCondition[] | undefined {
  const message = completions[status?.phase ?? '']
  return message === undefined ? undefined : [{ type: 'Completed', status: 'True', reason: status.phase, message }]
}

function podCells(pod: KubeObject, ages: Ages): unknown[] {
  const { spec = {}, status = {} } = pod
  const total = (spec.containers ?? []).length + (spec.initContainers ?? []).filter(isRestartable).length
  const { ready, reason, restarts } = summarize(pod)
  const { count, last } = restarts
  return [
    nameOf(pod),
    `${ready}/${total}`,
    endingReason(pod) ?? reason,
    count !== 0 && last !== '' ? `${count} (${ages.since(last)} ago)` : String(count),
    ageOf(pod, ages),
    status.podIPs?.[0]?.ip || none,
    spec.nodeName || none,
    status.nominatedNodeName || none,
    readinessGates(spec.readinessGates ?? [], status.conditions ?? []),
  ]
}

function readinessGates(gates: readonly { conditionType: string }[], conditions: readonly Condition[]): string {
  if (gates.length === 0) return none
  const open = gates.filter(({ conditionType }) => conditions.find(({ type }) => type === conditionType)?.status === 'True')
  return `${open.length}/${gates.length}`
}

/** Of a Pod that is being deleted; its containers do not matter then. */
function endingReason({ metadata, status }: KubeObject): string | undefined {
  if (metadata.deletionTimestamp === undefined) return undefined
  if (status?.reason === 'NodeLost') return 'Unknown'
  return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? undefined : 'Terminating'
}

function summarize({ spec = {}, status = {} }: KubeObject): Summary {
  const conditions: Condition[] = status.conditions ?? []
  const gated = conditions.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated')
  const reason = gated ? 'SchedulingGated' : status.reason || status.phase || ''
  const initial = summarizeInit(spec.initContainers ?? [], status.initContainerStatuses ?? [])
  const { ready, sidecarRestarts } = initial
  const initialized = conditions.find(({ type }) => type === 'Initialized')?.status === 'True'
  if (initial.reason !== undefined && !initialized) return { ready, reason: initial.reason, restarts: initial.restarts }
  const started = { ready, reason: initial.reason ?? reason, restarts: sidecarRestarts }
  return summarizeMain(status.containerStatuses ?? [], started, hasCondition(conditions, 'Ready'))
}

const hasCondition = (conditions: readonly Condition[], wanted: string) =>
  conditions.some(({ type, status }) => type === wanted && status === 'True')

const isRestartable = (container: { restartPolicy?: string } | undefined) => container?.restartPolicy === 'Always'

function addRestarts(restarts: Restarts, { restartCount = 0, lastState }: ContainerStatus): Restarts {
  const { finishedAt = '' } = lastState?.terminated ?? {}
  const later = restarts.last < finishedAt
  return { count: restarts.count + restartCount, last: later ? finishedAt : restarts.last }
}

/** Walks the init containers up to the one that holds the Pod back, whose state is the reason; without one it is undefined. */
function summarizeInit(containers: readonly { name: string; restartPolicy?: string }[], statuses: readonly ContainerStatus[]) {
  const byName = new Map(containers.map((container) => [container.name, container]))
  let restarts: Restarts = { count: 0, last: '' }
  let sidecarRestarts: Restarts = { count: 0, last: '' }
  let ready = 0
  for (const [i, status] of statuses.entries()) {
    const restartable = isRestartable(byName.get(status.name))
    restarts = addRestarts(restarts, status)
    if (restartable) sidecarRestarts = addRestarts(sidecarRestarts, status)
    const { terminated, waiting } = status.state ?? {}
    if (terminated !== undefined && (terminated.exitCode ?? 0) === 0) continue
    if (restartable && status.started === true) {
      if (status.ready) ready++
      continue
    }
    let reason = `${i}/${containers.length}`
    if (terminated !== undefined) reason = terminationReason(terminated)
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') reason = waiting.reason
    return { ready, reason: `Init:${reason}`, restarts, sidecarRestarts }
  }
  return { ready, reason: undefined, restarts, sidecarRestarts }
}

function terminationReason({ reason, signal = 0, exitCode = 0 }: Terminated): string {
  return reason || (signal !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode}`)
}

/** The first container with something to tell has the last word; a Pod with one that runs is not completed. */
function summarizeMain(statuses: readonly ContainerStatus[], start: Summary, podReady: boolean): Summary {
  let { ready, reason, restarts } = start
  let running = false
  let failure = ''
  for (const status of [...statuses].reverse()) {
    restarts = addRestarts(restarts, status)
    const { waiting, terminated, running: runs } = status.state ?? {}
    if (waiting?.reason) reason = waiting.reason
    else if (terminated !== undefined) {
      reason = terminationReason(terminated)
      if ((terminated.exitCode ?? 0) !== 0) failure = reason
    } else if (status.ready && runs !== undefined) {
      running = true
      ready++
    }
  }
  if (reason !== 'Completed') return { ready, reason, restarts }
  if (running && podReady) return { ready, reason: 'Running', restarts }
  return { ready, reason: failure || (running ? 'NotReady' : reason), restarts }
}
