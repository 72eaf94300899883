import { availableParallelism, release, totalmem } from 'node:os'
import { formatTime } from '../apimachinery/clock.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import type { PodNetwork } from '../pod/cluster-addresses.ts'
import { podStatus } from './pod-status.ts'
import type { Pod } from './pod-types.ts'

/** The node that this machine is. */
export const nodeName = 'inpod'
/** The container of a program that has no manifest. */
export const plainContainer = 'main'
/** What stands for the image of a program that has no manifest. */
export const plainImage = 'inpod'

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }

/** What stands in for limits that are not set. */
export const nodeAllocatable = () => ({
  cpu: String(availableParallelism()),
  memory: `${Math.floor(totalmem() / 1024)}Ki`,
  'ephemeral-storage': '100Gi',
  pods: '110',
})

export function nodeObject(now: number, address: string, uid?: string, name = nodeName): KubeObject {
  const allocatable = nodeAllocatable()
  const since = formatTime(now)
  const heartbeat = { lastHeartbeatTime: since, lastTransitionTime: since }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      ...(uid === undefined ? {} : { uid }),
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
    },
    spec: {},
    status: {
      capacity: allocatable,
      allocatable,
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status', ...heartbeat }],
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      nodeInfo: {
        machineID: '',
        systemUUID: '',
        bootID: '',
        kernelVersion: release(),
        osImage: '',
        containerRuntimeVersion: 'inpod://0',
        kubeletVersion: 'v1.36.3',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: ARCHITECTURES[process.arch] ?? process.arch,
      },
    },
  }
}

export interface PlainPod {
  namespace: string
  name: string
  uid: string
  serviceAccountName: string
  network: PodNetwork
  /** Milliseconds since the epoch. */
  now: number
}

/** The Pod of a program that has no manifest: complete, as the API would have it, and running. */
export function plainPod({ namespace, name, uid, serviceAccountName, network, now }: PlainPod): Pod {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid, generation: 1 },
    spec: {
      containers: [
        {
          name: plainContainer,
          image: plainImage,
          imagePullPolicy: 'Always',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      nodeName,
      preemptionPolicy: 'PreemptLowerPriority',
      priority: 0,
      restartPolicy: 'Never',
      schedulerName: 'default-scheduler',
      securityContext: {},
      serviceAccount: serviceAccountName,
      serviceAccountName,
      terminationGracePeriodSeconds: 30,
    },
    status: { qosClass: 'BestEffort' },
  }
  const node = { ...network, allocatable: {} }
  const state = { kind: 'running', startedAt: now } as const
  return { ...pod, status: podStatus({ pod, container: plainContainer, state, node, now, startTime: now }) }
}

interface PlainPodEnd {
  network: PodNetwork
  exitCode: number
  /** Milliseconds since the epoch. */
  startedAt: number
  now: number
}

/** The status of such a Pod when its program has ended. */
export function plainPodEnd(pod: KubeObject, { network, exitCode, startedAt, now }: PlainPodEnd): Record<string, unknown> {
  const state = { kind: 'terminated', startedAt, finishedAt: now, exitCode } as const
  const node = { ...network, allocatable: {} }
  return podStatus({ pod: pod as Pod, container: plainContainer, state, node, now, startTime: startedAt })
}
