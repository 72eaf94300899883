/** An int64 as Go's ParseInt reads it; undefined for anything else. */
export function integerOf(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]{1,30}$/.test(text)) return undefined
  const value = BigInt(text.replace(/^\+/, ''))
  return value >= -(2n ** 63n) && value < 2n ** 63n ? value : undefined
}
