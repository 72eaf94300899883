/** Requests, limits and claims of containers and Pods. */
import { duplicate, type FieldError, type FieldPath, forbidden, invalid, notFound, required } from '../../../apimachinery/field-error.ts'
import { emptiedMember } from '../../../apimachinery/scheme/emptied.ts'
import { type Fields, validateDNS1123Label } from '../../../apimachinery/validation/index.ts'
import { compareQuantities, showQuantity } from '../quantities.ts'
import {
  hugePagesDivide,
  isHugePageName,
  isOvercommitAllowed,
  validateContainerResourceName,
  validatePodResourceName,
  validateResourceQuantity,
} from '../resource-names.ts'
import { aggregateResources } from './defaults.ts'
import type { PodValidationOptions } from './options.ts'

interface ResourceContext {
  validateName: (name: string, path: FieldPath) => FieldError[]
  claimNames: readonly string[]
  options: PodValidationOptions
}

export function validateContainerResources(
  resources: Fields | undefined,
  path: FieldPath,
  claimNames: readonly string[],
  options: PodValidationOptions,
): FieldError[] {
  return validateRequirements(resources ?? {}, path, { validateName: validateContainerResourceName, claimNames, options })
}

function validateRequirements(resources: Fields, path: FieldPath, context: ResourceContext): FieldError[] {
  const limits: Record<string, string> = resources.limits ?? {}
  const requests: Record<string, string> = resources.requests ?? {}
  const errors: FieldError[] = []
  for (const [name, quantity] of Object.entries(limits)) {
    const at = path.child('limits').key(name)
    errors.push(
      ...context.validateName(name, at),
      ...validateResourceQuantity(name, quantity, at),
      ...validateHugePages(name, quantity, at, context),
    )
  }
  for (const [name, quantity] of Object.entries(requests)) {
    const at = path.child('requests').key(name)
    errors.push(...context.validateName(name, at), ...validateResourceQuantity(name, quantity, at))
    errors.push(...validateRequestWithinLimit(name, quantity, limits[name], path), ...validateHugePages(name, quantity, at, context))
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  if (names.some(isHugePageName) && !names.includes('cpu') && !names.includes('memory')) {
    errors.push(forbidden(path, 'HugePages require cpu or memory'))
  }
  return [...errors, ...validateClaims(resources.claims ?? [], path.child('claims'), context.claimNames)]
}

function validateRequestWithinLimit(name: string, request: string, limit: string | undefined, path: FieldPath): FieldError[] {
  const overcommit = isOvercommitAllowed(name)
  if (limit === undefined) return overcommit ? [] : [required(path.child('limits'), 'Limit must be set for non overcommitable resources')]
  const order = compareQuantities(request, limit)
  const relation = order !== 0 && !overcommit ? 'equal to' : order > 0 ? 'less than or equal to' : undefined
  if (relation === undefined) return []
  return [invalid(path.child('requests'), showQuantity(request), `must be ${relation} ${name} limit of ${showQuantity(limit)}`)]
}

function validateHugePages(name: string, quantity: string, path: FieldPath, { options }: ResourceContext): FieldError[] {
  if (!isHugePageName(name) || options.allowIndivisibleHugePages || hugePagesDivide(name, quantity)) return []
  const shown = showQuantity(quantity)
  return [invalid(path, shown, `${shown} is not positive integer multiple of ${name}`)]
}

function validateClaims(claims: readonly Fields[], path: FieldPath, claimNames: readonly string[]): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, { name = '', request = '' }] of claims.entries()) {
    const at = path.index(i)
    if (name === '') {
      errors.push(required(at))
      continue
    }
    if (seen.has(name)) errors.push(duplicate(at, name))
    else {
      const key = request === '' ? name : `${name}/${request}`
      if (request !== '') errors.push(...validateDNS1123Label(request, at.child('request')))
      if (seen.has(key)) errors.push(duplicate(at, key))
      else if (request === '') for (const other of seen) if (other.startsWith(`${name}/`)) errors.push(duplicate(at, name))
      seen.add(key)
    }
    if (!claimNames.includes(name)) errors.push(unknownClaim(at, name, claimNames))
  }
  return errors
}

function unknownClaim(path: FieldPath, name: string, claimNames: readonly string[]): FieldError {
  const error = notFound(path, name)
  const known = claimNames.length === 0 ? ' which is empty' : `: ${[...new Set(claimNames)].sort().join(', ')}`
  return { ...error, message: `${error.message}: must be one of the names in pod.spec.resourceClaims${known}` }
}

/** A Pod's own resources, and that they leave room for those of its containers. */
export function validatePodResources(
  spec: Fields,
  path: FieldPath,
  claimNames: readonly string[],
  options: PodValidationOptions,
): FieldError[] {
  const { resources } = spec
  if (!resources) return []
  const at = path.child('resources')
  if (spec.os?.name === 'windows') return [forbidden(at, 'may not be set for a windows pod')]
  return [
    ...((resources.claims ?? emptiedMember(resources, 'claims'))
      ? [forbidden(at.child('claims'), 'claims may not be set for Resources at pod-level')]
      : []),
    ...validateRequirements(resources, at, { validateName: validatePodResourceName, claimNames, options }),
    ...validateConsistency(spec, at),
  ]
}

function validateConsistency(spec: Fields, path: FieldPath): FieldError[] {
  const { requests = {}, limits = {} } = spec.resources
  const errors: FieldError[] = []
  const compare = (needed: string, given: string | undefined, at: FieldPath, what: string) => {
    if (given === undefined || compareQuantities(needed, given) <= 0) return
    errors.push(invalid(at, showQuantity(given), `must be greater than or equal to aggregate container ${what} of ${showQuantity(needed)}`))
  }
  for (const [name, needed] of Object.entries(aggregateResources(spec, 'requests'))) {
    compare(needed, requests[name], path.child('requests').key(name), 'requests')
  }
  for (const [name, needed] of Object.entries(aggregateResources(spec, 'limits'))) {
    if (isHugePageName(name)) compare(needed, limits[name], path.child('limits').key(name), 'limits')
  }
  for (const [i, container] of (spec.containers ?? []).entries()) {
    for (const [name, limit] of Object.entries<string>(container.resources?.limits ?? {})) {
      if (limits[name] === undefined || compareQuantities(limit, limits[name]) <= 0) continue
      const at = path.child('containers').index(i).key(name).child('limits')
      errors.push(invalid(at, showQuantity(limit), `must be less than or equal to pod limits of ${showQuantity(limits[name])}`))
    }
  }
  return errors
}
