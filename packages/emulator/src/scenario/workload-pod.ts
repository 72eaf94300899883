import { deepCopy } from '../apimachinery/deep-copy.ts'
import type { KubeObject, OwnerReference } from '../apimachinery/object.ts'

/** What a controller makes of a workload: another workload (a Deployment's ReplicaSet, a CronJob's Job), or a Pod. */
export interface Made {
  object: KubeObject
  /** Claims that a StatefulSet makes for its Pod. */
  claims: KubeObject[]
}

// biome-ignore lint/suspicious/noExplicitAny: a Pod template as JSON has it
type Template = { metadata?: any; spec: any }

/** The next object on the way from a workload, as the API has it, to its Pod with this number (from 0). */
export function nextOf(workload: KubeObject, now: number, index: number): Made {
  return MAKERS[workload.kind]!(workload, now, index)
}

const MAKERS: Readonly<Record<string, (workload: KubeObject, now: number, index: number) => Made>> = {
  Deployment: (deployment) => only(replicaSetOf(deployment)),
  CronJob: (cronJob, now) => only(jobOf(cronJob, now)),
  ReplicaSet: (replicaSet) => only(generatedPod(replicaSet, replicaSet['spec'].template, {})),
  Job: (job, _, index) =>
    only(job['spec'].completionMode === 'Indexed' ? indexedPod(job, index) : generatedPod(job, job['spec'].template, {})),
  DaemonSet: (set) =>
    only(generatedPod(set, set['spec'].template, { 'controller-revision-hash': templateHash(set), 'pod-template-generation': '1' })),
  StatefulSet: (set, _, index) => statefulPod(set, index),
}

const only = (object: KubeObject): Made => ({ object, claims: [] })

function replicaSetOf(deployment: KubeObject): KubeObject {
  const { metadata, spec } = deployment
  const hash = templateHash(deployment)
  const label = { 'pod-template-hash': hash }
  const template = deepCopy(spec.template) as Template
  template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, ...label } }
  const replicas = spec.replicas ?? 1
  const annotations = {
    ...metadata.annotations,
    'deployment.kubernetes.io/desired-replicas': String(replicas),
    'deployment.kubernetes.io/max-replicas': String(replicas + 1),
    'deployment.kubernetes.io/revision': '1',
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...owned(deployment), name: `${metadata.name}-${hash}`, labels: template.metadata.labels, annotations },
    spec: {
      replicas,
      ...(spec.minReadySeconds ? { minReadySeconds: spec.minReadySeconds } : {}),
      selector: { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, ...label } },
      template,
    },
  }
}

function jobOf(cronJob: KubeObject, now: number): KubeObject {
  const { metadata, spec } = cronJob
  const minute = Math.floor(now / 60_000)
  const scheduled = { 'batch.kubernetes.io/cronjob-scheduled-timestamp': `${new Date(minute * 60_000).toISOString().slice(0, 19)}Z` }
  const template = spec.jobTemplate as Template
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      ...owned(cronJob),
      name: `${metadata.name}-${minute}`,
      labels: template.metadata?.labels ?? {},
      annotations: { ...template.metadata?.annotations, ...scheduled },
    },
    spec: template.spec,
  }
}

function generatedPod(owner: KubeObject, template: Template, labels: Record<string, string>): KubeObject {
  return podOf(owner, template, { generateName: `${owner.metadata.name}-` }, labels)
}

function podOf(
  owner: KubeObject,
  { metadata, spec }: Template,
  name: { name: string } | { generateName: string },
  labels: Record<string, string>,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...owned(owner),
      ...name,
      labels: { ...metadata?.labels, ...labels },
      ...(metadata?.annotations ? { annotations: metadata.annotations } : {}),
      ...(metadata?.finalizers ? { finalizers: metadata.finalizers } : {}),
    },
    spec: deepCopy(spec),
  }
}

/** As the Job controller makes it: with its index in name, labels, annotations, host name and a variable of each container. */
function indexedPod(job: KubeObject, index: number): KubeObject {
  const own = { 'batch.kubernetes.io/job-completion-index': String(index) }
  const pod = podOf(job, job['spec'].template, { generateName: `${job.metadata.name}-${index}-` }, own)
  pod.metadata.annotations = { ...pod.metadata.annotations, ...own }
  const spec = pod['spec'] as Template['spec']
  spec.hostname = `${job.metadata.name}-${index}`
  const fieldPath = "metadata.labels['batch.kubernetes.io/job-completion-index']"
  const variable = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath } } }
  for (const container of [...(spec.initContainers ?? []), ...spec.containers])
    if (!container.env?.some(({ name }: { name: string }) => name === variable.name)) container.env = [...(container.env ?? []), variable]
  return pod
}

function statefulPod(set: KubeObject, index: number): Made {
  const { metadata, spec } = set
  const ordinal = (spec.ordinals?.start ?? 0) + index
  const name = `${metadata.name}-${ordinal}`
  const pod = podOf(
    set,
    spec.template,
    { name },
    {
      'apps.kubernetes.io/pod-index': String(ordinal),
      'controller-revision-hash': `${metadata.name}-${templateHash(set)}`,
      'statefulset.kubernetes.io/pod-name': name,
    },
  )
  const templates = (spec.volumeClaimTemplates ?? []) as KubeObject[]
  const claims = templates.map((template) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: `${template.metadata.name}-${name}`,
      namespace: metadata.namespace!,
      labels: { ...template.metadata.labels, ...spec.selector?.matchLabels },
    },
    spec: template['spec'],
  }))
  const volumes = templates.map((template, index) => ({
    name: template.metadata.name,
    persistentVolumeClaim: { claimName: claims[index]!.metadata.name },
  }))
  const names = new Set(volumes.map((volume) => volume.name))
  const others = ((pod['spec'].volumes ?? []) as Array<{ name: string }>).filter((volume) => !names.has(volume.name))
  Object.assign(pod['spec'], { hostname: name, subdomain: spec.serviceName, volumes: [...volumes, ...others] })
  return { object: pod, claims }
}

function owned(owner: KubeObject): { namespace: string; ownerReferences: OwnerReference[] } {
  const { apiVersion, kind, metadata } = owner
  const reference = { apiVersion, kind, name: metadata.name!, uid: metadata.uid!, controller: true, blockOwnerDeletion: true }
  return { namespace: metadata.namespace!, ownerReferences: [reference] }
}

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/** As long and of the same letters as the controllers' hash: FNV-1a, its digits written with letters that make no words. */
function templateHash({ spec }: KubeObject): string {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(JSON.stringify(spec.template))) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return [...String(hash)].map((digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join('')
}
