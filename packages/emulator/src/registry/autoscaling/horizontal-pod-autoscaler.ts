/**
 * HorizontalPodAutoscalers (apis/autoscaling, registry/autoscaling/horizontalpodautoscaler). Clients write v1 or v2; the rules are those
 * of v2, so that an object in v1 is converted for them, and back.
 */
import { deepCopy } from '../../apimachinery/deep-copy.ts'
import { type FieldError, type FieldPath, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { emptiedMember } from '../../apimachinery/scheme/emptied.ts'
import { type Fields, validateOneOf } from '../../apimachinery/validation/index.ts'
import { validateNonNegativeQuantity } from '../core/resource-names.ts'
import { nonNegativeFields } from '../field-checks.ts'
import { keepField, statusOnly } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { autoscalerToV1, autoscalerToV2, roundTrip, withoutRoundTrip } from './convert.ts'
import { validateMetrics } from './metrics.ts'
import { type ReferenceOptions, targetVersionError, validateTargetReference } from './target-reference.ts'

const specPath = fieldPath('spec')
const v1 = 'autoscaling/v1'

const asV2 = (object: KubeObject): KubeObject => (object.apiVersion === v1 ? autoscalerToV2(object) : object)

/** Lets an object in v1 be changed as if it were v2. */
function changeAsV2(object: KubeObject, change: (v2: KubeObject) => void): void {
  const v2 = asV2(object)
  change(v2)
  if (v2 === object) return
  replaceFields(object, autoscalerToV1(v2))
}

/** Makes an object into another, its metadata remaining the one that the registry holds. */
function replaceFields(object: KubeObject, { metadata, ...fields }: KubeObject): void {
  for (const field of Object.keys(object)) if (field !== 'metadata') delete object[field]
  Object.assign(object, fields)
  if (metadata.annotations === undefined) delete object.metadata.annotations
  else object.metadata.annotations = metadata.annotations
}

const defaultRules: Record<'scaleUp' | 'scaleDown', Fields> = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  },
  scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
}

function applyDefaults(object: KubeObject): void {
  object['spec'] ??= {}
  const { spec } = object
  spec.minReplicas ??= 1
  // What has no field in v1 becomes an annotation, and metrics that are not given become the default one.
  if (object.apiVersion === v1) {
    replaceFields(object, autoscalerToV1(autoscalerToV2(object)))
    return
  }
  object.metadata = withoutRoundTrip(object.metadata)
  if (!spec.metrics?.length) {
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }]
  }
  if (!spec.behavior) return
  for (const [direction, rules] of Object.entries(defaultRules)) {
    const given: Fields = spec.behavior[direction] ?? {}
    const { policies: _, ...others } = deepCopy(rules)
    // An empty list of policies is not one that was left out.
    const own = emptiedMember(given, 'policies') === undefined ? deepCopy(rules) : others
    spec.behavior[direction] = { ...own, ...given }
  }
}

interface Options {
  minReplicas: number
  target: ReferenceOptions
  metrics: ReferenceOptions
}

function optionsFor({ spec }: KubeObject, old?: Fields): Options {
  const { kind, apiVersion } = spec.scaleTargetRef ?? {}
  const { kind: oldKind, apiVersion: oldVersion } = old?.['scaleTargetRef'] ?? {}
  const sameTarget = old !== undefined && kind === oldKind && apiVersion === oldVersion
  const metrics = { allowEmptyGroup: true, allowInvalidVersion: false }
  const oldMetrics: Fields[] = old?.['metrics'] ?? []
  const hadInvalid = oldMetrics.some(
    ({ type, object }) =>
      type === 'Object' && object && targetVersionError(object.describedObject?.apiVersion ?? '', metrics) !== undefined,
  )
  return {
    minReplicas: old?.['minReplicas'] === 0 ? 0 : 1,
    target: { allowEmptyGroup: kind === 'ReplicationController', allowInvalidVersion: sameTarget },
    metrics: { ...metrics, allowInvalidVersion: hadInvalid },
  }
}

