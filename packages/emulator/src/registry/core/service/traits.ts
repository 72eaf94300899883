/** What the type and the policies of a Service make it need. All take its spec. */
import type { Fields } from '../../../apimachinery/validation/index.ts'

export const isHeadless = ({ clusterIPs = [] }: Fields) => clusterIPs.length === 1 && clusterIPs[0] === 'None'
export const needsClusterIP = ({ type }: Fields) => type !== 'ExternalName'
export const hasNodePorts = ({ type }: Fields) => type === 'NodePort' || type === 'LoadBalancer'
export const shouldAllocateNodePorts = ({ type, allocateLoadBalancerNodePorts }: Fields) =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false)
export const needsHealthCheck = ({ type, externalTrafficPolicy }: Fields) => type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
export const isExternallyAccessible = ({ type, externalIPs = [] }: Fields) =>
  type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0)

/** All node ports of a Service, that of its health check too. */
export function nodePortsOf(spec: Fields): number[] {
  const ports: Fields[] = spec['ports'] ?? []
  return [...ports.map(({ nodePort = 0 }) => nodePort), spec['healthCheckNodePort'] ?? 0].filter((port) => port !== 0)
}

export const sameList = (a: readonly unknown[] = [], b: readonly unknown[] = []) =>
  a.length === b.length && a.every((item, i) => item === b[i])
