import { deepCopy } from '../../../apimachinery/deep-copy.ts'
import { fieldPath } from '../../../apimachinery/field-error.ts'
import type { KubeObject } from '../../../apimachinery/object.ts'
import { cidrWarnings, type Fields, ipWarnings, nameIsDNSLabel } from '../../../apimachinery/validation/index.ts'
import { keepField } from '../../spec-and-status.ts'
import type { Strategy } from '../../strategy.ts'
import { validateKubeFinalizers } from '../finalizers.ts'
import { allocateForCreate, allocateForUpdate, confirmAllocation, type ServiceAllocation } from './allocate.ts'
import {
  hasNodePorts,
  isExternallyAccessible,
  needsClusterIP,
  needsHealthCheck,
  nodePortsOf,
  sameList,
  shouldAllocateNodePorts,
} from './traits.ts'
import { topologyAwareHints, validateLoadBalancerStatus, validateService, validateServiceUpdate } from './validation.ts'

const specPath = fieldPath('spec')

function applyDefaults(service: KubeObject): void {
  service['spec'] ??= {}
  const { spec } = service
  spec.type ||= 'ClusterIP'
  spec.sessionAffinity ||= 'None'
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
  if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } }
  }
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP'
    port.targetPort ||= port.port
  }
  if (isExternallyAccessible(spec)) spec.externalTrafficPolicy ||= 'Cluster'
  if (['NodePort', 'LoadBalancer', 'ClusterIP'].includes(spec.type)) spec.internalTrafficPolicy ??= 'Cluster'
  if (spec.type !== 'LoadBalancer') return
  spec.allocateLoadBalancerNodePorts ??= true
  for (const ingress of service['status']?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP'
}

/** What the client left out although the server had given it, is taken from the stored object. */
function patchAllocatedValues(spec: Fields, old: Fields): void {
  if (needsClusterIP(old) && needsClusterIP(spec)) {
    if (!spec['clusterIP']) keepField(spec, old, 'clusterIP')
    if (!spec['clusterIPs']?.length) keepField(spec, old, 'clusterIPs')
  }
  if (shouldAllocateNodePorts(old) && shouldAllocateNodePorts(spec)) {
    const ports: Fields[] = spec['ports'] ?? []
    const before: Fields[] = old['ports'] ?? []
    const kept = new Set(before.map(({ nodePort }) => nodePort).filter((port) => port && ports.some(({ nodePort }) => nodePort === port)))
    const byName = new Map(before.map(({ name = '', nodePort }) => [name, nodePort]))
    for (const port of ports) {
      const known = byName.get(port['name'] ?? '')
      if (!port['nodePort'] && known && !kept.has(known)) port['nodePort'] = known
    }
  }
  if (needsHealthCheck(old) && needsHealthCheck(spec) && !spec['healthCheckNodePort']) keepField(spec, old, 'healthCheckNodePort')
}

/** clusterIP is the older, singular spelling: whoever changes it alone means clusterIPs too. */
function normalizeClusterIPs(spec: Fields, old: Fields): void {
  if (old['clusterIPs']?.length > 0 && !spec['clusterIPs']?.length && old['clusterIP'] === spec['clusterIP']) {
    spec['clusterIPs'] = deepCopy(old['clusterIPs'])
  }
  if ((old['clusterIP'] ?? '') === (spec['clusterIP'] ?? '') || !sameList(spec['clusterIPs'], old['clusterIPs'])) return
  if (old['clusterIP'] && !spec['clusterIP']) delete spec['clusterIPs']
  else spec['clusterIPs'] = [spec['clusterIP']]
}

/** Values that the old type needed and the new one does not know, if the client has not touched them. */
function dropTypeDependentFields(service: KubeObject, old: KubeObject): void {
  const { spec } = service as Fields as { spec: Fields }
  const before: Fields = old['spec']
  const drop = (field: string, needed: (spec: Fields) => boolean, same: boolean) => {
    if (needed(before) && !needed(spec) && same) delete spec[field]
  }
  const same = (field: string) => spec[field] === before[field]
  const sameIPs = same('clusterIP') && sameList(spec['clusterIPs'], before['clusterIPs'])
  drop('clusterIP', needsClusterIP, sameIPs)
  drop('clusterIPs', needsClusterIP, sameIPs)
  drop('ipFamilies', needsClusterIP, sameList(spec['ipFamilies'], before['ipFamilies']))
  drop('ipFamilyPolicy', needsClusterIP, same('ipFamilyPolicy'))
  const ports = nodePortsOf({ ports: before['ports'] })
  if (hasNodePorts(before) && !hasNodePorts(spec) && nodePortsOf({ ports: spec['ports'] }).every((port) => ports.includes(port))) {
    for (const port of spec['ports'] ?? []) delete port.nodePort
  }
  drop('healthCheckNodePort', needsHealthCheck, same('healthCheckNodePort'))
  const isBalancer = ({ type }: Fields) => type === 'LoadBalancer'
  drop('allocateLoadBalancerNodePorts', isBalancer, same('allocateLoadBalancerNodePorts'))
  drop('loadBalancerClass', isBalancer, same('loadBalancerClass'))
  drop('externalTrafficPolicy', isExternallyAccessible, same('externalTrafficPolicy'))
  if (!isBalancer(spec)) service['status'] = { ...service['status'], loadBalancer: {} }
}

