import { formatTime } from '../apimachinery/clock.ts'
import type { NodeFacts, Pod } from './pod-types.ts'

/** What a container does. Times in milliseconds since the epoch. */
export type ContainerState =
  | { kind: 'waiting'; reason: string; message?: string }
  | { kind: 'running'; startedAt: number; health?: Health | undefined }
  | { kind: 'terminated'; startedAt: number; finishedAt: number; exitCode: number; message?: string }

/** What probes have found; all is well without them. */
export interface Health {
  started: boolean
  ready: boolean
}

export interface StatusInput {
  pod: Pod
  /** The container that runs here; the others are said to do the same, but to have nothing to say. */
  container: string
  state: ContainerState
  node: NodeFacts
  now: number
  /** Since when the Pod is on its node. */
  startTime: number
}

type Condition = Record<string, unknown> & { type: string; status: string; lastTransitionTime?: string }

/** The status of a Pod as the kubelet reports it (kubernetes/pkg/kubelet, convertStatusToAPIStatus and status/generate.go). */
export function podStatus(input: StatusInput): Record<string, unknown> {
  const { pod, state, node, startTime } = input
  const { spec } = pod
  return {
    ...pod['status'],
    observedGeneration: pod.metadata.generation ?? 1,
    phase: phaseOf(state),
    conditions: conditionsOf(input),
    hostIP: node.hostIP,
    hostIPs: [{ ip: node.hostIP }],
    podIP: node.podIP,
    podIPs: [{ ip: node.podIP }],
    startTime: formatTime(startTime),
    ...(spec.initContainers?.length
      ? {
          initContainerStatuses: spec.initContainers.map((each) => containerStatus(input, each.name, each.image, skipped(startTime), true)),
        }
      : {}),
    containerStatuses: spec.containers.map((each) =>
      containerStatus(input, each.name, each.image, each.name === input.container ? state : stateOfOthers(state), false),
    ),
  }
}

function phaseOf(state: ContainerState): string {
  if (state.kind === 'terminated') return state.exitCode === 0 ? 'Succeeded' : 'Failed'
  return state.kind === 'running' ? 'Running' : 'Pending'
}

/** Init containers are not run: they count as done. */
const skipped = (at: number): ContainerState => ({ kind: 'terminated', startedAt: at, finishedAt: at, exitCode: 0 })

function stateOfOthers(state: ContainerState): ContainerState {
  if (state.kind === 'running') return { kind: 'running', startedAt: state.startedAt }
  if (state.kind === 'waiting') return state
  const { message: _, ...rest } = state
  return rest
}

function conditionsOf({ pod, state, now, container }: StatusInput): Condition[] {
  const before = new Map(((pod['status']?.conditions ?? []) as Condition[]).map((each) => [each.type, each]))
  const isReady = state.kind === 'running' && state.health?.ready !== false
  const why = readiness(state, state.kind === 'running' ? [container] : pod.spec.containers.map(({ name }) => name))
  const wanted: Condition[] = [
    { type: 'PodReadyToStartContainers', status: state.kind === 'terminated' ? 'False' : 'True' },
    { type: 'Initialized', status: 'True', ...(phaseOf(state) === 'Succeeded' ? { reason: 'PodCompleted' } : {}) },
    { type: 'Ready', status: isReady ? 'True' : 'False', ...why },
    { type: 'ContainersReady', status: isReady ? 'True' : 'False', ...why },
    { type: 'PodScheduled', status: 'True' },
  ]
  return wanted.map((condition) => {
    const old = before.get(condition.type)
    const since = old?.status === condition.status ? old.lastTransitionTime : formatTime(now)
    return { ...condition, observedGeneration: pod.metadata.generation ?? 1, lastProbeTime: null, lastTransitionTime: since }
  })
}

function readiness(state: ContainerState, names: string[]): Record<string, string> {
  if (state.kind === 'running' && state.health?.ready !== false) return {}
  if (state.kind === 'terminated') return { reason: state.exitCode === 0 ? 'PodCompleted' : 'PodFailed' }
  return { reason: 'ContainersNotReady', message: `containers with unready status: [${names.join(' ')}]` }
}

function containerStatus(
  { pod }: StatusInput,
  name: string,
  image: string | undefined,
  state: ContainerState,
  isInit: boolean,
): Record<string, unknown> {
  const { started, ready } = state.kind === 'running' ? (state.health ?? { started: true, ready: true }) : { started: false, ready: false }
  const id = `inpod://${pod.metadata.uid}-${name}`
  return {
    name,
    state: stateOf(state, id),
    lastState: {},
    ready: isInit ? state.kind === 'terminated' : ready,
    restartCount: 0,
    image: image ?? '',
    imageID: '',
    ...(state.kind === 'waiting' ? {} : { containerID: id }),
    started: isInit ? false : started,
    ...mountsAndResources(pod, name),
  }
}

function stateOf(state: ContainerState, containerID: string): Record<string, unknown> {
  if (state.kind === 'waiting') return { waiting: { reason: state.reason, ...(state.message ? { message: state.message } : {}) } }
  if (state.kind === 'running') return { running: { startedAt: formatTime(state.startedAt) } }
  const { exitCode, startedAt, finishedAt, message } = state
  const times = { startedAt: formatTime(startedAt), finishedAt: formatTime(finishedAt) }
  return {
    terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', ...(message ? { message } : {}), ...times, containerID },
  }
}

function mountsAndResources({ spec }: Pod, name: string): Record<string, unknown> {
  const container = [...spec.containers, ...(spec.initContainers ?? [])].find((each) => each.name === name)
  const mounts = (container?.volumeMounts ?? []).map(({ name: volume, mountPath, readOnly }) => ({
    name: volume,
    mountPath,
    ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
  }))
  const { requests, limits } = container?.resources ?? {}
  return {
    ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
    ...(requests ? { allocatedResources: requests } : {}),
    ...(requests || limits ? { resources: { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) } } : {}),
  }
}
