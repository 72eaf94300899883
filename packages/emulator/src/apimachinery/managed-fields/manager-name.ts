import type { FieldError } from '../field-error.ts'
import { invalid, required, tooLong } from '../field-error.ts'

/** How long a manager's name may be, in bytes. */
const MAX_LENGTH = 128

const isPrintable = (character: string) => character === ' ' || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)

/** Who writes: the `fieldManager` of the request, or else what its User-Agent says before the first slash. */
export function managerName(fieldManager: string, userAgent: string): string {
  if (fieldManager !== '') return fieldManager
  let name = ''
  let length = 0
  for (const character of userAgent.split('/', 1)[0] ?? '') {
    if (!isPrintable(character)) continue
    const bytes = Buffer.byteLength(character)
    if (length + bytes > MAX_LENGTH) continue
    name += character
    length += bytes
  }
  return name
}

/** Checks the option `fieldManager` of a request (meta/v1 validation). An apply must have one. */
export function validateFieldManager(fieldManager: string, isApply: boolean): FieldError[] {
  if (isApply && fieldManager === '') return [required('fieldManager', 'is required for apply patch')]
  const errors: FieldError[] = []
  if (Buffer.byteLength(fieldManager) > MAX_LENGTH) errors.push(tooLong('fieldManager', MAX_LENGTH))
  let position = 0
  for (const character of fieldManager) {
    if (!isPrintable(character)) {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
      errors.push(invalid('fieldManager', fieldManager, `invalid character U+${code} (at position ${position})`))
    }
    position += Buffer.byteLength(character)
  }
  return errors
}
