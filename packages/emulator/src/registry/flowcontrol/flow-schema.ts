/** FlowSchemas (apis/flowcontrol, registry/flowcontrol/flowschema). */
import { type FieldError, fieldPath, invalid, notSupported, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type Fields, validateDNS1123Subdomain } from '../../apimachinery/validation/index.ts'
import { showInternal } from '../internal-values.ts'
import { differ, specAndStatus } from '../spec-and-status.ts'
import type { Strategy, StrategyContext } from '../strategy.ts'
import { validateFlowRule } from './flow-rules.ts'
import { flowStatus } from './flow-status.ts'

const path = fieldPath('spec')
const precedencePath = path.child('matchingPrecedence')
const methods = ['ByNamespace', 'ByUser']
const maxPrecedence = 10_000
const mandatory = ['exempt', 'catch-all']

function validateSpec(spec: Fields, name: string): FieldError[] {
  const { matchingPrecedence: precedence = 0, distinguisherMethod: method, priorityLevelConfiguration: level, rules } = spec
  const methodPath = path.child('distinguisherMethod').child('type')
  const levelPath = path.child('priorityLevelConfiguration').child('name')
  return [
    ...(precedence <= 0 ? [invalid(precedencePath, precedence, 'must be a positive value')] : []),
    ...(precedence > maxPrecedence ? [invalid(precedencePath, precedence, `must not be greater than ${maxPrecedence}`)] : []),
    ...(precedence === 1 && name !== 'exempt'
      ? [invalid(precedencePath, precedence, "only the schema named 'exempt' may have matchingPrecedence 1")]
      : []),
    ...(method && !methods.includes(method.type) ? [notSupported(methodPath, { Type: method.type ?? '' }, methods)] : []),
    ...(level?.name ? validateDNS1123Subdomain(level.name, levelPath) : [required(levelPath, 'must reference a priority level')]),
    ...(rules ?? []).flatMap((rule: Fields, i: number) => validateFlowRule(rule, path.child('rules').index(i))),
  ]
}

/** Two schemas are the server's own; they may not become anything else. */
function validate({ metadata: { name = '' }, spec = {} }: KubeObject, context: StrategyContext): FieldError[] {
  const errors = validateSpec(spec, name)
  if (!mandatory.includes(name)) return errors
  const fixed = context.lookup({ group: 'flowcontrol.apiserver.k8s.io', resource: 'flowschemas' }, '', name)
  if (fixed === undefined || !differ(spec, fixed['spec'])) return errors
  return [...errors, invalid(path, showInternal('flowcontrol.FlowSchemaSpec', spec), `spec of '${name}' must equal the fixed value`)]
}

export const flowSchema: Strategy = {
  metadataChecksOnUpdate: ['object'],
  applyDefaults(object) {
    object['spec'] ??= {}
    object['spec'].matchingPrecedence ||= 1000
  },
  ...specAndStatus({ emptyStatus: {} }),
  validate,
  validateUpdate: (object, _old, context) => validate(object, context),
  status: flowStatus,
}
