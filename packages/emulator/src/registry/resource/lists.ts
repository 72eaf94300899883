/** Lists with a limit, whose entries may have to differ (resource/validation, validateSlice and validateSet). */
import { duplicate, type FieldError, type FieldPath, tooMany } from '../../apimachinery/field-error.ts'

type ItemRule<T> = (item: T, path: FieldPath) => FieldError[]

/** Nothing but the limit is checked where it is exceeded. `max` below 0: no limit. */
export function validateList<T>(items: readonly T[] | null | undefined, max: number, rule: ItemRule<T>, path: FieldPath): FieldError[] {
  const list = items ?? []
  if (max >= 0 && list.length > max) return [tooMany(path, list.length, max)]
  return list.flatMap((item, i) => rule(item, path.index(i)))
}

export function validateSet<T>(
  items: readonly T[] | null | undefined,
  max: number,
  rule: ItemRule<T>,
  keyOf: (item: T) => string,
  path: FieldPath,
): FieldError[] {
  const list = items ?? []
  const errors = validateList(list, max, rule, path)
  if (max >= 0 && list.length > max) return errors
  const keys = list.map(keyOf)
  return [...errors, ...keys.flatMap((key, i) => (keys.indexOf(key) < i ? [duplicate(path.index(i), key)] : []))]
}
