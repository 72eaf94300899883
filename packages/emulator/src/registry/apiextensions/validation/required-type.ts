import { type FieldError, type FieldPath, invalid, required } from '../../../apimachinery/field-error.ts'
import type { JsonSchema } from '../../custom/schema/types.ts'

/** The type that a keyword needs beside it. */
export function requireType({ type = '' }: JsonSchema, wanted: string, keyword: string, path: FieldPath): FieldError[] {
  if (type === wanted) return []
  const text = `must be ${wanted} if ${keyword} is specified`
  return [type === '' ? required(path.child('type'), text) : invalid(path.child('type'), type, text)]
}
