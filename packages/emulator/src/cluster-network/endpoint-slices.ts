// What a cluster's endpoint slice controller does, where Pods have addresses: the ready Pods that a Service selects are in its EndpointSlice
// (kubernetes/pkg/controller/endpointslice). All Pods have IPv4 addresses, and there are few: one slice a Service does.
import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '../apimachinery/object.ts'
import type { Pod } from '../kubelet/pod-types.ts'
import { createSystemClient, type SystemClient } from '../registry/controllers/system-client.ts'
import type { Registry } from '../registry/registry.ts'

export const services = { group: '', resource: 'services' }
export const slices = { group: 'discovery.k8s.io', resource: 'endpointslices' }
export const pods = { group: '', resource: 'pods' }

export const SERVICE_NAME = 'kubernetes.io/service-name'
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const OURS = 'endpointslice-controller.k8s.io'

export interface ServicePort {
  name?: string
  port: number
  protocol?: string
  targetPort?: number | string
}

interface ServiceSpec {
  type?: string
  selector?: Record<string, string>
  publishNotReadyAddresses?: boolean
  ports?: ServicePort[]
}

interface PodStatus {
  phase?: string
  podIP?: string
  conditions?: Array<{ type: string; status: string }>
}

/** Brings the EndpointSlices of all Services that select Pods up to date. */
export function syncEndpointSlices(registry: Registry): void {
  const client = createSystemClient(registry)
  const wanted = new Map<string, KubeObject>()
  for (const service of client.list(services, '')) {
    const slice = sliceOf(service, client)
    if (slice !== undefined) wanted.set(keyOf(slice), slice)
  }
  for (const slice of client.list(slices, '').filter(isOurs)) {
    const { namespace = '', name = '' } = slice.metadata
    if (!wanted.has(keyOf(slice))) void client.delete(slices, namespace, name)
  }
  for (const slice of wanted.values()) put(slice, client)
}

const isOurs = ({ metadata }: KubeObject) => metadata.labels?.[MANAGED_BY] === OURS
const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace}/${metadata.name}`

function put(slice: KubeObject, client: SystemClient): void {
  const { namespace = '', name = '' } = slice.metadata
  const found = client.get(slices, namespace, name)
  if (found === undefined) client.create(slices, slice)
  const content = ({ endpoints, ports }: KubeObject) => [endpoints, ports]
  if (found === undefined || isDeepStrictEqual(content(found), content(slice))) return
  client.update(slices, namespace, name, (object) => {
    Object.assign(object, { endpoints: slice['endpoints'], ports: slice['ports'] })
    object.metadata.generation = (object.metadata.generation ?? 1) + 1
  })
}

function sliceOf(service: KubeObject, client: SystemClient): KubeObject | undefined {
  const { namespace = '', name = '', labels, uid } = service.metadata
  const { type, selector = {}, ports = [], publishNotReadyAddresses = false } = (service['spec'] ?? {}) as ServiceSpec
  if (type === 'ExternalName' || Object.keys(selector).length === 0) return undefined
  const selected = client.list(pods, namespace).filter((pod) => isSelected(pod, selector)) as Pod[]
  const [first] = selected
  const headless: Record<string, string> = service['spec'].clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {}
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      // The controller makes up five letters.
      name: `${name}-inpod`,
      namespace,
      labels: { ...labels, [SERVICE_NAME]: name, [MANAGED_BY]: OURS, ...headless },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid: uid!, controller: true, blockOwnerDeletion: true }],
    },
    addressType: 'IPv4',
    endpoints: selected.map((pod) => endpointOf(pod, name, publishNotReadyAddresses)),
    ports: first === undefined ? [] : ports.flatMap((port) => portOf(port, first)),
  }
}

const statusOf = (pod: KubeObject): PodStatus => pod['status'] ?? {}

function isSelected(pod: KubeObject, selector: Record<string, string>): boolean {
  const { phase, podIP = '' } = statusOf(pod)
  const labels = pod.metadata.labels ?? {}
  return (
    podIP !== '' && phase !== 'Succeeded' && phase !== 'Failed' && Object.entries(selector).every(([key, value]) => labels[key] === value)
  )
}

function endpointOf(pod: Pod, service: string, publishNotReady: boolean): object {
  const { podIP, conditions = [] } = statusOf(pod)
  const serving = publishNotReady || conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const { name, namespace, uid } = pod.metadata
  const { hostname, subdomain, nodeName } = pod.spec
  return {
    addresses: [podIP],
    conditions: { ready: publishNotReady || (serving && !terminating), serving, terminating },
    ...(hostname && subdomain === service ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
  }
}

/** A port that the Pod names is not there if the Pod has no such port. */
function portOf({ name = '', port, targetPort = port, protocol = 'TCP' }: ServicePort, pod: Pod): object[] {
  const named = () =>
    pod.spec.containers.flatMap(
      (container) => (container['ports'] ?? []) as Array<{ name?: string; containerPort: number; protocol?: string }>,
    )
  const number =
    typeof targetPort === 'number'
      ? targetPort || port
      : named().find((each) => each.name === targetPort && (each.protocol ?? 'TCP') === protocol)?.containerPort
  return number === undefined ? [] : [{ name, port: number, protocol }]
}
