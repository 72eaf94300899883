/** IPv4 and IPv6: which of them a Service has, and in which order. This cluster has IPv4 alone. */
import { type FieldError, fieldPath, invalid, notSupported, required } from '../../../apimachinery/field-error.ts'
import type { KubeObject } from '../../../apimachinery/object.ts'
import { newInvalid } from '../../../apimachinery/status-error.ts'
import { type Fields, parseIP, validateLegacyIP, validateOneOf } from '../../../apimachinery/validation/index.ts'
import { isHeadless, sameList } from './traits.ts'

const specPath = fieldPath('spec')
const clusterIPs = specPath.child('clusterIPs')
const familiesPath = specPath.child('ipFamilies')
const policyPath = specPath.child('ipFamilyPolicy')

/** Fills in families and policy; throws a StatusError where they cannot be. 'unchanged': nothing more is to be allocated. */
export function initFamilies(service: KubeObject, old: KubeObject | undefined): 'unchanged' | undefined {
  const { spec } = service as Fields as { spec: Fields }
  const before: Fields | undefined = old?.['spec']
  if (spec['type'] === 'ExternalName') return undefined
  if (before && stillPrefersDualStack(spec, before)) return 'unchanged'
  spec['ipFamilyPolicy'] ??= before?.['ipFamilyPolicy'] ?? (isSelectorless(spec) ? 'RequireDualStack' : 'SingleStack')
  const refuse = (errors: FieldError[]) => {
    if (errors.length > 0) throw newInvalid({ group: '', kind: 'Service' }, service.metadata.name ?? '', errors)
  }
  refuse(validateClusterIPs(spec, before))
  refuse([...(before ? checkReleases(spec, before) : []), ...checkPolicy(spec), ...takeFamiliesOfIPs(spec)])
  if (isSelectorless(spec)) addFamilies(spec)
  else {
    refuse(checkConfigured(spec))
    if (!spec['ipFamilies']?.length) spec['ipFamilies'] = ['IPv4']
  }
  return undefined
}

/** Headless and without a selector: its addresses are somebody else's matter. */
const isSelectorless = ({ clusterIP, selector = {} }: Fields) => clusterIP === 'None' && Object.keys(selector).length === 0

function stillPrefersDualStack(spec: Fields, old: Fields): boolean {
  if (spec['ipFamilyPolicy'] !== 'PreferDualStack' || spec['type'] !== old['type']) return false
  if (!['ClusterIP', 'NodePort', 'LoadBalancer'].includes(spec['type'])) return false
  if (old['ipFamilyPolicy'] !== undefined && old['ipFamilyPolicy'] !== 'PreferDualStack') return false
  return sameList(spec['clusterIPs'], old['clusterIPs']) && sameList(spec['ipFamilies'], old['ipFamilies'])
}

function checkReleases(spec: Fields, old: Fields): FieldError[] {
  const lists = { clusterIPs: 'cluster IP', ipFamilies: 'IP family' }
  return Object.entries(lists).flatMap(([field, name]) => {
    const values: string[] = spec[field] ?? []
    if (spec['ipFamilyPolicy'] === 'SingleStack') {
      if (sameList(values, old[field]) && values.length > 1) spec[field] = values.slice(0, 1)
      return []
    }
    const reduced = values.length > 0 && values.length < (old[field] ?? []).length
    return reduced ? [invalid(policyPath, spec['ipFamilyPolicy'], `must be 'SingleStack' to release the secondary ${name}`)] : []
  })
}

function checkPolicy(spec: Fields): FieldError[] {
  if (spec['ipFamilyPolicy'] !== 'SingleStack') return []
  const text = (what: string) => `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`
  return [
    ...(spec['clusterIPs']?.length === 2 ? [invalid(policyPath, 'SingleStack', text('cluster IPs'))] : []),
    ...(spec['ipFamilies']?.length === 2 ? [invalid(policyPath, 'SingleStack', text('IP families'))] : []),
  ]
}

/** Addresses that are given tell their families. */
function takeFamiliesOfIPs(spec: Fields): FieldError[] {
  const errors: FieldError[] = []
  const ips: string[] = spec['clusterIPs'] ?? []
  for (const [i, ip] of ips.entries()) {
    if (ip === 'None') break
    const family = parseIP(ip)?.family === 6 ? 'IPv6' : 'IPv4'
    if (i < (spec['ipFamilies'] ?? []).length) continue
    if (family === 'IPv6') errors.push(invalid(clusterIPs.index(i), ips, 'IPv6 is not configured on this cluster'))
    else spec['ipFamilies'] = [...(spec['ipFamilies'] ?? []), family]
  }
  return errors
}

function addFamilies(spec: Fields): void {
  if (!spec['ipFamilies']?.length) spec['ipFamilies'] = ['IPv4']
  const families: string[] = spec['ipFamilies']
  if (families.length < 2 && spec['ipFamilyPolicy'] !== 'SingleStack')
    spec['ipFamilies'] = [families[0], families[0] === 'IPv4' ? 'IPv6' : 'IPv4']
}

