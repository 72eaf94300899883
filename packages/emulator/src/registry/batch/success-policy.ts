/** When an indexed Job has succeeded before all its indexes have (batch/validation). */
import { type FieldError, type FieldPath, invalid, required, tooLong, tooMany } from '../../apimachinery/field-error.ts'
import { emptiedMember } from '../../apimachinery/scheme/emptied.ts'
import { byteLength, type Fields } from '../../apimachinery/validation/index.ts'
import { nonNegativeFields } from '../field-checks.ts'
import { parseIndexes } from './indexes.ts'

const maxIndexesBytes = 64 * 1024

export const showSuccessPolicy = (policy: Fields) => ({
  Rules:
    (policy['rules'] ?? emptiedMember(policy, 'rules') ?? null)?.map(({ succeededIndexes = null, succeededCount = null }: Fields) => ({
      SucceededIndexes: succeededIndexes,
      SucceededCount: succeededCount,
    })) ?? null,
})

export function validateSuccessPolicy(spec: Fields, path: FieldPath): FieldError[] {
  const rules: Fields[] = spec['successPolicy'].rules ?? []
  const at = path.child('rules')
  const errors: FieldError[] = []
  if (rules.length === 0) errors.push(required(at, 'at least one rules must be specified when the successPolicy is specified'))
  if (rules.length > 20) errors.push(tooMany(at, rules.length, 20))
  return [...errors, ...rules.flatMap((rule, i) => validateRule(rule, spec['completions'] ?? 0, at.index(i)))]
}

function validateRule(rule: Fields, completions: number, path: FieldPath): FieldError[] {
  const { succeededCount: count, succeededIndexes: indexes } = rule
  const errors: FieldError[] = []
  if (count === undefined && indexes === undefined) {
    errors.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'))
  }
  const parsed = parseIndexes(indexes ?? '', completions)
  const indexesPath = path.child('succeededIndexes')
  if (byteLength(indexes ?? '') > maxIndexesBytes) errors.push(tooLong(indexesPath, maxIndexesBytes))
  if (parsed.error !== undefined) errors.push(invalid(indexesPath, indexes, `error parsing succeededIndexes: ${parsed.error}`))
  if (count === undefined) return errors
  const at = path.child('succeededCount')
  errors.push(...nonNegativeFields(rule, path, ['succeededCount']))
  if (count > completions) {
    errors.push(invalid(at, count, `must be less than or equal to ${completions} (the number of specified completions)`))
  }
  const total = parsed.error === undefined ? parsed.total : 0
  if (indexes !== undefined && count > total) {
    const text = `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`
    errors.push(invalid(at, count, text))
  }
  return errors
}
