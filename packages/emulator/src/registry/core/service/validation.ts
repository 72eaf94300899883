import { duplicate, type FieldError, type FieldPath, fieldPath, forbidden, invalid, required } from '../../../apimachinery/field-error.ts'
import {
  check,
  checkNumber,
  type Fields,
  isQualifiedName,
  isValidPortNum,
  parseIP,
  validateDNS1123Label,
  validateDNS1123Subdomain,
  validateEndpointIP,
  validateLabels,
  validateLegacyCIDR,
  validateLegacyIP,
  validateOneOf,
  validateRequiredOneOf,
} from '../../../apimachinery/validation/index.ts'
import { validatePortNumberOrName } from '../pod/probes.ts'
import { validateClusterIPs, validateFamilyChanges } from './families.ts'
import { isExternallyAccessible, isHeadless, needsHealthCheck } from './traits.ts'

const specPath = fieldPath('spec')
const annotationsPath = fieldPath('metadata').child('annotations')
const topologyMode = 'service.kubernetes.io/topology-mode'
export const topologyAwareHints = 'service.kubernetes.io/topology-aware-hints'
const sourceRanges = 'service.beta.kubernetes.io/load-balancer-source-ranges'
const maxAffinitySeconds = 86400
type Service = Fields

/** A Service without what holds for metadata of every kind. `old` on update. */
export function validateService({ metadata, spec }: Service, old?: Service): FieldError[] {
  const ports: Fields[] = spec.ports ?? []
  return [
    ...validateTopologyAnnotations(metadata.annotations ?? {}),
    ...(ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName' ? [required(specPath.child('ports'))] : []),
    ...validateType(spec),
    ...validatePorts(spec, specPath.child('ports')),
    ...validateLabels(spec.selector, specPath.child('selector')),
    ...validateAffinity(spec),
    ...validateClusterIPs(spec, old?.spec),
    ...validateExternalIPs(spec.externalIPs ?? [], old?.spec.externalIPs ?? []),
    ...validateRequiredOneOf(spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'], specPath.child('type')),
    ...validatePortCollisions(spec, specPath.child('ports')),
    ...validateSourceRanges({ metadata, spec }, old),
    ...validateLoadBalancerPorts(spec),
    ...validateLoadBalancerClass(spec),
    ...validateExternalTraffic(spec),
    ...validateInternalTraffic(spec),
  ]
}

function validateTopologyAnnotations(annotations: Record<string, string>): FieldError[] {
  const mode = annotations[topologyMode]
  const hints = annotations[topologyAwareHints]
  if (mode === undefined || hints === undefined || mode === hints) return []
  return [invalid(annotationsPath.key(topologyMode), mode, `must match annotations[${topologyAwareHints}] when both are specified`)]
}

function validateType(spec: Fields): FieldError[] {
  const { type, externalName = '' } = spec
  if (type === 'LoadBalancer' || type === 'NodePort') {
    return isHeadless(spec) ? [invalid(specPath.child('clusterIPs').index(0), 'None', `may not be set to 'None' for ${type} services`)] : []
  }
  if (type !== 'ExternalName') return []
  const refused = ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'].filter((field) =>
    Array.isArray(spec[field]) ? spec[field].length > 0 : spec[field] !== undefined,
  )
  const name = externalName.replace(/\.$/, '')
  return [
    ...refused.map((field) => forbidden(specPath.child(field), 'may not be set for ExternalName services')),
    ...(name === '' ? [required(specPath.child('externalName'))] : validateDNS1123Subdomain(name, specPath.child('externalName'))),
  ]
}

function validatePorts({ ports = [] }: Fields, path: FieldPath): FieldError[] {
  const names = new Set<string>()
  return ports.flatMap(({ name = '', port = 0, protocol, targetPort, appProtocol }: Fields, i: number) => {
    const at = path.index(i)
    const errors: FieldError[] = []
    if (name !== '') {
      errors.push(...validateDNS1123Label(name, at.child('name')))
      if (names.has(name)) errors.push(duplicate(at.child('name'), name))
      names.add(name)
    } else if (ports.length > 1) errors.push(required(at.child('name')))
    return [
      ...errors,
      ...checkNumber(isValidPortNum, port, at.child('port')),
      ...validateRequiredOneOf(protocol, ['SCTP', 'TCP', 'UDP'], at.child('protocol')),
      ...validatePortNumberOrName(targetPort, at.child('targetPort')),
      ...(appProtocol === undefined ? [] : check(isQualifiedName, appProtocol, at.child('appProtocol'))),
    ]
  })
}

function validateAffinity({ sessionAffinity = '', sessionAffinityConfig: config }: Fields): FieldError[] {
  const errors = validateRequiredOneOf(sessionAffinity, ['ClientIP', 'None'], specPath.child('sessionAffinity'))
  const at = specPath.child('sessionAffinityConfig')
  if (sessionAffinity === 'None') return config ? [...errors, forbidden(at, 'must not be set when session affinity is None')] : errors
  if (sessionAffinity !== 'ClientIP') return errors
  const missing = 'when session affinity type is ClientIP'
  if (!config) return [...errors, required(at, missing)]
  if (!config.clientIP) return [...errors, required(at.child('clientIP'), missing)]
  const seconds = config.clientIP.timeoutSeconds
  const secondsPath = at.child('clientIP', 'timeoutSeconds')
  if (seconds === undefined) return [...errors, required(secondsPath, missing)]
  if (seconds > 0 && seconds <= maxAffinitySeconds) return errors
  return [...errors, invalid(secondsPath, seconds, `must be greater than 0 and less than ${maxAffinitySeconds}`)]
}

function validateExternalIPs(ips: readonly string[], old: readonly string[]): FieldError[] {
  return ips.flatMap((ip, i) => {
    const at = specPath.child('externalIPs').index(i)
    const errors = validateLegacyIP(ip, at, old)
    return errors.length > 0 ? errors : validateEndpointIP(ip, at)
  })
}

/** No two ports are the same, and none is open on the node where the type opens none. */
function validatePortCollisions({ type, ports = [] }: Fields, path: FieldPath): FieldError[] {
  const seen = new Set<string>()
  const repeated = (key: string) => seen.has(key) || (seen.add(key) && false)
  const eachPort = (validate: (port: Fields, at: FieldPath) => FieldError[]) =>
    ports.flatMap((port: Fields, i: number) => validate(port, path.index(i)))
  const shown = ({ protocol = '', port = 0 }: Fields) => ({
    Name: '',
    Protocol: protocol,
    AppProtocol: null,
    Port: port,
    TargetPort: 0,
    NodePort: 0,
  })
  return [
    ...eachPort(({ nodePort }, at) =>
      type === 'ClusterIP' && nodePort ? [forbidden(at.child('nodePort'), "may not be used when `type` is 'ClusterIP'")] : [],
    ),
    ...eachPort(({ protocol, nodePort }, at) =>
      nodePort && repeated(`node ${protocol} ${nodePort}`) ? [duplicate(at.child('nodePort'), nodePort)] : [],
    ),
    ...eachPort((port, at) => (repeated(`${port['protocol']} ${port['port']}`) ? [duplicate(at, shown(port))] : [])),
  ]
}

function validateSourceRanges({ metadata, spec }: Service, old?: Service): FieldError[] {
  const ranges: string[] = spec.loadBalancerSourceRanges ?? []
  const annotation = metadata.annotations?.[sourceRanges]
  const onlyBalancers = (at: FieldPath) =>
    spec.type === 'LoadBalancer' ? [] : [forbidden(at, "may only be used when `type` is 'LoadBalancer'")]
  if (ranges.length > 0) {
    const at = specPath.child('LoadBalancerSourceRanges')
    const before: string[] = (old?.spec.loadBalancerSourceRanges ?? []).map((range: string) => range.trim())
    return [...onlyBalancers(at), ...ranges.flatMap((range, i) => validateLegacyCIDR(range.trim(), at.index(i), before))]
  }
  if (annotation === undefined) return []
  const at = annotationsPath.key(sourceRanges)
  const unchanged = old !== undefined && old.metadata.annotations?.[sourceRanges] === annotation
  if (unchanged || annotation.trim() === '') return onlyBalancers(at)
  return [...onlyBalancers(at), ...annotation.split(',').flatMap((range: string) => validateLegacyCIDR(range.trim(), at))]
}

function validateLoadBalancerPorts({ type, allocateLoadBalancerNodePorts: allocate }: Fields): FieldError[] {
  if (allocate !== undefined && type !== 'LoadBalancer') {
    return [forbidden(specPath.child('allocateLoadBalancerNodePorts'), "may only be used when `type` is 'LoadBalancer'")]
  }
  return type === 'LoadBalancer' && allocate === undefined ? [required('allocateLoadBalancerNodePorts')] : []
}

function validateLoadBalancerClass({ type, loadBalancerClass }: Fields): FieldError[] {
  if (loadBalancerClass === undefined) return []
  const at = specPath.child('loadBalancerClass')
  return type === 'LoadBalancer'
    ? check(isQualifiedName, loadBalancerClass, at)
    : [forbidden(at, "may only be used when `type` is 'LoadBalancer'")]
}

function validateExternalTraffic(spec: Fields): FieldError[] {
  const { externalTrafficPolicy = '', healthCheckNodePort = 0 } = spec
  const policyPath = specPath.child('externalTrafficPolicy')
  const errors = isExternallyAccessible(spec)
    ? validateRequiredOneOf(externalTrafficPolicy, ['Cluster', 'Local'], policyPath)
    : externalTrafficPolicy === ''
      ? []
      : [invalid(policyPath, externalTrafficPolicy, 'may only be set for externally-accessible services')]
  const portPath = specPath.child('healthCheckNodePort')
  if (needsHealthCheck(spec)) {
    return [...errors, ...(healthCheckNodePort === 0 ? [required(portPath)] : checkNumber(isValidPortNum, healthCheckNodePort, portPath))]
  }
  if (healthCheckNodePort === 0) return errors
  const text = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
  return [...errors, invalid(portPath, healthCheckNodePort, text)]
}

function validateInternalTraffic({ type, internalTrafficPolicy, trafficDistribution }: Fields): FieldError[] {
  const at = specPath.child('internalTrafficPolicy')
  const errors =
    internalTrafficPolicy === undefined
      ? ['NodePort', 'LoadBalancer', 'ClusterIP'].includes(type)
        ? [required(at)]
        : []
      : validateOneOf(internalTrafficPolicy, ['Cluster', 'Local'], at)
  if (trafficDistribution === undefined) return errors
  const supported = ['PreferClose', 'PreferSameZone', 'PreferSameNode']
  return [...errors, ...validateOneOf(trafficDistribution, supported, specPath.child('trafficDistribution'))]
}

export function validateServiceUpdate(service: Service, old: Service): FieldError[] {
  const { spec } = service
  const errors = validateFamilyChanges(spec, old.spec)
  const bothBalance = spec.type === 'LoadBalancer' && old.spec.type === 'LoadBalancer'
  if (bothBalance && spec.loadBalancerClass !== old.spec.loadBalancerClass) {
    errors.push(invalid(specPath.child('loadBalancerClass'), spec.loadBalancerClass, 'may not change once set'))
  }
  errors.push(...validateLoadBalancerClass(spec))
  if (needsHealthCheck(spec) && needsHealthCheck(old.spec) && spec.healthCheckNodePort !== old.spec.healthCheckNodePort) {
    errors.push(forbidden(specPath.child('healthCheckNodePort'), 'field is immutable'))
  }
  return [...errors, ...validateService(service, old)]
}

/** What a load balancer reports of itself; Ingresses have the same. `type`: the Service's. */
export function validateLoadBalancerStatus(status: Fields = {}, old: Fields = {}, path: FieldPath, type: string): FieldError[] {
  const ingress: Fields[] = status['ingress'] ?? []
  const at = path.child('ingress')
  if (type !== 'LoadBalancer' && ingress.length > 0) return [forbidden(at, "may only be used when `spec.type` is 'LoadBalancer'")]
  const known: string[] = (old['ingress'] ?? []).map(({ ip = '' }: Fields) => ip)
  return ingress.flatMap(({ ip = '', ipMode, hostname = '' }, i) => [
    ...(ip === '' ? [] : validateLegacyIP(ip, at.index(i).child('ip'), known)),
    ...validateIPMode(ip, ipMode, at.index(i).child('ipMode')),
    ...(hostname === '' ? [] : validateDNS1123Subdomain(hostname, at.index(i).child('hostname'))),
    ...(hostname !== '' && parseIP(hostname)
      ? [invalid(at.index(i).child('hostname'), hostname, 'must be a DNS name, not an IP address')]
      : []),
  ])
}

function validateIPMode(ip: string, mode: string | undefined, path: FieldPath): FieldError[] {
  if (mode === undefined) return ip === '' ? [] : [required(path, 'must be specified when `ip` is set')]
  return ip === '' ? [forbidden(path, 'may not be specified when `ip` is not set')] : validateOneOf(mode, ['Proxy', 'VIP'], path)
}