function checkConfigured(spec: Fields): FieldError[] {
  const families: string[] = spec['ipFamilies'] ?? []
  return [
    ...(spec['ipFamilyPolicy'] === 'RequireDualStack'
      ? [invalid(policyPath, 'RequireDualStack', 'this cluster is not configured for dual-stack services')]
      : []),
    ...families.flatMap((family, i) =>
      family === 'IPv4' ? [] : [invalid(familiesPath.index(i), family, 'not configured on this cluster')],
    ),
  ]
}

/** That clusterIP, clusterIPs, families and policy agree. */
export function validateClusterIPs(spec: Fields, old: Fields | undefined): FieldError[] {
  if (spec['type'] === 'ExternalName') return []
  const { clusterIP = '', ipFamilyPolicy } = spec
  const ips: string[] = spec['clusterIPs'] ?? []
  const families: string[] = spec['ipFamilies'] ?? []
  const errors: FieldError[] = []
  if (clusterIP !== '' && ips.length === 0) errors.push(required(clusterIPs))
  else if (clusterIP !== '' && ips[0] !== clusterIP) errors.push(invalid(clusterIPs, ips, 'first value must match `clusterIP`'))
  else if (clusterIP === '' && ips.length > 0) errors.push(invalid(clusterIPs, ips, 'must be empty when `clusterIP` is not specified'))
  errors.push(...validateFamilies(families))
  if (ipFamilyPolicy !== undefined) {
    errors.push(...validateOneOf(ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack'], policyPath))
  }
  const texts = ips.flatMap((ip, i) => {
    if (i === 0 && ip === 'None') return ips.length > 1 ? [invalid(clusterIPs, ips, "'None' must be the first and only value")] : []
    return validateLegacyIP(ip, clusterIPs.index(i), old?.['clusterIPs'] ?? [])
  })
  errors.push(...texts)
  if (ips.length > 2) errors.push(invalid(clusterIPs, ips, 'may only hold up to 2 values'))
  return texts.length > 0 ? errors : [...errors, ...validateFamiliesOfIPs(spec, ips, families)]
}

function validateFamilies(families: readonly string[]): FieldError[] {
  return families.flatMap((family, i) => [
    ...(['IPv4', 'IPv6'].includes(family) ? [] : [notSupported(familiesPath.index(i), family, ['IPv4', 'IPv6'])]),
    ...(families.indexOf(family) < i ? [{ ...invalid(familiesPath.index(i), family, ''), ...duplicateOf(family) }] : []),
  ])
}

const duplicateOf = (value: string) => ({ reason: 'FieldValueDuplicate' as const, message: `Duplicate value: ${JSON.stringify(value)}` })

function validateFamiliesOfIPs(spec: Fields, ips: readonly string[], families: readonly string[]): FieldError[] {
  const errors: FieldError[] = []
  const found = ips.map((ip) => (parseIP(ip)?.family === 6 ? 'IPv6' : 'IPv4'))
  if (ips.length > 1 && new Set(found).size < 2) {
    errors.push(invalid(clusterIPs, ips, 'may specify no more than one IP for each IP family'))
  }
  if (isHeadless(spec)) return errors
  for (const [i, family] of families.slice(0, ips.length).entries()) {
    if (family === found[i] || !['IPv4', 'IPv6'].includes(family)) continue
    errors.push(invalid(clusterIPs.index(i), ips[i], `expected an ${family} value as indicated by \`ipFamilies[${i}]\``))
  }
  return errors
}

/** Once given, the first address and family stay; a second one may come and go. */
export function validateFamilyChanges(spec: Fields, old: Fields): FieldError[] {
  if (spec['type'] === 'ExternalName' || old['type'] === 'ExternalName') return []
  const [isNow, was] = [isHeadless(spec), isHeadless(old)]
  return [
    ...(isNow && was ? [] : listChanges(spec, old, 'clusterIPs', 'clusterIP')),
    ...(isNow || was ? [] : listChanges(spec, old, 'ipFamilies', 'ipFamily')),
  ]
}

function listChanges(spec: Fields, old: Fields, field: string, name: string): FieldError[] {
  const path = specPath.child(field)
  const values: string[] | undefined = spec[field]
  const before: string[] = old[field] ?? []
  const count = values?.length ?? 0
  const errors: FieldError[] = []
  const firstChanged = before.length > 0 && count > 0 && values![0] !== before[0]
  if (before.length === count) {
    for (const [i, value] of before.entries()) {
      if (value !== values![i]) errors.push(invalid(path.index(field === 'clusterIPs' ? i : 0), values, 'may not change once set'))
    }
    return errors
  }
  if (before.length > count && !spec['clusterIPs']?.length) errors.push(invalid(path.index(0), values, `primary ${name} can not be unset`))
  if (firstChanged) errors.push(invalid(path.index(0), spec['clusterIPs'], 'may not change once set'))
  if (before.length > count && count === 1 && spec['ipFamilyPolicy'] !== 'SingleStack') {
    errors.push(invalid(policyPath, spec['ipFamilyPolicy'], `must be set to 'SingleStack' when releasing the secondary ${name}`))
  }
  return errors
}
