/** Conditions in a status, where a kind uses the common form (apimachinery, apis/meta/v1/validation). */
import { duplicate, type FieldError, type FieldPath, invalid, required, tooLong } from '../apimachinery/field-error.ts'
import { byteLength, type Fields, regexError, validateLabelName, validateOneOf } from '../apimachinery/validation/index.ts'

const reasonFormat = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?'
const reasonPattern = new RegExp(`^(?:${reasonFormat})$`)
const reasonText =
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'"
const maxReasonBytes = 1024
const maxMessageBytes = 32 * 1024

export function validateConditions(conditions: readonly Fields[] | null | undefined, path: FieldPath): FieldError[] {
  const types = (conditions ?? []).map(({ type = '' }) => type)
  return (conditions ?? []).flatMap((condition, i) => [
    ...(types.indexOf(types[i]) < i ? [duplicate(path.index(i).child('type'), types[i])] : []),
    ...validateCondition(condition, path.index(i)),
  ])
}

function validateCondition(condition: Fields, path: FieldPath): FieldError[] {
  const { type = '', status = '', observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition
  const negative = observedGeneration < 0
  const generation = path.child('observedGeneration')
  return [
    ...validateLabelName(type, path.child('type')),
    ...validateOneOf(status, ['False', 'True', 'Unknown'], path.child('status')),
    ...(negative ? [invalid(generation, observedGeneration, 'must be greater than or equal to zero')] : []),
    ...(lastTransitionTime ? [] : [required(path.child('lastTransitionTime'))]),
    ...validateReason(reason, path.child('reason')),
    ...(byteLength(message) > maxMessageBytes ? [tooLong(path.child('message'), maxMessageBytes)] : []),
  ]
}

function validateReason(reason: string, path: FieldPath): FieldError[] {
  if (reason === '') return [required(path)]
  const examples = ['my_name', 'MY_NAME', 'MyName', 'ReasonA,ReasonB', 'ReasonA:ReasonB']
  const errors = reasonPattern.test(reason) ? [] : [invalid(path, reason, regexError(reasonText, reasonFormat, ...examples))]
  return byteLength(reason) > maxReasonBytes ? [...errors, tooLong(path, maxReasonBytes)] : errors
}
