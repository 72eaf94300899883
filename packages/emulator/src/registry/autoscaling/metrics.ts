/** What an autoscaler may measure and aim at (autoscaling/validation). */
import { type FieldError, type FieldPath, forbidden, invalid, notSupported, required } from '../../apimachinery/field-error.ts'
import { check, type Fields, pathSegmentName, validateDNS1123Label, validateOneOf } from '../../apimachinery/validation/index.ts'
import { isPositive } from '../core/quantities.ts'
import { validateContainerResourceName } from '../core/resource-names.ts'
import { type ReferenceOptions, validateTargetReference } from './target-reference.ts'

type SourceRule = (source: Fields, path: FieldPath, options: ReferenceOptions) => FieldError[]

const metricTypes = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']

/** In the order in which the server looks for them. */
const sources: Record<string, SourceRule> = {
  object: ({ describedObject = {}, metric, target = {} }, path, options) => [
    ...validateTargetReference(describedObject, path.child('describedObject'), options),
    ...validateMetricName(metric, path),
    ...validateTarget(target, path.child('target')),
    ...requireOne(target, ['value', 'averageValue'], path, 'averageValue', 'must set either a target value or averageValue'),
  ],
  external: ({ metric, target = {} }, path) => [
    ...validateMetricName(metric, path),
    ...validateTarget(target, path.child('target')),
    ...requireOne(target, ['value', 'averageValue'], path, 'averageValue', 'must set either a target value for metric or a per-pod target'),
    ...forbidBoth(target, ['value', 'averageValue'], path, 'value', 'may not set both a target value for metric and a per-pod target'),
  ],
  pods: ({ metric, target = {} }, path) => [
    ...validateMetricName(metric, path),
    ...validateTarget(target, path.child('target')),
    ...requireOne(target, ['averageValue'], path, 'averageValue', 'must specify a positive target averageValue'),
  ],
  resource: ({ name = '', target = {} }, path) => [
    ...(name === '' ? [required(path.child('name'), 'must specify a resource name')] : []),
    ...validateUtilization(target, path),
  ],
  containerResource: ({ name = '', container = '', target = {} }, path) => [
    ...(name === ''
      ? [required(path.child('name'), 'must specify a resource name')]
      : validateContainerResourceName(name, path.child('name'))),
    ...(container === ''
      ? [required(path.child('container'), 'must specify a container')]
      : validateDNS1123Label(container, path.child('container'))),
    ...validateUtilization(target, path),
  ],
}

export function validateMetrics(
  metrics: Fields[],
  minReplicas: number | undefined,
  path: FieldPath,
  options: ReferenceOptions,
): FieldError[] {
  const errors = metrics.flatMap((metric, i) => validateMetric(metric, path.index(i), options))
  if (minReplicas !== 0 || metrics.some(({ type }) => type === 'Object' || type === 'External')) return errors
  return [...errors, forbidden(path, 'must specify at least one Object or External metric to support scaling to zero replicas')]
}

function validateMetric(metric: Fields, path: FieldPath, options: ReferenceOptions): FieldError[] {
  const type: string = metric['type'] ?? ''
  const typePath = path.child('type')
  const known = metricTypes.includes(type)
  const expected = known ? type.charAt(0).toLowerCase() + type.slice(1) : ''
  const present = Object.keys(sources).filter((source) => metric[source] !== undefined)
  const [first] = present
  const errors = type === '' ? [required(typePath, 'must specify a metric source type')] : []
  errors.push(...validateOneOf(type, metricTypes, typePath))
  if (first !== undefined) errors.push(...sources[first]!(metric[first] ?? {}, path.child(first), options))
  if (!known) errors.push(notSupported(typePath, type, metricTypes))
  else if (!present.includes(expected)) {
    errors.push(required(path.child(expected), 'must populate information for the given metric source'))
  }
  if (present.length === 1) return errors
  const extra = present.filter((source) => source !== expected)
  return [...errors, ...extra.map((source) => forbidden(path.child(source), 'must populate the given metric source only'))]
}

function validateMetricName({ name = '' }: Fields = {}, path: FieldPath): FieldError[] {
  const at = path.child('metric', 'name')
  return name === '' ? [required(at, 'must specify a metric name')] : check((value) => pathSegmentName(value, false), name, at)
}

function validateTarget({ type = '', value, averageValue, averageUtilization }: Fields, path: FieldPath): FieldError[] {
  const typePath = path.child('type')
  const known = ['Utilization', 'Value', 'AverageValue'].includes(type)
  return [
    ...(type === '' ? [required(typePath, 'must specify a metric target type')] : []),
    ...(known ? [] : [invalid(typePath, type, 'must be either Utilization, Value, or AverageValue')]),
    ...validatePositive(value, path.child('value')),
    ...validatePositive(averageValue, path.child('averageValue')),
    ...(averageUtilization < 1 ? [invalid(path.child('averageUtilization'), averageUtilization, 'must be greater than 0')] : []),
  ]
}

const validatePositive = (quantity: string | undefined, path: FieldPath): FieldError[] =>
  quantity === undefined || isPositive(quantity) ? [] : [invalid(path, quantity, 'must be positive')]

const requireOne = (target: Fields, fields: string[], path: FieldPath, field: string, text: string): FieldError[] =>
  fields.some((each) => target[each] !== undefined) ? [] : [required(path.child('target', field), text)]

const forbidBoth = (target: Fields, fields: string[], path: FieldPath, field: string, text: string): FieldError[] =>
  fields.every((each) => target[each] !== undefined) ? [forbidden(path.child('target', field), text)] : []

function validateUtilization(target: Fields, path: FieldPath): FieldError[] {
  const fields = ['averageUtilization', 'averageValue']
  return [
    ...validateTarget(target, path.child('target')),
    ...requireOne(target, fields, path, 'averageUtilization', 'must set either a target raw value or a target utilization'),
    ...forbidBoth(target, fields, path, 'averageValue', 'may not set both a target raw value and a target utilization'),
  ]
}
