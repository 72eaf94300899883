import type { Random } from '../random-objects.ts'
import type { Part } from './area.ts'

const long = '2020-01-01T00:00:00Z'
const later = '2020-01-01T03:04:05Z'
const count = (random: Random) => random.pick([0, 0, 1, 2, 3])
const maybe = (random: Random, part: Part): Part =>
  Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined && random.chance(0.6)))

function condition(random: Random, types: readonly string[]): Part {
  return {
    type: random.pick(types),
    status: random.pick(['True', 'True', 'False', 'Unknown']),
    lastTransitionTime: long,
    ...maybe(random, { reason: random.pick(['R', 'SchedulingGated', 'PodFailed']), message: 'm' }),
  }
}
const conditions = (random: Random, ...types: string[]): Part[] => {
  const found = Array.from({ length: random.below(3) }, () => condition(random, types))
  return [...new Map(found.map((each) => [each.type, each])).values()]
}

function containerState(random: Random): Part {
  const exit = { exitCode: random.pick([0, 0, 1, 137]), startedAt: long, finishedAt: later }
  return random.pick<Part>([
    {},
    { running: { startedAt: long } },
    { running: { startedAt: long } },
    { waiting: maybe(random, { reason: random.pick(['CrashLoopBackOff', 'PodInitializing', 'ContainerCreating', 'ImagePullBackOff']) }) },
    {
      terminated: { ...exit, ...maybe(random, { reason: random.pick(['Completed', 'Error', 'OOMKilled']), signal: random.pick([0, 9]) }) },
    },
  ])
}

const containerStatus = (random: Random, name: string): Part => ({
  ...{ name, image: 'i:1', imageID: 'i', ready: random.chance(0.5), restartCount: count(random), state: containerState(random) },
  ...maybe(random, { started: random.chance(0.5), lastState: containerState(random) }),
})

const podStatus = (random: Random): Part =>
  maybe(random, {
    phase: random.pick(['Pending', 'Running', 'Running', 'Succeeded', 'Failed', 'Unknown']),
    reason: random.pick(['Evicted', 'NodeLost', 'x']),
    conditions: conditions(random, 'Ready', 'Initialized', 'PodScheduled', 'ContainersReady', 'a.b/gate'),
    podIPs: [{ ip: '10.0.0.7' }],
    hostIP: '10.0.0.1',
    nominatedNodeName: 'nn',
    containerStatuses: ['c', 'd'].slice(0, random.below(3)).map((name) => containerStatus(random, name)),
    initContainerStatuses: ['i', 's'].slice(0, random.below(3)).map((name) => containerStatus(random, name)),
  })

const replicas = (random: Random): Part => ({
  replicas: 3,
  ...maybe(random, { readyReplicas: count(random), availableReplicas: count(random), updatedReplicas: count(random) }),
})

const ingress = (random: Random): Part => ({
  loadBalancer: {
    ingress: random.pick<Part>([
      [],
      [{ ip: '1.2.3.4' }],
      [{ hostname: 'lb.example.com' }, { ip: '1.2.3.5' }],
      [{ hostname: 'x'.repeat(40) }],
    ]),
  },
})

/** A status of each kind that has one which its columns show. */
export const statusOf: Record<string, (random: Random) => Part> = {
  Pod: podStatus,
  Deployment: (random) => ({ ...replicas(random), conditions: conditions(random, 'Available', 'Progressing') }),
  StatefulSet: (random) => ({ ...replicas(random), currentReplicas: count(random), currentRevision: 'r' }),
  ReplicaSet: (random) => {
    const { updatedReplicas: _, ...rest } = replicas(random)
    return { ...rest, fullyLabeledReplicas: count(random) }
  },
  ReplicationController: (random) => {
    const { updatedReplicas: _, ...rest } = replicas(random)
    return rest
  },
  DaemonSet: (random) => ({
    ...{ desiredNumberScheduled: 3, currentNumberScheduled: count(random), numberReady: count(random), numberMisscheduled: 0 },
    ...maybe(random, { updatedNumberScheduled: count(random), numberAvailable: count(random), numberUnavailable: count(random) }),
  }),
  Job: (random) => maybe(random, { startTime: long, active: count(random), failed: count(random), ready: count(random) }),
  CronJob: (random) =>
    maybe(random, { lastScheduleTime: long, lastSuccessfulTime: later, active: [{ kind: 'Job', name: 'j', apiVersion: 'batch/v1' }] }),
  HorizontalPodAutoscaler: (random) => ({
    currentReplicas: count(random),
    desiredReplicas: count(random),
    ...maybe(random, {
      currentMetrics: [
        { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 33, averageValue: '33m' } } },
        ...(random.chance(0.3) ? [{ type: 'Pods', pods: { metric: { name: 'p' }, current: { averageValue: '5' } } }] : []),
      ],
      conditions: conditions(random, 'AbleToScale', 'ScalingActive'),
    }),
  }),
  PodDisruptionBudget: (random) => ({
    ...{
      currentHealthy: 2,
      desiredHealthy: 1,
      disruptionsAllowed: count(random),
      expectedPods: 3,
      observedGeneration: random.pick([0, 1]),
    },
    ...maybe(random, { conditions: [{ ...condition(random, ['DisruptionAllowed']), reason: 'R', message: '' }] }),
  }),
  Service: ingress,
  Ingress: ingress,
  PersistentVolume: (random) =>
    maybe(random, { phase: random.pick(['Pending', 'Available', 'Bound', 'Released', 'Failed']), reason: 'why', message: 'm' }),
  PersistentVolumeClaim: (random) =>
    maybe(random, {
      phase: random.pick(['Pending', 'Bound', 'Lost']),
      capacity: { storage: random.pick(['1Gi', '1500Mi', '10']) },
      accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
      conditions: conditions(random, 'Resizing', 'FileSystemResizePending'),
    }),
  Node: (random) =>
    maybe(random, {
      capacity: { cpu: '4', memory: '8Gi', pods: '110' },
      conditions: conditions(random, 'Ready', 'MemoryPressure'),
      addresses: [{ type: random.pick(['InternalIP', 'ExternalIP', 'Hostname']), address: '10.1.1.1' }],
      nodeInfo: {
        ...{
          kubeletVersion: 'v1.36.0',
          osImage: 'OS 1',
          kernelVersion: '6.1',
          containerRuntimeVersion: 'containerd://2.0',
          machineID: 'm',
        },
        ...{ systemUUID: 'u', bootID: 'b', kubeProxyVersion: '', operatingSystem: 'linux', architecture: 'amd64' },
      },
    }),
  Namespace: () => ({ phase: 'Active' }),
  CertificateSigningRequest: (random) => maybe(random, { conditions: conditions(random, 'Failed') }),
  VolumeAttachment: (random) => ({ attached: random.chance(0.5) }),
  ResourceClaim: () => ({}),
  FlowSchema: (random) => ({ conditions: conditions(random, 'Dangling') }),
}
