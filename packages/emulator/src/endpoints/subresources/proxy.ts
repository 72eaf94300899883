import type { KubeObject } from '../../apimachinery/object.ts'
import { newBadRequest, newNotFound, newPlainError, newServiceUnavailable } from '../../apimachinery/status-error.ts'
import type { ApiResponse } from '../http.ts'
import type { RequestScope } from '../scope.ts'
import { forward } from './forward.ts'

/** `NAME`, `NAME:PORT` or `SCHEME:NAME:PORT`, as the path of a proxy request names its target. */
interface ProxyTarget {
  scheme: string
  name: string
  port: string
}

function parseTarget(id: string): ProxyTarget | undefined {
  const parts = id.split(':')
  if (parts.length === 1) return { scheme: '', name: parts[0]!, port: '' }
  if (parts.length === 2) return { scheme: '', name: parts[0]!, port: parts[1]! }
  const [scheme = '', name = '', port = ''] = parts
  return parts.length === 3 && ['', 'http', 'https'].includes(scheme) ? { scheme, name, port } : undefined
}

export function proxyPod(scope: RequestScope): ApiResponse | Promise<ApiResponse> {
  const { info, store } = scope
  const target = parseTarget(info.name)
  if (target === undefined) throw newBadRequest(`invalid pod request ${JSON.stringify(info.name)}`)
  const pod = store.get(info.namespace, target.name).object
  const ports: Array<{ containerPort: number }> = pod['spec'].containers.flatMap((each: { ports?: [] }) => each.ports ?? [])
  const backend = backendOf(pod, target)
  if (backend !== undefined) return forward(scope, backend)
  const address: string = pod['status']?.podIP ?? ''
  if (address === '') throw newBadRequest('address not allowed')
  throw unreachable(address, target.port || String(ports[0]?.containerPort ?? 80))
}

export function proxyService(scope: RequestScope): ApiResponse | Promise<ApiResponse> {
  const { info, registry } = scope
  const target = parseTarget(info.name)
  if (target === undefined || target.name === '') throw newBadRequest(`invalid service request ${JSON.stringify(info.name)}`)
  const service = registry.lookup({ group: '', resource: 'services' }, info.namespace, target.name)
  const backend = service && backendOf(service, target)
  if (backend !== undefined) return forward(scope, backend)
  const port = portName(scope, target)
  const endpoints = registry.storeOf('', 'endpoints')!.collection.get(`${info.namespace}/${target.name}`)?.object
  if (endpoints === undefined) {
    // The server looks up endpoints under the name of the resource in the path.
    throw newNotFound(scope.definition, target.name)
  }
  const subsets: KubeObject[] = endpoints['subsets'] ?? []
  if (subsets.length === 0) throw newServiceUnavailable(`no endpoints available for service "${target.name}"`)
  for (const { addresses = [], ports = [] } of subsets) {
    const found = ports.find((each: { name?: string }) => (each.name ?? '') === port)
    const address = addresses.find((each: { targetRef?: unknown }) => each.targetRef !== undefined)
    if (found !== undefined && address !== undefined) throw unreachable(address.ip, String(found.port))
  }
  throw newServiceUnavailable(`no endpoints available for service "${info.name}"`)
}

/** Where a Pod or Service that runs on this machine is reached, as its annotation says: `HOST:PORT`. */
const forwardAnnotation = 'inpod.dev/forward-to'

function backendOf({ metadata }: KubeObject, { scheme }: ProxyTarget): URL | undefined {
  const address = metadata.annotations?.[forwardAnnotation]
  if (address === undefined) return undefined
  const text = `${scheme || 'http'}://${address}`
  if (!URL.canParse(text) || !/:\d+$/.test(address)) {
    throw newBadRequest(`annotation ${forwardAnnotation} of ${JSON.stringify(metadata.name)} is no HOST:PORT: ${JSON.stringify(address)}`)
  }
  return new URL(text)
}

/** A port number stands for the name of the Service's port. */
function portName({ info, store }: RequestScope, { name, port }: ProxyTarget): string {
  if (!/^\d+$/.test(port)) return port
  const service = store.get(info.namespace, name).object
  const ports: Array<{ port: number; name?: string }> = service['spec'].ports ?? []
  const found = ports.find((each) => each.port === Number(port))
  if (found === undefined) throw newServiceUnavailable(`no service port ${port} found for service "${name}"`)
  return found.name ?? ''
}

export function proxyNode(scope: RequestScope): ApiResponse {
  const { info, store } = scope
  const name = parseTarget(info.name)?.name ?? info.name
  const node = store.get('', name).object
  const addresses: Array<{ address: string }> = node['status']?.addresses ?? []
  if (addresses.length === 0) throw newPlainError('no preferred addresses found; known addresses: []')
  throw unreachable(addresses[0]!.address, '10250')
}

/** Nothing runs behind the addresses of Pods and nodes here. */
const unreachable = (address: string, port: string) =>
  newServiceUnavailable(
    `error trying to reach service: dial tcp ${address.includes(':') ? `[${address}]` : address}:${port}: connect: no route to host`,
  )
