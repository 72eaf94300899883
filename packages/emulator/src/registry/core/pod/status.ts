/** The status of a Pod, as the kubelet writes it. */
import {
  duplicate,
  type FieldError,
  type FieldPath,
  fieldPath,
  forbidden,
  internalError,
  invalid,
  notSupported,
  required,
} from '../../../apimachinery/field-error.ts'
import type { KubeObject } from '../../../apimachinery/object.ts'
import {
  check,
  checkNumber,
  type Fields,
  isDNS1123Subdomain,
  isQualifiedName,
  isValidGroupID,
  isValidUserID,
  parseIP,
  validateDNS1123Label,
  validateImmutable,
  validateLegacyIP,
} from '../../../apimachinery/validation/index.ts'
import { keepField } from '../../spec-and-status.ts'
import { validateKubeFinalizers } from '../finalizers.ts'
import { isExtendedName } from '../resource-names.ts'
import { validatePodAnnotationsUpdate } from './annotations.ts'
import { isSidecar } from './containers.ts'
import { podValidationOptions } from './options.ts'

const path = fieldPath('status')
const systemConditions = ['PodScheduled', 'Ready', 'Initialized']

/** The first of a Pod's addresses stands in a field of its own too. */
export function mirrorPodIPs(status: Fields): void {
  const { podIP = '', podIPs = [] } = status
  if (podIP !== '' && podIPs[0]?.ip !== podIP) status.podIPs = [{ ip: podIP }]
  else if (podIPs.length > 0) status.podIP = podIPs[0].ip
}

export function preparePodStatus(pod: KubeObject, old: KubeObject): void {
  keepField(pod, old, 'spec')
  delete pod.metadata.deletionTimestamp
  keepField(pod.metadata, old.metadata, 'ownerReferences')
  pod['status'] ??= {}
  const { status } = pod
  const before: Fields = old['status'] ?? {}
  dropDisabledStatuses(status, before)
  if (!status.qosClass) keepField(status, before, 'qosClass')
  if (!status.observedGeneration) keepField(status, before, 'observedGeneration')
  keepConditionGenerations(status.conditions ?? [], before['conditions'] ?? [])
  mirrorPodIPs(status)
}

