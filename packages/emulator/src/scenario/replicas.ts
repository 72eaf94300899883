import type { KubeObject } from '../apimachinery/object.ts'
import { EmulatorError } from '../errors.ts'
import { plainImage } from '../kubelet/plain-pod.ts'
import type { ManifestObject } from './apply.ts'

/**
 * Says in a workload's own fields how many Pods it has.
 * @throws EmulatorError ERR_USAGE for a Pod
 */
export function setReplicas({ object }: ManifestObject, replicas: number): void {
  const set = SETTERS[object.kind]
  if (set === undefined)
    throw new EmulatorError('ERR_USAGE', `--replicas with the ${object.kind} "${object.metadata.name}"`, {
      hint: 'One Pod is no more than one: name a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or CronJob.',
    })
  set(object['spec'], replicas)
}

type Spec = KubeObject[string]

const setCount = (spec: Spec, replicas: number): void => {
  spec.replicas = replicas
}

/** As many at a time, and no fewer in all. */
const setParallelism = (spec: Spec, replicas: number): void => {
  spec.parallelism = replicas
  if (spec.completions !== undefined && spec.completions < replicas) spec.completions = replicas
}

const SETTERS: Readonly<Record<string, (spec: Spec, replicas: number) => void>> = {
  Deployment: setCount,
  ReplicaSet: setCount,
  StatefulSet: setCount,
  Job: setParallelism,
  CronJob: (spec, replicas) => setParallelism(spec.jobTemplate.spec, replicas),
  // One on each node.
  DaemonSet: () => {},
}

/** The workload of a program that has no manifest. */
export function plainWorkload(serviceAccountName: string, namespace: string): ManifestObject {
  const labels = { app: PLAIN_NAME }
  return {
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: PLAIN_NAME, namespace },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { serviceAccountName, containers: [{ name: 'main', image: plainImage }] } },
      },
    },
    source: { file: '--replicas' },
  }
}

const PLAIN_NAME = 'inpod'
