import {
  duplicate,
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  notFound,
  notSupported,
  required,
  tooLong,
} from '../../../apimachinery/field-error.ts'
import type { ObjectMeta } from '../../../apimachinery/object.ts'
import {
  byteLength,
  check,
  type Fields,
  isDNS1123Subdomain,
  isDNS1123SubdomainWithUnderscore,
  isQualifiedName,
  rangeError,
  validateDNS1123Label,
  validateDNS1123Subdomain,
  validateLabels,
  validateLegacyIP,
  validateRequiredOneOf,
} from '../../../apimachinery/validation/index.ts'
import { showInternal } from '../../internal-values.ts'
import { validateAffinity } from './affinity.ts'
import { mirrorPodAnnotation } from './annotations.ts'
import {
  type ContainerContext,
  validateContainers,
  validateEphemeralContainers,
  validateHostNetworkPorts,
  validateInitContainers,
} from './container-validation.ts'
import { allContainers } from './containers.ts'
import type { PodValidationOptions } from './options.ts'
import { validateContainerResources, validatePodResources } from './resources.ts'
import { validatePodSecurityContext, validateUserNamespace } from './security-context.ts'
import { validateTolerations } from './tolerations.ts'
import { validateTopologySpreadConstraints } from './topology.ts'
import { validateVolumes } from './volumes.ts'
import { validateForOS, validateHostProcesses } from './windows.ts'