/** Read back, an external name has no policy for traffic inside the cluster. */
function dropInternalPolicy(spec: Fields): void {
  if (spec['type'] === 'ExternalName' && ['Cluster', 'Local'].includes(spec['internalTrafficPolicy'])) delete spec['internalTrafficPolicy']
}

function warnings({ metadata, spec }: KubeObject): string[] {
  const { type, clusterIP = '', externalIPs = [], loadBalancerIP = '', sessionAffinity, trafficDistribution } = spec as Fields
  const headless = type === 'ClusterIP' && clusterIP === 'None'
  const each = (field: string, of: typeof ipWarnings) =>
    (spec[field] ?? []).flatMap((value: string, i: number) => of(value, specPath.child(field).index(i)))
  const text = (condition: unknown, message: string) => (condition ? [message] : [])
  const replacement = 'service.kubernetes.io/topology-mode'
  return [
    ...text(
      metadata.annotations?.[topologyAwareHints] !== undefined,
      `annotation ${topologyAwareHints} is deprecated, please use ${replacement} instead`,
    ),
    ...(clusterIP !== '' && clusterIP !== 'None' ? each('clusterIPs', ipWarnings) : []),
    ...text(headless && loadBalancerIP, 'spec.loadBalancerIP is ignored for headless services'),
    ...text(headless && externalIPs.length > 0, 'spec.externalIPs is ignored for headless services'),
    ...text(headless && sessionAffinity !== 'None', 'spec.SessionAffinity is ignored for headless services'),
    ...each('externalIPs', ipWarnings),
    ...text(
      externalIPs.length > 0 && !headless && type !== 'ExternalName',
      'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
    ),
    ...(loadBalancerIP === '' ? [] : ipWarnings(loadBalancerIP, specPath.child('loadBalancerIP'))),
    ...each('loadBalancerSourceRanges', cidrWarnings),
    ...text(type === 'ExternalName' && externalIPs.length > 0, 'spec.externalIPs is ignored when spec.type is "ExternalName"'),
    ...text(type !== 'ExternalName' && spec.externalName, 'spec.externalName is ignored when spec.type is not "ExternalName"'),
    ...text(trafficDistribution === 'PreferClose', 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'),
  ]
}

export function createServiceStrategy(allocation: ServiceAllocation): Strategy {
  return {
    applyDefaults,
    prepareForCreate(service, context) {
      allocateForCreate(service, context, allocation)
      service['status'] = { loadBalancer: {} }
      dropInternalPolicy(service['spec'])
    },
    prepareForUpdate(service, old, context) {
      patchAllocatedValues(service['spec'], old['spec'])
      normalizeClusterIPs(service['spec'], old['spec'])
      allocateForUpdate(service, old, context, allocation)
      keepField(service, old, 'status')
      dropTypeDependentFields(service, old)
      dropInternalPolicy(service['spec'])
    },
    confirm: (service, context) => confirmAllocation(service, context, allocation),
    validate: (service) => [...validateKubeFinalizers(service.metadata), ...validateService(service)],
    validateUpdate: (service, old) => [...validateKubeFinalizers(service.metadata), ...validateServiceUpdate(service, old)],
    warningsOnCreate: warnings,
    warningsOnUpdate: warnings,
    nameRule: nameIsDNSLabel,
    allowCreateOnUpdate: true,
    returnsDeletedObject: true,
    selectableFields: ({ spec = {} }) => ({ 'spec.clusterIP': spec.clusterIP ?? '', 'spec.type': spec.type ?? '' }),
    selectableFieldNames: ['spec.clusterIP', 'spec.type'],
    status: {
      prepareForUpdate: (service, old) => keepField(service, old, 'spec'),
      validateUpdate: ({ metadata, spec, status = {} }, old) => [
        ...validateKubeFinalizers(metadata),
        ...validateLoadBalancerStatus(
          status.loadBalancer,
          old['status']?.loadBalancer,
          fieldPath('status').child('loadBalancer'),
          spec.type,
        ),
      ],
    },
  }
}
