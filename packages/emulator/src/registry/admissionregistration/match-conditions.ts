/** Conditions in CEL that narrow webhooks and policies (admissionregistration/validation). */
import { duplicate, type FieldError, type FieldPath, required, tooMany } from '../../apimachinery/field-error.ts'
import { check, type Fields, isQualifiedName } from '../../apimachinery/validation/index.ts'
import { expressionChecks, expressionError } from './expressions.ts'

const maxConditions = 64

export function validateMatchConditions(conditions: Fields[] | null | undefined, path: FieldPath, params = false): FieldError[] {
  const list = conditions ?? []
  const compiles = list.length === 0 ? undefined : expressionChecks()?.checkCondition(params)
  const names = list.map(({ name }) => name ?? '')
  return [
    ...(list.length > maxConditions ? [tooMany(path, list.length, maxConditions)] : []),
    ...list.flatMap(({ expression = '' }, i) => {
      const namePath = path.index(i).child('name')
      const name = names[i]
      return [
        ...(expression.trim() === ''
          ? [required(path.index(i).child('expression'))]
          : expressionError(compiles?.(expression.trim()), expression.trim(), path.index(i).child('expression'))),
        ...(name === '' ? [required(namePath)] : check(isQualifiedName, name, namePath)),
        ...(name !== '' && names.indexOf(name) < i ? [duplicate(namePath, name)] : []),
      ]
    }),
  ]
}
