import { duplicate, type FieldError, type FieldPath, fieldPath, forbidden, internalError, invalid } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { quote } from '../../apimachinery/quote.ts'
import {
  byteLength,
  cidrWarnings,
  type Fields,
  isLabelValue,
  nameIsDNSSubdomain,
  parseCIDR,
  validateLabelName,
  validateLegacyCIDR,
} from '../../apimachinery/validation/index.ts'
import { keepField } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { validateKubeFinalizers } from './finalizers.ts'
import { validateMetadataAgain, validateMetadataUpdateAgain } from './metadata.ts'
import { validateTaintEffect } from './pod/tolerations.ts'
import { roundUpToMilli } from './quantities.ts'
import { validateResourceQuantity } from './resource-names.ts'

const specPath = fieldPath('spec')
const statusPath = fieldPath('status')
/** Taints and swap are reported below metadata. */
const metadataPath = fieldPath('metadata')

function applyDefaults({ spec = {}, status }: KubeObject): void {
  const { podCIDR = '', podCIDRs = [] } = spec
  if (podCIDR !== '' && podCIDRs[0] !== podCIDR) spec.podCIDRs = [podCIDR]
  else if (podCIDRs.length > 0) spec.podCIDR = podCIDRs[0]
  for (const list of [status?.capacity, status?.allocatable]) {
    for (const [name, quantity] of Object.entries(list ?? {})) list[name] = roundUpToMilli(quantity as string)
  }
  if (status?.capacity && !status.allocatable) status.allocatable = { ...status.capacity }
}

function validateTaints(taints: readonly Fields[]): FieldError[] {
  const seen = new Set<string>()
  return taints.flatMap(({ key = '', value = '', effect = '', timeAdded }, i) => {
    const at = metadataPath.child('taints').index(i)
    const texts = isLabelValue(value)
    const errors = [
      ...validateLabelName(key, at.child('key')),
      ...(texts.length === 0 ? [] : [invalid(at.child('value'), value, texts.join(';'))]),
      ...validateTaintEffect(effect, at.child('effect')),
    ]
    const id = `${effect} ${key}`
    if (seen.has(id)) {
      const error = duplicate(at, { Key: key, Value: value, Effect: effect, TimeAdded: timeAdded ?? null })
      errors.push({ ...error, message: `${error.message}: taints must be unique by key and effect pair` })
    }
    seen.add(id)
    return errors
  })
}

function validateResources({ status = {} }: KubeObject): FieldError[] {
  return ['capacity', 'allocatable'].flatMap((list) =>
    Object.entries<string>(status[list] ?? {}).flatMap(([name, quantity]) =>
      validateResourceQuantity(name, quantity, statusPath.child(list, name)),
    ),
  )
}

const featurePattern = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*$/

function validateFeatures(features: readonly string[] = []): FieldError[] {
  const at = statusPath.child('declaredFeatures')
  return features.flatMap((feature, i) => {
    const next = features[i + 1]
    return [
      ...validateFeatureName(feature, at.index(i)),
      ...(next === feature ? [duplicate(at.index(i + 1), next)] : []),
      ...(next !== undefined && feature > next ? [invalid(at.index(i + 1), next, 'list must be sorted alphabetically')] : []),
    ]
  })
}

function validateFeatureName(name: string, path: FieldPath): FieldError[] {
  const refuse = (text: string) => [invalid(path, name, `invalid feature name ${quote(name)}: ${text}`)]
  if (byteLength(name) > 253) return refuse('must be no more than 253 characters')
  if (featurePattern.test(name)) return []
  return refuse(
    "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes",
  )
}

function validatePodCIDRs(cidrs: readonly string[] = []): FieldError[] {
  const at = specPath.child('podCIDRs')
  const errors = cidrs.flatMap((cidr, i) => validateLegacyCIDR(cidr, at.index(i)))
  if (cidrs.length < 2) return errors
  const families = cidrs.map((cidr) => parseCIDR(cidr)?.address.family)
  const broken = families.indexOf(undefined)
  if (broken >= 0) {
    const cause = `invalid CIDR[${broken}]: <nil> (invalid CIDR address: ${cidrs[broken]})`
    errors.push(internalError(at, `invalid PodCIDRs. failed to check with dual stack with error:${cause}`))
  } else if (cidrs.length === 2 && families[0] !== families[1]) return errors
  return [...errors, invalid(at, cidrs, 'may specify no more than one CIDR for each IP family')]
}

