/** How long a manager's name may be, in bytes. */
const MAX_LENGTH = 128

/** What most call themselves is taken as it is. */
const isPlain = (name: string) => name.length <= MAX_LENGTH && /^[\w .-]*$/.test(name)

const isPrintable = (character: string) => character === ' ' || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)

/** Who writes: the `fieldManager` of the request, or else what its User-Agent says before the first slash. */
export function managerName(fieldManager: string, userAgent: string): string {
  if (fieldManager !== '') return fieldManager
  const slash = userAgent.indexOf('/')
  const given = slash < 0 ? userAgent : userAgent.slice(0, slash)
  if (isPlain(given)) return given
  let name = ''
  let length = 0
  for (const character of given) {
    if (!isPrintable(character)) continue
    const bytes = Buffer.byteLength(character)
    if (length + bytes > MAX_LENGTH) continue
    name += character
    length += bytes
  }
  return name
}