/** A Pod's spec. `meta`: the Pod's own metadata; absent where the spec stands in a template. */
export function validatePodSpec(spec: Fields, meta: ObjectMeta | undefined, path: FieldPath, options: PodValidationOptions): FieldError[] {
  const { errors, byName: volumes } = validateVolumes(spec.volumes ?? [], meta, path.child('volumes'), options)
  const claims: Fields[] = spec.resourceClaims ?? []
  const claimNames = claims.map(({ name = '' }) => name).filter((name) => name !== '')
  const context: ContainerContext = { spec, volumes, claimNames, options }
  return [
    ...(spec.terminationGracePeriodSeconds === undefined ? [required(path.child('terminationGracePeriodSeconds'))] : []),
    ...errors,
    ...validateResourceClaims(claims, meta, path.child('resourceClaims')),
    ...validateContainers(context, path.child('containers')),
    ...validateInitContainers(context, path.child('initContainers')),
    ...validateEphemeralContainers(context, path.child('ephemeralContainers')),
    ...validatePodResources(spec, path, claimNames, options),
    ...validateHostNetworkPorts(spec, path, options),
    ...validateRequiredOneOf(spec.restartPolicy, ['Always', 'OnFailure', 'Never'], path.child('restartPolicy')),
    ...validateRequiredOneOf(spec.dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'], path.child('dnsPolicy')),
    ...validateLabels(spec.nodeSelector, path.child('nodeSelector')),
    ...validatePodSecurityContext(spec, path.child('securityContext'), options),
    ...validateAffinity(spec.affinity, path.child('affinity'), options),
    ...validateDNSConfig(spec, path.child('dnsConfig')),
    ...validateGates(spec, path),
    ...validateTopologySpreadConstraints(spec.topologySpreadConstraints ?? [], path.child('topologySpreadConstraints'), options),
    ...validateHostProcesses(spec, path),
    ...validateUserNamespace(spec, path, allContainers(spec, path), options),
    ...validateHostnameOverride(spec, path.child('hostnameOverride')),
    ...validateNames(spec, path, options),
    ...validatePlacement(spec, path, options),
    ...validateFileKeyRefs(spec, path),
  ]
}

function validateResourceClaims(claims: readonly Fields[], meta: ObjectMeta | undefined, path: FieldPath): FieldError[] {
  const names = new Set<string>()
  return claims.flatMap((claim, i) => {
    if (meta?.annotations?.[mirrorPodAnnotation] !== undefined) return [forbidden('[]', 'static pods do not support resource claims')]
    const at = path.index(i)
    const { name = '', resourceClaimName, resourceClaimTemplateName } = claim
    const errors: FieldError[] = []
    if (name === '') errors.push(required(at.child('name')))
    else if (names.has(name)) errors.push(duplicate(at.child('name'), name))
    else errors.push(...validateDNS1123Label(name, at.child('name')))
    names.add(name)
    const given = [resourceClaimName, resourceClaimTemplateName].filter((value) => value !== undefined).length
    const shown = showInternal('core.PodResourceClaim', claim)
    if (given === 2) errors.push(invalid(at, shown, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'))
    if (given === 0) errors.push(invalid(at, shown, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'))
    for (const [field, value] of Object.entries({ resourceClaimName, resourceClaimTemplateName })) {
      if (value !== undefined) errors.push(...check(isDNS1123Subdomain, value, at.child(field)))
    }
    return errors
  })
}

function validateDNSConfig({ dnsPolicy, dnsConfig }: Fields, path: FieldPath): FieldError[] {
  if (dnsPolicy === 'None') {
    if (!dnsConfig) return [required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    if (!dnsConfig.nameservers?.length) {
      return [required(path.child('nameservers'), 'must provide at least one DNS nameserver when `dnsPolicy` is None')]
    }
  }
  if (!dnsConfig) return []
  const { nameservers = [], searches = [], options = [] } = dnsConfig
  const errors: FieldError[] = []
  if (nameservers.length > 3) errors.push(invalid(path.child('nameservers'), nameservers, 'must not have more than 3 nameservers'))
  for (const [i, server] of nameservers.entries()) errors.push(...validateLegacyIP(server, path.child('nameservers').index(i)))
  const searchPath = path.child('searches')
  if (searches.length > 32) errors.push(invalid(searchPath, searches, 'must not have more than 32 search paths'))
  if (byteLength(searches.join(' ')) > 2048) {
    errors.push(invalid(searchPath, searches, 'must not have more than 2048 characters (including spaces) in the search list'))
  }
  for (const [i, search] of searches.entries()) {
    if (search !== '.') errors.push(...check(isDNS1123SubdomainWithUnderscore, search.replace(/\.$/, ''), searchPath.index(i)))
  }
  for (const [i, { name }] of options.entries()) if (!name) errors.push(required(path.child('options').index(i), 'must not be empty'))
  return errors
}

function validateGates({ readinessGates = [], schedulingGates = [] }: Fields, path: FieldPath): FieldError[] {
  const errors: FieldError[] = readinessGates.flatMap(({ conditionType = '' }: Fields, i: number) =>
    check(isQualifiedName, conditionType, path.child('readinessGates').index(i).child('conditionType')),
  )
  const seen = new Set<string>()
  for (const [i, { name = '' }] of schedulingGates.entries()) {
    const at = path.child('schedulingGates').index(i)
    errors.push(...check(isQualifiedName, name, at))
    if (seen.has(name)) errors.push(duplicate(at, name))
    seen.add(name)
  }
  return errors
}

function validateHostnameOverride({ hostnameOverride, setHostnameAsFQDN, hostNetwork }: Fields, path: FieldPath): FieldError[] {
  if (hostnameOverride === undefined) return []
  return [
    ...(setHostnameAsFQDN === true ? [forbidden(path, 'may not be specified when setHostnameAsFQDN is true')] : []),
    ...(hostNetwork === true ? [forbidden(path, 'may not be specified when hostNetwork is true')] : []),
    ...(byteLength(hostnameOverride) > 64 ? [tooLong(path, 64)] : []),
    ...validateDNS1123Subdomain(hostnameOverride, path),
  ]
}

/** Names of other objects and of the Pod on the network, in the API server's order. */
function validateNames(spec: Fields, path: FieldPath, options: PodValidationOptions): FieldError[] {
  const name = (field: string, validate: typeof validateDNS1123Label) => (spec[field] ? validate(spec[field], path.child(field)) : [])
  const seconds = spec.activeDeadlineSeconds
  const badSeconds = seconds !== undefined && (seconds < 1 || seconds > 2147483647)
  return [
    ...name('serviceAccountName', validateDNS1123Subdomain),
    ...name('nodeName', validateDNS1123Subdomain),
    ...(badSeconds ? [invalid(path.child('activeDeadlineSeconds'), seconds, rangeError(1, 2147483647))] : []),
    ...name('hostname', validateDNS1123Label),
    ...name('subdomain', validateDNS1123Label),
    ...validateTolerations(spec.tolerations ?? [], path.child('tolerations'), options),
    ...validateHostAliases(spec.hostAliases ?? [], path.child('hostAliases')),
    ...name('priorityClassName', validateDNS1123Subdomain),
    ...(spec.runtimeClassName === undefined ? [] : validateDNS1123Subdomain(spec.runtimeClassName, path.child('runtimeClassName'))),
  ]
}

function validateHostAliases(aliases: readonly Fields[], path: FieldPath): FieldError[] {
  return aliases.flatMap(({ ip = '', hostnames = [] }, i) => [
    ...validateLegacyIP(ip, path.index(i).child('ip')),
    ...hostnames.flatMap((name: string, j: number) => validateDNS1123Subdomain(name, path.index(i).child('hostnames').index(j))),
  ])
}

function validatePlacement(spec: Fields, path: FieldPath, options: PodValidationOptions): FieldError[] {
  const errors: FieldError[] = []
  if (spec.preemptionPolicy !== undefined) {
    errors.push(...validateRequiredOneOf(spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], path.child('preemptionPolicy')))
  }
  if (spec.overhead) errors.push(...validateContainerResources({ limits: spec.overhead }, path.child('overhead'), [], options))
  if (!spec.os) return errors
  const { name = '' } = spec.os
  if (name === '') return [...errors, required(path.child('os', 'name'))]
  if (name !== 'linux' && name !== 'windows') return [...errors, notSupported(path.child('os'), name, ['linux', 'windows'])]
  return [...errors, ...validateForOS(spec, path)]
}

/** Variables from files need an emptyDir that the files are in. */
function validateFileKeyRefs(spec: Fields, path: FieldPath): FieldError[] {
  const volumes = new Map<string, Fields>((spec.volumes ?? []).map((volume: Fields) => [volume.name ?? '', volume]))
  return allContainers(spec, path).flatMap(({ container, path: at }) =>
    (container.env ?? []).flatMap(({ valueFrom }: Fields, i: number) => {
      if (!valueFrom?.fileKeyRef) return []
      const { volumeName = '' } = valueFrom.fileKeyRef
      const field = at.child('env').index(i).child('valueFrom', 'fileKeyRef', 'volumeName')
      if (!volumes.has(volumeName)) return [notFound(field, volumeName)]
      return volumes.get(volumeName)!.emptyDir ? [] : [invalid(field, volumeName, 'referenced volume must be of type emptyDir')]
    }),
  )
}
