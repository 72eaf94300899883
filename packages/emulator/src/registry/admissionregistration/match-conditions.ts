/** Conditions in CEL that narrow webhooks and policies (admissionregistration/validation). Expressions are not compiled here. */
import { duplicate, type FieldError, type FieldPath, required, tooMany } from '../../apimachinery/field-error.ts'
import { check, type Fields, isQualifiedName } from '../../apimachinery/validation/index.ts'

const maxConditions = 64

export function validateMatchConditions(conditions: Fields[] | null | undefined, path: FieldPath): FieldError[] {
  const list = conditions ?? []
  const names = list.map(({ name }) => name ?? '')
  return [
    ...(list.length > maxConditions ? [tooMany(path, list.length, maxConditions)] : []),
    ...list.flatMap(({ expression = '' }, i) => {
      const namePath = path.index(i).child('name')
      const name = names[i]
      return [
        ...(expression.trim() === '' ? [required(path.index(i).child('expression'))] : []),
        ...(name === '' ? [required(namePath)] : check(isQualifiedName, name, namePath)),
        ...(name !== '' && names.indexOf(name) < i ? [duplicate(namePath, name)] : []),
      ]
    }),
  ]
}
