import { type FieldError, type FieldPath, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type LabelSelector, pathSegmentName, validateLabelSelector } from '../../apimachinery/validation/index.ts'
import type { PolicyRule } from '../../authorization/rbac/policy-rule.ts'
import type { Strategy } from '../strategy.ts'
import { validateAsNew } from './metadata.ts'

/** Roles (kubernetes, pkg/apis/rbac/validation). */
export const roleStrategy: Strategy = {
  // A prefix of generated names is checked as a name, too.
  metadataChecksOnUpdate: [],
  nameRule: (name) => pathSegmentName(name, false),
  allowCreateOnUpdate: true,
  validate: (role) => validateRules(role, true),
  validateUpdate: (role, old) => validateAsNew(role, old, true, validateRules(role, true)),
}

/** ClusterRoles: as Roles, with URLs and with an aggregation rule. */
export const clusterRoleStrategy: Strategy = {
  // A prefix of generated names is checked as a name, too.
  metadataChecksOnUpdate: [],
  nameRule: (name) => pathSegmentName(name, false),
  allowCreateOnUpdate: true,
  validate: (role) => [...validateRules(role, false), ...validateAggregation(role)],
  validateUpdate: (role, old) =>
    validateAsNew(role, old, false, [...validateRules(role, false), ...validateAggregation(role, hasInvalidSelector(old))]),
}

function validateRules({ rules }: KubeObject, namespaced: boolean): FieldError[] {
  return ((rules ?? []) as PolicyRule[]).flatMap((rule, i) => validateRule(rule, namespaced, fieldPath('rules').index(i)))
}

function validateRule(rule: PolicyRule, namespaced: boolean, path: FieldPath): FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule
  const errors: FieldError[] = []
  if (isEmpty(verbs)) errors.push(required(path.child('verbs'), 'verbs must contain at least one value'))
  if (!isEmpty(nonResourceURLs)) {
    const urls = path.child('nonResourceURLs')
    if (namespaced) errors.push(invalid(urls, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'))
    if (![apiGroups, resources, resourceNames].every(isEmpty)) {
      errors.push(invalid(urls, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'))
    }
    return errors
  }
  if (isEmpty(apiGroups)) errors.push(required(path.child('apiGroups'), 'resource rules must supply at least one api group'))
  if (isEmpty(resources)) errors.push(required(path.child('resources'), 'resource rules must supply at least one resource'))
  return errors
}

const isEmpty = (list: readonly string[] | null) => list === null || list.length === 0

function validateAggregation({ aggregationRule }: KubeObject, allowInvalidValues = false): FieldError[] {
  if (aggregationRule === undefined || aggregationRule === null) return []
  const path = fieldPath('aggregationRule').child('clusterRoleSelectors')
  const selectors: LabelSelector[] = aggregationRule.clusterRoleSelectors ?? []
  if (selectors.length === 0) return [required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')]
  return selectors.flatMap((selector, i) => {
    const at = path.index(i)
    const errors = validateLabelSelector(selector, at, { allowInvalidValues })
    return validateLabelSelector(selector, at).length === 0 ? errors : [...errors, invalid(at, null, 'invalid label selector.')]
  })
}

function hasInvalidSelector({ aggregationRule }: KubeObject): boolean {
  const selectors: LabelSelector[] = aggregationRule?.clusterRoleSelectors ?? []
  return selectors.some((selector) => validateLabelSelector(selector, fieldPath()).length > 0)
}
