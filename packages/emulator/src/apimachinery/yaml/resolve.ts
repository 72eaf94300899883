/** What a plain YAML 1.1 scalar stands for, as Go's yaml.v2 (which Kubernetes uses) resolves it. */
export type ResolvedScalar =
  | { tag: 'str' | 'timestamp'; value: string }
  | { tag: 'bool'; value: boolean }
  | { tag: 'null'; value: null }
  | { tag: 'int' | 'float'; value: number }

const words = new Map<string, ResolvedScalar>()
for (const [value, texts] of [
  [true, 'y Y yes Yes YES true True TRUE on On ON'],
  [false, 'n N no No NO false False FALSE off Off OFF'],
] as const) {
  for (const text of texts.split(' ')) words.set(text, { tag: 'bool', value })
}
for (const text of ['', '~', 'null', 'Null', 'NULL']) words.set(text, { tag: 'null', value: null })
for (const text of ['.nan', '.NaN', '.NAN']) words.set(text, { tag: 'float', value: Number.NaN })
for (const text of ['.inf', '.Inf', '.INF']) {
  words.set(text, { tag: 'float', value: Number.POSITIVE_INFINITY })
  words.set(`+${text}`, { tag: 'float', value: Number.POSITIVE_INFINITY })
  words.set(`-${text}`, { tag: 'float', value: Number.NEGATIVE_INFINITY })
}

const timestamp = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?)?$/
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const integers: readonly (readonly [RegExp, number])[] = [
  [/^([-+]?)0[xX]([0-9a-fA-F]+)$/, 16],
  [/^([-+]?)0[bB]([01]+)$/, 2],
  [/^([-+]?)0[oO]?([0-7]+)$/, 8],
  [/^([-+]?)(0|[1-9][0-9]*)$/, 10],
]

/** Resolves an unquoted scalar without a tag. */
export function resolveScalar(text: string): ResolvedScalar {
  const word = words.get(text)
  if (word !== undefined) return word
  const first = text.charCodeAt(0)
  const isDigit = first >= 0x30 && first <= 0x39
  if (text.startsWith('.')) return resolveFloat(text, text)
  if (!isDigit && first !== 0x2b && first !== 0x2d) return { tag: 'str', value: text }
  if (timestamp.test(text)) return { tag: 'timestamp', value: text }
  return resolveNumber(text)
}

function resolveNumber(text: string): ResolvedScalar {
  const plain = text.replaceAll('_', '')
  for (const [pattern, radix] of integers) {
    const match = pattern.exec(plain)
    if (match === null) continue
    const [, sign, digits] = match as unknown as [string, string, string]
    const value = radix === 10 ? Number(plain) : (sign === '-' ? -1 : 1) * Number.parseInt(digits, radix)
    const limit = sign === '-' ? 2 ** 63 : 2 ** 64
    if (Math.abs(value) <= limit) return { tag: 'int', value: value === 0 ? 0 : value }
  }
  return resolveFloat(plain, text)
}

function resolveFloat(plain: string, text: string): ResolvedScalar {
  const value = float.test(plain) ? Number(plain) : Number.NaN
  return Number.isFinite(value) ? { tag: 'float', value } : { tag: 'str', value: text }
}
