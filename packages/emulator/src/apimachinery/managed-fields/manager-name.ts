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