function validate({ spec }: KubeObject, options: Options): FieldError[] {
  return [
    ...validateReplicas(spec, options.minReplicas),
    ...validateTargetReference(spec.scaleTargetRef ?? {}, specPath.child('scaleTargetRef'), options.target),
    ...validateMetrics(spec.metrics ?? [], spec.minReplicas, specPath.child('metrics'), options.metrics),
    ...Object.keys(defaultRules).flatMap((direction) =>
      spec.behavior?.[direction] ? validateRules(spec.behavior[direction], specPath.child('behavior', direction)) : [],
    ),
  ]
}

function validateReplicas({ minReplicas, maxReplicas = 0 }: Fields, lowest: number): FieldError[] {
  const [minPath, maxPath] = [specPath.child('minReplicas'), specPath.child('maxReplicas')]
  const errors = minReplicas < lowest ? [invalid(minPath, minReplicas, `must be greater than or equal to ${lowest}`)] : []
  if (maxReplicas === 0) errors.push(required(maxPath, 'must be set and greater than 0'))
  else if (maxReplicas < 0) errors.push(invalid(maxPath, maxReplicas, 'must be greater than or equal to 1'))
  if (maxReplicas < minReplicas) errors.push(invalid(maxPath, maxReplicas, 'must be greater than or equal to `minReplicas`'))
  return errors
}

function validateRules(rules: Fields, path: FieldPath): FieldError[] {
  const { stabilizationWindowSeconds: window, selectPolicy, policies, tolerance } = rules
  const at = path.child('stabilizationWindowSeconds')
  const list: Fields[] = policies ?? []
  const errors: FieldError[] = []
  if (window < 0) errors.push(invalid(at, window, 'must be greater than or equal to zero'))
  if (window > 3600) errors.push(invalid(at, window, 'must be less than or equal to 3600'))
  if (selectPolicy !== undefined) errors.push(...validateOneOf(selectPolicy, ['Disabled', 'Max', 'Min'], path.child('selectPolicy')))
  if (list.length === 0) errors.push(required(path.child('policies'), 'must specify at least one Policy'))
  errors.push(...list.flatMap((policy, i) => validatePolicy(policy, path.child('policies').index(i))))
  return tolerance === undefined ? errors : [...errors, ...validateNonNegativeQuantity(tolerance, path.child('tolerance'))]
}

function validatePolicy({ type = '', value = 0, periodSeconds = 0 }: Fields, path: FieldPath): FieldError[] {
  const period = path.child('periodSeconds')
  return [
    ...validateOneOf(type, ['Percent', 'Pods'], path.child('type')),
    ...(value <= 0 ? [invalid(path.child('value'), value, 'must be greater than zero')] : []),
    ...(periodSeconds <= 0 ? [invalid(period, periodSeconds, 'must be greater than zero')] : []),
    ...(periodSeconds > 1800 ? [invalid(period, periodSeconds, 'must be less than or equal to 1800')] : []),
  ]
}

export const horizontalPodAutoscaler: Strategy = {
  encodingAnnotations: roundTrip,
  applyDefaults,
  prepareForCreate: (object) =>
    changeAsV2(object, (v2) => {
      v2['status'] = { desiredReplicas: 0, currentMetrics: null }
    }),
  prepareForUpdate: (object, old) => changeAsV2(object, (v2) => keepField(v2, asV2(old), 'status')),
  validate(object) {
    const v2 = asV2(object)
    return validate(v2, optionsFor(v2))
  },
  validateUpdate(object, old) {
    const v2 = asV2(object)
    return validate(v2, optionsFor(v2, asV2(old)['spec']))
  },
  status: {
    prepareForUpdate: (object, old, context) => changeAsV2(object, (v2) => statusOnly.prepareForUpdate(v2, asV2(old), context)),
    validateUpdate: (object) =>
      nonNegativeFields(asV2(object)['status'] ?? {}, fieldPath('status'), ['currentReplicas', 'desiredReplicas']),
  },
}
