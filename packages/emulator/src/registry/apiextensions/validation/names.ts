import { type FieldError, type FieldPath, invalid } from '../../../apimachinery/field-error.ts'
import { isDNS1035Label } from '../../../apimachinery/validation/index.ts'
import type { DefinitionNames } from '../../custom/definition-object.ts'

/** The form of names; which of them are there is for others to check. */
export function validateNames(names: Partial<DefinitionNames>, path: FieldPath): FieldError[] {
  const { plural = '', singular = '', kind = '', listKind = '', shortNames, categories } = names
  return [
    ...label(plural, path.child('plural')),
    ...label(singular, path.child('singular')),
    ...kindName(kind, path.child('kind')),
    ...kindName(listKind, path.child('listKind')),
    ...(shortNames ?? []).flatMap((name, i) => validateLabel(name, path.child('shortNames').index(i))),
    ...(kind !== '' && kind === listKind ? [invalid(path.child('listKind'), listKind, 'kind and listKind may not be the same')] : []),
    ...(categories ?? []).flatMap((name, i) => validateLabel(name, path.child('categories').index(i))),
  ]
}

/** A DNS label that starts with a letter; what is wrong with it in one error. */
export function validateLabel(value: string, path: FieldPath): FieldError[] {
  const texts = isDNS1035Label(value)
  return texts.length === 0 ? [] : [invalid(path, value, texts.join(','))]
}

const label = (value: string, path: FieldPath) => (value === '' ? [] : validateLabel(value, path))

function kindName(value: string, path: FieldPath): FieldError[] {
  const texts = value === '' ? [] : isDNS1035Label(value.toLowerCase())
  return texts.length === 0 ? [] : [invalid(path, value, `may have mixed case, but should otherwise match: ${texts.join(',')}`)]
}
