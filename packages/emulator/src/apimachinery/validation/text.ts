/** Length of a text in UTF-8 bytes: what the API's limits count. */
export function byteLength(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) continue
    // A surrogate pair is two units and four bytes, any other unit two or three.
    bytes += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 1 : 2
  }
  return bytes
}

/** What a regular expression's failure reads like: the rule, examples, and the expression itself. */
export function regexError(rule: string, format: string, ...examples: string[]): string {
  if (examples.length === 0) return `${rule} (regex used for validation is '${format}')`
  const shown = examples.map((example) => `'${example}', `).join(' or ')
  return `${rule} (e.g. ${shown}regex used for validation is '${format}')`
}

export const maxLengthError = (length: number) => `must be no more than ${length} characters`
export const maxBytesError = (length: number) => `must be no more than ${length} bytes`
export const rangeError = (low: number, high: number) => `must be between ${low} and ${high}, inclusive`

/** A regular expression that must match all of the text (Go's `$` has no exception for a final newline). */
export const whole = (format: string) => new RegExp(`^(?:${format})$`)
