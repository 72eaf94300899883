import type { KubeObject } from '../../apimachinery/object.ts'

/** The objects that tie others to a node, all of a resource, in a namespace or ('') everywhere. */
export interface NodeRelationsSource {
  list(resource: { group: string; resource: string }, namespace: string): Iterable<KubeObject>
}

/** Kinds of objects that a node may read if one of its Pods needs them. */
export type RelatedResource =
  | 'secrets'
  | 'configmaps'
  | 'serviceaccounts'
  | 'persistentvolumeclaims'
  | 'persistentvolumes'
  | 'pods'
  | 'resourceclaims'
  | 'volumeattachments'
  | 'resourceslices'

type Relation = (source: NodeRelationsSource, node: string, namespace: string, name: string) => boolean

/** Whether an object belongs to what runs on a node (the node authorizer's graph), looked up when asked for. */
export function isRelated(source: NodeRelationsSource, resource: RelatedResource, node: string, namespace: string, name: string): boolean {
  return relations[resource](source, node, namespace, name)
}

const relations: Record<RelatedResource, Relation> = {
  pods: (source, node, namespace, name) => podsOf(source, node, namespace).some(({ metadata }) => metadata.name === name),
  serviceaccounts: (...question) => ofPod(question, ({ spec }) => [spec?.serviceAccountName]),
  configmaps: (...question) => ofPod(question, ({ spec }) => referencedNames(spec, configMapKeys)),
  secrets: (...question) =>
    ofPod(question, ({ spec }) => [...referencedNames(spec, secretKeys), ...(spec?.imagePullSecrets ?? []).map(nameOf)]) ||
    ofVolume(...question),
  persistentvolumeclaims: (...question) => ofPod(question, claimNames),
  resourceclaims: (...question) => ofPod(question, resourceClaimNames),
  persistentvolumes: (source, node, _, name) => volumesOf(source, node).some(({ metadata }) => metadata.name === name),
  volumeattachments: (source, node, _, name) => isOnNode(source, 'storage.k8s.io', 'volumeattachments', node, name),
  resourceslices: (source, node, _, name) => isOnNode(source, 'resource.k8s.io', 'resourceslices', node, name),
}

const nameOf = (reference: { name?: string }) => reference.name

function isOnNode(source: NodeRelationsSource, group: string, resource: string, node: string, name: string): boolean {
  return [...source.list({ group, resource }, '')].some(({ metadata, spec }) => metadata.name === name && spec?.nodeName === node)
}

function podsOf(source: NodeRelationsSource, node: string, namespace: string): KubeObject[] {
  return [...source.list({ group: '', resource: 'pods' }, namespace)].filter(({ spec }) => spec?.nodeName === node)
}

/** Mirror Pods, which a node makes itself, must not give it access to anything. */
function ofPod([source, node, namespace, name]: Parameters<Relation>, names: (pod: KubeObject) => (string | undefined)[]): boolean {
  return podsOf(source, node, namespace)
    .filter(({ metadata }) => metadata.annotations?.['kubernetes.io/config.mirror'] === undefined)
    .some((pod) => names(pod).includes(name))
}

// biome-ignore lint/suspicious/noExplicitAny: parts of Pods are known from their schema, at run time
type Part = any

function claimNames({ metadata, spec }: KubeObject): (string | undefined)[] {
  return (spec?.volumes ?? []).map((volume: Part) => {
    if (volume.ephemeral) return `${metadata.name}-${volume.name}`
    return volume.persistentVolumeClaim?.claimName
  })
}

function resourceClaimNames({ spec, status }: KubeObject): (string | undefined)[] {
  const created = (status?.resourceClaimStatuses ?? []).map((claim: Part) => claim.resourceClaimName)
  const named = (spec?.resourceClaims ?? []).map((claim: Part) => claim.resourceClaimName)
  return [...named, ...created, status?.extendedResourceClaimStatus?.resourceClaimName]
}

/** The volumes bound to claims of the node's Pods. */
function volumesOf(source: NodeRelationsSource, node: string): KubeObject[] {
  return [...source.list({ group: '', resource: 'persistentvolumes' }, '')].filter(({ spec }) => {
    const claim = spec?.claimRef
    return claim && ofPod([source, node, claim.namespace ?? '', claim.name ?? ''], claimNames)
  })
}

/** Secrets that a bound volume is mounted with. */
const ofVolume: Relation = (source, node, namespace, name) =>
  volumesOf(source, node).some(({ spec }) => volumeSecrets(spec).some((secret) => secret.name === name && secret.namespace === namespace))

/** Secrets that only a controller needs, such as those for provisioning, are not the node's. */
const nodeSecretKeys = ['secretRef', 'nodePublishSecretRef', 'nodeStageSecretRef', 'nodeExpandSecretRef']

function volumeSecrets(spec: Part): { name?: string; namespace?: string }[] {
  const home = spec.claimRef?.namespace
  return Object.values<Part>(spec).flatMap((volume) => {
    if (typeof volume !== 'object' || volume === null) return []
    const references = nodeSecretKeys.flatMap((key) => (volume[key] ? [volume[key]] : []))
    const plain = volume.secretName ? [{ name: volume.secretName, namespace: volume.secretNamespace }] : []
    return [...references, ...plain].map(({ name, namespace }) => ({ name, namespace: namespace || home }))
  })
}

const secretKeys: Readonly<Record<string, readonly string[]>> = {
  secretRef: ['name'],
  secretKeyRef: ['name'],
  nodePublishSecretRef: ['name'],
  secret: ['name', 'secretName'],
  azureFile: ['secretName'],
}
const configMapKeys: Readonly<Record<string, readonly string[]>> = {
  configMap: ['name'],
  configMapRef: ['name'],
  configMapKeyRef: ['name'],
}

/** The names that references of a Pod's containers and volumes hold, wherever they stand in it. */
function referencedNames(part: Part, keys: Readonly<Record<string, readonly string[]>>): string[] {
  if (typeof part !== 'object' || part === null) return []
  if (Array.isArray(part)) return part.flatMap((item) => referencedNames(item, keys))
  return Object.entries<Part>(part).flatMap(([key, value]) => {
    const named = Object.hasOwn(keys, key) ? keys[key]!.flatMap((field) => (typeof value?.[field] === 'string' ? [value[field]] : [])) : []
    return [...named, ...referencedNames(value, keys)]
  })
}