function validateContent(node: KubeObject): FieldError[] {
  const { spec = {}, status = {} } = node
  const swap: number | undefined = status.nodeInfo?.swap?.capacity
  return [
    ...validateTaints(spec.taints ?? []),
    ...validateResources(node),
    ...(swap !== undefined && swap <= 0
      ? [invalid(metadataPath.child('nodeSwapStatus', 'capacity'), swap, 'must be greater than zero')]
      : []),
    ...validateFeatures(status.declaredFeatures),
    ...validatePodCIDRs(spec.podCIDRs),
  ]
}

/** What an update and a status update may not do alike. */
function validateChanges(node: KubeObject, old: KubeObject): FieldError[] {
  const { spec = {}, status = {} } = node
  const before: Fields = old['spec'] ?? {}
  const only = (field: string) => `node updates may not change ${field} except from "" to valid`
  const cidrsPath = specPath.child('podCIDRs')
  const oldCIDRs: string[] = before['podCIDRs'] ?? []
  const cidrs: string[] = spec.podCIDRs ?? []
  const changed = oldCIDRs.length === 0 ? 0 : oldCIDRs.length === cidrs.length ? oldCIDRs.filter((cidr, i) => cidr !== cidrs[i]).length : 1
  return [
    ...validateResources(node),
    ...validateFeatures(status.declaredFeatures),
    ...validateAddresses(status.addresses ?? []),
    ...Array.from({ length: changed }, () => forbidden(cidrsPath, only('podCIDR'))),
    ...(before['providerID'] && before['providerID'] !== spec.providerID
      ? [forbidden(specPath.child('providerID'), only('providerID'))]
      : []),
    ...validateTaints(spec.taints ?? []),
    ...((spec.externalID ?? '') === (before['externalID'] ?? '') ? [] : [forbidden(specPath.child('externalID'), 'may not be updated')]),
  ]
}

function validateAddresses(addresses: readonly Fields[]): FieldError[] {
  const seen = new Set<string>()
  return addresses.flatMap(({ type = '', address = '' }, i) => {
    const id = `${type} ${address}`
    const repeated = seen.has(id)
    seen.add(id)
    return repeated ? [duplicate(statusPath.child('addresses').index(i), { Type: type, Address: address })] : []
  })
}

function warnings({ spec = {} }: KubeObject): string[] {
  return [
    ...(spec.configSource ? ['spec.configSource: the feature is removed'] : []),
    ...(spec.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []),
    ...(spec.podCIDRs ?? []).flatMap((cidr: string, i: number) => cidrWarnings(cidr, specPath.child('podCIDRs').index(i))),
  ]
}

export const nodeStrategy: Strategy = {
  applyDefaults,
  prepareForCreate({ spec = {}, status = {} }) {
    delete spec.configSource
    delete status.config
  },
  prepareForUpdate(node, old) {
    keepField(node, old, 'status')
    if (!old['spec']?.configSource) delete node['spec']?.configSource
  },
  metadataChecksOnUpdate: [],
  validate: (node) => [...validateKubeFinalizers(node.metadata), ...validateContent(node)],
  validateUpdate: (node, old) => [
    ...validateMetadataAgain(node, nameIsDNSSubdomain, false),
    ...validateContent(node),
    ...validateMetadataUpdateAgain(node, old),
    ...validateChanges(node, old),
  ],
  warningsOnCreate: warnings,
  warningsOnUpdate: warnings,
  selectableFields: ({ spec = {} }) => ({ 'spec.unschedulable': String(spec.unschedulable === true) }),
  selectableFieldNames: ['spec.unschedulable'],
  status: {
    prepareForUpdate(node, old) {
      keepField(node, old, 'spec')
      if (!old['status']?.config) delete node['status']?.config
    },
    validateUpdate: (node, old) => [...validateKubeFinalizers(node.metadata), ...validateChanges(node, old)],
  },
}
