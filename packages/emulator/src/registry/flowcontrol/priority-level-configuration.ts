/** PriorityLevelConfigurations (apis/flowcontrol, registry/flowcontrol/prioritylevelconfiguration). */
import { type FieldError, type FieldPath, fieldPath, forbidden, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type Fields, validateRequiredOneOf } from '../../apimachinery/validation/index.ts'
import { showInternal } from '../internal-values.ts'
import { differ, specAndStatus } from '../spec-and-status.ts'
import type { Strategy, StrategyContext } from '../strategy.ts'
import { flowStatus } from './flow-status.ts'

const path = fieldPath('spec')
const maxQueues = 10_000_000
/** Bits of a request's hash that shuffle sharding has to deal a hand with. */
const maxHashBits = 60

function applyDefaults(object: KubeObject): void {
  object['spec'] ??= {}
  const { exempt, limited } = object['spec']
  if (exempt) {
    exempt.nominalConcurrencyShares ??= 0
    exempt.lendablePercent ??= 0
  }
  if (!limited) return
  limited.nominalConcurrencyShares ??= 30
  limited.lendablePercent ??= 0
  const queuing = limited.limitResponse?.queuing
  if (!queuing) return
  queuing.handSize ||= 8
  queuing.queues ||= 64
  queuing.queueLengthLimit ||= 50
}

function validateSpec(spec: Fields, name: string): FieldError[] {
  const { type = '', exempt, limited } = spec
  const mismatch = (name === 'exempt') !== (type === 'Exempt')
  const errors = mismatch ? [invalid(path.child('type'), type, "must be 'Exempt' if and only if `name` is 'exempt'")] : []
  if (type === 'Exempt') {
    if (limited) errors.push(forbidden(path.child('limited'), 'must be nil if the type is not Limited'))
    return exempt ? [...errors, ...validateShares(exempt, path.child('exempt'))] : errors
  }
  if (type !== 'Limited') return [...errors, ...validateRequiredOneOf(type, ['Exempt', 'Limited'], path.child('type'))]
  if (exempt) errors.push(forbidden(path.child('exempt'), 'must be nil if the type is Limited'))
  if (!limited) return [...errors, required(path.child('limited'), 'must not be empty when type is Limited')]
  return [...errors, ...validateShares(limited, path.child('limited'))]
}

/** Limited levels have a response between shares and percentages. */
function validateShares(level: Fields, at: FieldPath): FieldError[] {
  const { nominalConcurrencyShares: shares, lendablePercent: lendable, borrowingLimitPercent: borrowing } = level
  return [
    ...(shares < 0 ? [invalid(at.child('nominalConcurrencyShares'), shares, 'must be a non-negative integer')] : []),
    ...(String(at).endsWith('limited') ? validateLimitResponse(level['limitResponse'] ?? {}, at.child('limitResponse')) : []),
    ...(lendable < 0 || lendable > 100 ? [invalid(at.child('lendablePercent'), lendable, 'must be between 0 and 100, inclusive')] : []),
    ...(borrowing < 0 ? [invalid(at.child('borrowingLimitPercent'), borrowing, 'if specified, must be a non-negative integer')] : []),
  ]
}

function validateLimitResponse({ type = '', queuing }: Fields, at: FieldPath): FieldError[] {
  const queuingPath = at.child('queuing')
  if (type === 'Reject') {
    return queuing ? [forbidden(queuingPath, 'must be nil if limited.limitResponse.type is not Limited')] : []
  }
  if (type !== 'Queue') return validateRequiredOneOf(type, ['Queue', 'Reject'], at.child('type'))
  return queuing
    ? validateQueuing(queuing, queuingPath)
    : [required(queuingPath, 'must not be empty if limited.limitResponse.type is Limited')]
}

function validateQueuing({ queues, handSize, queueLengthLimit }: Fields, at: FieldPath): FieldError[] {
  const fail = (field: string, value: number, text: string) => invalid(at.child(field), value, text)
  const errors = queueLengthLimit <= 0 ? [fail('queueLengthLimit', queueLengthLimit, 'must be positive')] : []
  if (queues <= 0) errors.push(fail('queues', queues, 'must be positive'))
  else if (queues > maxQueues) errors.push(fail('queues', queues, `must not be greater than ${maxQueues}`))
  if (handSize <= 0) errors.push(fail('handSize', handSize, 'must be positive'))
  else if (handSize > queues) errors.push(fail('handSize', handSize, `should not be greater than queues (${queues})`))
  else if (Math.ceil(Math.log2(queues) * handSize) > maxHashBits) {
    const text = `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${maxHashBits}`
    errors.push(fail('handSize', handSize, text))
  }
  return errors
}

/** Two levels are the server's own: they keep what they are, but for how much is exempt. */
function validate({ metadata: { name = '' }, spec }: KubeObject, context: StrategyContext): FieldError[] {
  const errors = validateSpec(spec, name)
  if (name !== 'exempt' && name !== 'catch-all') return errors
  const fixed = context.lookup({ group: 'flowcontrol.apiserver.k8s.io', resource: 'prioritylevelconfigurations' }, '', name)
  const comparable = ({ exempt, ...rest }: Fields) => (name === 'exempt' ? rest : { ...rest, exempt })
  if (fixed === undefined || !differ(comparable(spec), comparable(fixed['spec']))) return errors
  const except = name === 'exempt' ? " except the 'spec.exempt' field" : ''
  const shown = showInternal('flowcontrol.PriorityLevelConfigurationSpec', spec)
  return [...errors, invalid(path, shown, `spec of '${name}'${except} must equal the fixed value`)]
}

export const priorityLevelConfiguration: Strategy = {
  metadataChecksOnUpdate: ['object'],
  applyDefaults,
  ...specAndStatus({ emptyStatus: {} }),
  validate,
  validateUpdate: (object, _old, context) => validate(object, context),
  status: flowStatus,
}