/** Of features that are off. */
function dropDisabledStatuses(status: Fields, old: Fields): void {
  if (old['nodeAllocatableResourceClaimStatuses'] === undefined) delete status['nodeAllocatableResourceClaimStatuses']
  for (const list of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'])
    for (const { volumeMounts } of status[list] ?? []) for (const mount of volumeMounts ?? []) delete mount.volumeStatus
}

/** Writers that know nothing of observedGeneration shall not clear it. */
function keepConditionGenerations(conditions: readonly Fields[], old: readonly Fields[]): void {
  const left = [...old]
  for (const condition of conditions) {
    const index = left.findIndex(({ type }) => type === condition.type)
    if (index < 0) continue
    const [before] = left.splice(index, 1)
    if (!condition.observedGeneration) keepField(condition, before!, 'observedGeneration')
  }
}

export function validatePodStatus(pod: Fields, old: Fields): FieldError[] {
  const { status = {}, spec } = pod
  const before: Fields = old.status ?? {}
  return [
    ...validateKubeFinalizers(pod.metadata),
    ...validatePodAnnotationsUpdate(pod, old, fieldPath('metadata').child('annotations'), podValidationOptions(old)),
    ...validateConditions(status.conditions ?? []),
    ...validateNomination(status.nominatedNodeName ?? '', before.nominatedNodeName ?? '', old.spec.nodeName ?? ''),
    ...(status.observedGeneration < 0
      ? [invalid(path.child('observedGeneration'), status.observedGeneration, 'must be a non-negative integer')]
      : []),
    ...validateImmutable(status.qosClass ?? '', before.qosClass ?? '', path.child('qosClass')),
    ...validateTransitions(status, before, old.spec, 'containerStatuses'),
    ...validateTransitions(status, before, old.spec, 'initContainerStatuses'),
    ...validateTransitions(status, before, undefined, 'ephemeralContainerStatuses'),
    ...validateExtendedClaim(status.extendedResourceClaimStatus, spec),
    ...validateClaimStatuses(status.resourceClaimStatuses ?? [], spec.resourceClaims ?? []),
    ...validateAddresses(status.podIPs ?? [], before.podIPs ?? [], path.child('podIPs')),
    ...validateHostIPs(status, before),
    ...['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'].flatMap((field) => validateUsers(status, field, spec)),
    ...validateAllocated(status.containerStatuses, path.child('containerStatuses'), spec.containers),
    ...validateAllocated(status.initContainerStatuses, path.child('initContainerStatuses'), spec.initContainers),
    ...forbidAllocated(status.ephemeralContainerStatuses, path.child('ephemeralContainerStatuses')),
  ]
}

function validateConditions(conditions: readonly Fields[]): FieldError[] {
  return conditions.flatMap(({ type = '', observedGeneration = 0 }, i) => {
    const at = path.child('conditions').index(i)
    const negative = observedGeneration < 0
    return [
      ...(negative ? [invalid(at.child('observedGeneration'), observedGeneration, 'must be a non-negative integer')] : []),
      ...(systemConditions.includes(type) ? [] : check(isQualifiedName, type, at.child('Type'))),
    ]
  })
}

function validateNomination(name: string, old: string, nodeName: string): FieldError[] {
  if (name === '' || name === old) return []
  const at = path.child('nominatedNodeName')
  const errors = check(isDNS1123Subdomain, name, at)
  return nodeName === '' ? errors : [...errors, forbidden(at, 'may not be set on pods that are already bound to a node')]
}

/** A container that has ended runs again only where its restart policy lets it. Without a spec: never. */
function validateTransitions(status: Fields, old: Fields, spec: Fields | undefined, field: string): FieldError[] {
  const containers: Fields[] = (field === 'initContainerStatuses' ? spec?.initContainers : spec?.containers) ?? []
  const mayRestart = ({ name, state }: Fields) => {
    if (spec === undefined) return false
    const container = containers.find((other) => other.name === name)
    const all = [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
    const restartsAll = all.some(({ restartPolicyRules = [] }) =>
      restartPolicyRules.some(({ action }: Fields) => action === 'RestartAllContainers'),
    )
    if (restartsAll) return true
    if (container === undefined) return false
    if (field === 'initContainerStatuses' && isSidecar(container)) return true
    return shouldRestart(container, spec, state.terminated.exitCode ?? 0)
  }
  return (old[field] ?? []).flatMap((before: Fields, i: number) => {
    const after = (status[field] ?? []).find(({ name }: Fields) => name === before.name)
    if (!before.state?.terminated || after === undefined || after.state?.terminated || mayRestart(before)) return []
    return [forbidden(path.child(field).index(i).child('state'), 'may not be transitioned to non-terminated state')]
  })
}

function shouldRestart(container: Fields, spec: Fields, exitCode: number): boolean {
  for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
    if (action !== 'Restart' || !exitCodes) continue
    const listed = (exitCodes.values ?? []).includes(exitCode)
    if (exitCodes.operator === 'In' ? listed : !listed) return true
  }
  const policy = container.restartPolicy ?? spec.restartPolicy
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

function validateClaimStatuses(statuses: readonly Fields[], claims: readonly Fields[]): FieldError[] {
  const names = new Set<string>()
  return statuses.flatMap(({ name = '', resourceClaimName }, i) => {
    const at = path.child('resourceClaimStatuses').index(i)
    const errors: FieldError[] = []
    if (!claims.some((claim) => claim.name === name)) {
      errors.push(invalid(at.child('name'), name, 'must match the name of an entry in `spec.resourceClaims`'))
    }
    if (names.has(name)) errors.push(duplicate(at.child('name'), name))
    names.add(name)
    return resourceClaimName === undefined
      ? errors
      : [...errors, ...check(isDNS1123Subdomain, resourceClaimName, at.child('resourceClaimName'))]
  })
}

/** Which requests of a claim stand for a container's extended resources. */
function validateExtendedClaim(claim: Fields | undefined, spec: Fields): FieldError[] {
  if (!claim) return []
  const at = path.child('extendedResourceClaimStatus')
  const { resourceClaimName = '' } = claim
  // A list that Go writes as null when it is empty.
  const requestMappings: Fields[] = claim['requestMappings'] ?? []
  const seen = new Set<string>()
  return [
    ...(requestMappings.length === 0 ? [required(at.child('requestMappings'), 'at least one request mapping is required')] : []),
    ...requestMappings.flatMap((mapping: Fields, i: number) => {
      const itemPath = at.child('requestMappings').index(i)
      const key = JSON.stringify(mappingFields.map((field) => mapping[field] ?? ''))
      const errors = [
        ...validateMapping(mapping, spec, itemPath),
        ...validateDNS1123Label(mapping['requestName'] ?? '', at.child('requestName')),
      ]
      if (seen.has(key)) errors.push(...mappingFields.map((field) => duplicate(itemPath.child(field), mapping[field] ?? '')))
      seen.add(key)
      return errors
    }),
    ...(resourceClaimName === ''
      ? [required(at.child('resourceClaimName'))]
      : check(isDNS1123Subdomain, resourceClaimName, at.child('resourceClaimName'))),
  ]
}

const mappingFields = ['containerName', 'resourceName', 'requestName']

function validateMapping({ containerName = '', resourceName = '' }: Fields, spec: Fields, at: FieldPath): FieldError[] {
  const of: Fields | undefined = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].find(({ name }) => name === containerName)
  if (of === undefined) {
    const text = 'must match the name of an entry in spec.initContainers.name or spec.containers.name'
    return [invalid(at.child('containerName'), containerName, text)]
  }
  if (of['resources']?.requests?.[resourceName] !== undefined && isExtendedName(resourceName)) return []
  const places = 'spec.initContainers.resources.requests or spec.containers.resources.requests'
  return [invalid(at.child('resourceName'), resourceName, `must match the extended resource name of an entry in ${places}`)]
}

function validateAddresses(addresses: readonly Fields[], old: readonly Fields[], at: FieldPath): FieldError[] {
  const known = old.map(({ ip = '' }) => ip)
  const errors = addresses.flatMap(({ ip = '' }, i) => validateLegacyIP(ip, at.index(i), known))
  if (addresses.length < 2) return errors
  const families = addresses.map(({ ip = '' }) => parseIP(ip)?.family)
  const broken = families.indexOf(undefined)
  if (broken >= 0)
    errors.push(internalError(at, `failed to check for dual stack with error:invalid IP[${broken}]: ${addresses[broken]!['ip'] ?? ''}`))
  else if (addresses.length === 2 && families[0] !== families[1]) return errors
  return [
    ...errors,
    invalid(
      at,
      addresses.map(({ ip = '' }) => ({ IP: ip })),
      'may specify no more than one IP for each IP family',
    ),
  ]
}

function validateHostIPs({ hostIP = '', hostIPs = [] }: Fields, old: Fields): FieldError[] {
  if (hostIPs.length === 0) return []
  const at = path.child('hostIPs')
  const first = hostIPs[0].ip ?? ''
  const errors = first === hostIP ? [] : [invalid(at.index(0).child('ip'), first, 'must be equal to `hostIP`')]
  return [...errors, ...validateAddresses(hostIPs, old['hostIPs'] ?? [], at)]
}

function validateUsers(status: Fields, field: string, { os }: Fields): FieldError[] {
  return (status[field] ?? []).flatMap(({ user }: Fields, i: number) => {
    if (!user?.linux) return []
    const at = path.child(field).index(i).child('user', 'linux')
    if (os?.name === 'windows') return [forbidden(at, 'cannot be set for a windows pod')]
    const { uid = 0, gid = 0, supplementalGroups = [] } = user.linux
    return [
      ...checkNumber(isValidUserID, uid, at.child('uid')),
      ...checkNumber(isValidGroupID, gid, at.child('gid')),
      ...supplementalGroups.flatMap((group: number, j: number) =>
        checkNumber(isValidGroupID, group, at.child('supplementalGroups').index(j)),
      ),
    ]
  })
}

const healths = ['Healthy', 'Unhealthy', 'Unknown']

/** The health of the devices that containers have (KEP-4680). */
function validateAllocated(statuses: readonly Fields[] = [], at: FieldPath, containers: readonly Fields[] = []): FieldError[] {
  return statuses.flatMap(({ name: container, allocatedResourcesStatus = [] }, i) => {
    const of = containers.find(({ name }) => name === container)
    return allocatedResourcesStatus.flatMap(({ name = '', resources = [] }: Fields, j: number) => {
      const itemPath = at.index(i).child('allocatedResourcesStatus').index(j)
      const fault = of && allocationFault(name, of['resources'] ?? {})
      const errors = fault === undefined ? [] : [invalid(itemPath.child('name'), name, fault)]
      return [...errors, ...validateHealths(resources, itemPath.child('resources'))]
    })
  })
}

function allocationFault(name: string, { requests = {}, claims = [] }: Fields): string | undefined {
  if (!name.startsWith('claim:')) return Object.hasOwn(requests, name) ? undefined : "must match one of the container's resource requests"
  const isClaimed = claims.some((claim: Fields) => name === `claim:${claim['name']}${claim['request'] ? `/${claim['request']}` : ''}`)
  const format = "in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"
  return isClaimed ? undefined : `must match one of the container's resource claims ${format}`
}

function validateHealths(resources: readonly Fields[], at: FieldPath): FieldError[] {
  const ids = new Set<string>()
  return resources.flatMap(({ resourceID = '', health = '' }, i) => {
    const errors = healths.includes(health) ? [] : [notSupported(at.index(i).child('health'), health, healths)]
    if (ids.has(resourceID)) errors.push(duplicate(at.index(i).child('resourceID'), resourceID))
    ids.add(resourceID)
    return errors
  })
}

const forbidAllocated = (statuses: readonly Fields[] = [], at: FieldPath): FieldError[] =>
  statuses.flatMap(({ allocatedResourcesStatus = [] }, i) =>
    allocatedResourcesStatus.length > 0
      ? [forbidden(at.index(i).child('allocatedResourcesStatus'), 'must not be specified in container status')]
      : [],
  )

/** What binding a Pod asks of its target. */
export function validateBinding({ target = {} }: Fields): FieldError[] {
  const { kind = '', name = '' } = target
  return [
    ...(kind === '' || kind === 'Node'
      ? []
      : [{ ...invalid('target.kind', kind, ''), reason: 'FieldValueNotSupported' as const, message: unsupportedKind(kind) }]),
    ...(name === '' ? [required('target.name')] : []),
  ]
}

const unsupportedKind = (kind: string) => `Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`
