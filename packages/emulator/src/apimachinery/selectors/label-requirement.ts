import { type FieldError, invalid } from '../field-error.ts'
import { isLabelValue, isQualifiedName } from '../validation/labels.ts'
import { integerOf } from './integer.ts'

/** Operators as the selector's own language spells them. */
export type LabelOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'

/** Several errors as one text: each once, in brackets if there is more than one. */
export function aggregateText(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(({ field, message }) => `${field === '' ? '<nil>' : field}: ${message}`))]
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`
}

/** How many values an operator takes, and what is said otherwise. */
const counts: Readonly<Record<LabelOperator, readonly [accepts: (count: number) => boolean, text: string]>> = {
  in: [(n) => n > 0, "for 'in', 'notin' operators, values set can't be empty"],
  notin: [(n) => n > 0, "for 'in', 'notin' operators, values set can't be empty"],
  '=': [(n) => n === 1, 'exact-match compatibility requires one single value'],
  '==': [(n) => n === 1, 'exact-match compatibility requires one single value'],
  '!=': [(n) => n === 1, 'exact-match compatibility requires one single value'],
  exists: [(n) => n === 0, 'values set must be empty for exists and does not exist'],
  '!': [(n) => n === 0, 'values set must be empty for exists and does not exist'],
  gt: [(n) => n === 1, "for 'Gt', 'Lt' operators, exactly one value is required"],
  lt: [(n) => n === 1, "for 'Gt', 'Lt' operators, exactly one value is required"],
}

export const checkRequirement = {
  /** Throws an Error for a key that no label can have. */
  key(key: string): void {
    const errors = keyErrors(key, '')
    if (errors.length > 0) throw new Error(aggregateText(errors))
  },

  all(key: string, operator: LabelOperator, values: readonly string[]): FieldError[] {
    const [accepts, text] = counts[operator]
    const errors = keyErrors(key, 'key')
    if (!accepts(values.length)) errors.push(invalid('values', values, text))
    if (operator === 'gt' || operator === 'lt') {
      values.forEach((value, i) => {
        if (integerOf(value) === undefined) {
          errors.push(invalid(`values[${i}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer"))
        }
      })
    }
    values.forEach((value, i) => {
      const texts = isLabelValue(value)
      if (texts.length > 0) errors.push(invalid(`values[${i}][${key}]`, value, texts.join('; ')))
    })
    return errors
  },
}

function keyErrors(key: string, field: string): FieldError[] {
  const texts = isQualifiedName(key)
  return texts.length === 0 ? [] : [invalid(field, key, texts.join('; '))]
}
