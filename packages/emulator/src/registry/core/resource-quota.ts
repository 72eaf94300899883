import { type FieldError, type FieldPath, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { Fields } from '../../apimachinery/validation/index.ts'
import { keepField } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { validateKubeFinalizers } from './finalizers.ts'
import { compareQuantities, roundUpToMilli, showQuantity } from './quantities.ts'
import { isStandardQuotaName, validateQuotaResourceName, validateResourceQuantity } from './resource-names.ts'

type ResourceList = Record<string, string>
const specPath = fieldPath('spec')
const compute = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']
const ofPods = ['pods', ...compute]

/** Which standard resources a scope can apply to. */
const scopes: Record<string, readonly string[]> = {
  Terminating: ofPods,
  NotTerminating: ofPods,
  BestEffort: ['pods'],
  NotBestEffort: ofPods,
  PriorityClass: ofPods,
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
  CrossNamespacePodAffinity: ofPods,
}
const existential = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity']
const opposites = [
  ['BestEffort', 'NotBestEffort'],
  ['NotTerminating', 'Terminating'],
]
const existsText =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

function validateList(list: ResourceList = {}, path: FieldPath): FieldError[] {
  return Object.entries(list).flatMap(([name, quantity]) => [
    ...validateQuotaResourceName(name, path.key(name)),
    ...validateResourceQuantity(name, quantity, path.key(name)),
  ])
}

/** A scope that is unknown, or that cannot apply to one of the limited resources. */
function validateScope(scope: string, hard: ResourceList, unsupported: FieldError, inapplicable: FieldError): FieldError[] {
  const applicable = scopes[scope]
  const standard = Object.keys(hard).filter(isStandardQuotaName)
  return [
    ...(applicable === undefined ? [unsupported] : []),
    ...standard.filter((name) => applicable !== undefined && !applicable.includes(name)).map(() => inapplicable),
  ]
}

const conflicts = (names: readonly string[], error: FieldError) =>
  opposites.filter((pair) => pair.every((name) => names.includes(name))).map(() => error)

function validateScopes({ hard = {}, scopes: names = [] }: Fields): FieldError[] {
  const path = specPath.child('scopes')
  const refuse = (text: string) => invalid(path, names, text)
  return [
    ...names.flatMap((scope: string) =>
      validateScope(scope, hard, refuse('unsupported scope'), refuse('unsupported scope applied to resource')),
    ),
    ...conflicts(names, refuse('conflicting scopes')),
  ]
}

function validateScopeSelector({ hard = {}, scopes: names, scopeSelector }: Fields): FieldError[] {
  if (!scopeSelector) return []
  const path = specPath.child('scopeSelector', 'matchExpressions')
  const requirements: Fields[] = scopeSelector.matchExpressions ?? []
  const shown = {
    MatchExpressions: requirements.map(({ scopeName = '', operator = '', values }) => ({
      ScopeName: scopeName,
      Operator: operator,
      Values: values ?? null,
    })),
  }
  const errors = requirements.flatMap(({ scopeName = '', operator = '', values = [] }) => [
    ...validateScope(
      scopeName,
      hard,
      invalid(path.child('scopeName'), scopeName, 'unsupported scope'),
      invalid(path, shown, 'unsupported scope applied to resource'),
    ),
    ...(existential.includes(scopeName) && operator !== 'Exists' ? [invalid(path.child('operator'), operator, existsText)] : []),
    ...validateValues(operator, values, path),
  ])
  const selected = requirements.map(({ scopeName }) => scopeName)
  return [...errors, ...conflicts(selected, invalid(specPath.child('scopeSelector', 'matchExpressions'), names, 'conflicting scopes'))]
}

function validateValues(operator: string, values: readonly string[], path: FieldPath): FieldError[] {
  const at = path.child('values')
  if (operator === 'In' || operator === 'NotIn') {
    return values.length > 0 ? [] : [required(at, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")]
  }
  if (operator !== 'Exists' && operator !== 'DoesNotExist')
    return [invalid(path.child('operator'), operator, 'not a valid selector operator')]
  return values.length === 0
    ? []
    : [invalid(at, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector")]
}

const validateSpec = (spec: Fields = {}) => [
  ...validateList(spec['hard'], specPath.child('hard')),
  ...validateScopes(spec),
  ...validateScopeSelector(spec),
]

function validateStatus({ status = {} }: KubeObject): FieldError[] {
  return ['hard', 'used'].flatMap((list) => validateList(status[list], fieldPath('status').child(list)))
}

function validateUpdate({ metadata, spec }: KubeObject, old: KubeObject): FieldError[] {
  const names: string[] = spec?.scopes ?? []
  const sorted = (list: readonly string[] = []) => [...new Set(list)].sort().join()
  const changed = sorted(names) !== sorted(old['spec']?.scopes)
  return [
    ...validateKubeFinalizers(metadata),
    ...validateSpec(spec),
    ...(changed ? [invalid(specPath.child('scopes'), spec?.scopes, 'field is immutable')] : []),
  ]
}

/** Requests that exceed the limits of the same resource can never be used up. */
function warnings({ spec = {} }: KubeObject): string[] {
  const hard: ResourceList = spec.hard ?? {}
  return ['cpu', 'memory', 'storage', 'ephemeral-storage'].flatMap((name) => {
    const plain = name === 'cpu' || name === 'memory'
    const requestName = hard[`requests.${name}`] === undefined && plain ? name : `requests.${name}`
    const [request, limit] = [hard[requestName], hard[`limits.${name}`]]
    if (request === undefined || limit === undefined || compareQuantities(request, limit) <= 0) return []
    return [`ResourceQuota ${requestName} (${showQuantity(request)}) should be less than limits.${name} (${showQuantity(limit)})`]
  })
}

export const resourceQuotaStrategy: Strategy = {
  applyDefaults({ spec, status }) {
    for (const list of [spec?.hard, status?.hard, status?.used]) {
      for (const [name, quantity] of Object.entries(list ?? {})) list[name] = roundUpToMilli(quantity as string)
    }
  },
  prepareForCreate(quota) {
    quota['status'] = {}
  },
  prepareForUpdate: (quota, old) => keepField(quota, old, 'status'),
  validate: (quota) => [...validateKubeFinalizers(quota.metadata), ...validateSpec(quota['spec']), ...validateStatus(quota)],
  validateUpdate,
  warningsOnCreate: warnings,
  returnsDeletedObject: true,
  status: {
    prepareForUpdate: (quota, old) => keepField(quota, old, 'spec'),
    validateUpdate: (quota) => [
      ...validateKubeFinalizers(quota.metadata),
      ...(quota.metadata.resourceVersion ? [] : [required('resourceVersion')]),
      ...validateStatus(quota),
    ],
  },
}
