/** A resource quantity such as `1500m` or `2Gi`: value × 10^scale, and how it is written (apimachinery, pkg/api/resource). */
export interface Quantity {
  readonly value: bigint
  readonly scale: number
  readonly format: QuantityFormat
  /** The spelling it was parsed from, where that counts as canonical. */
  readonly text?: string
}

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

const decimalSuffixes: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const binarySuffixes: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }
const decimalSuffixOf = new Map(Object.entries(decimalSuffixes).map(([suffix, exponent]) => [exponent, suffix]))
const binarySuffixOf = ['', ...Object.keys(binarySuffixes)]

const maxInt64 = 2n ** 63n - 1n
const smallestScale = -9
/** Digits that surely fit an int64. */
const safeDigits = 18

const parts = /^([+-]?)0*([0-9]*)(?:(\.)([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/
const wrongFormat = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

/** Throws an Error with Kubernetes' text. Values too small are rounded up to a nano unit, as the API does. */
export function parseQuantity(text: string): Quantity {
  const match = text === '' ? null : parts.exec(text)
  if (match === null) throw new Error(wrongFormat)
  const [, sign, digits, , fraction = '', suffix = ''] = match as unknown as [string, string, string, string?, string?, string?]
  const whole = digits === '' ? '0' : digits
  const { binary, exponent, format } = interpretSuffix(suffix)
  const magnitude = BigInt(whole + fraction)
  const fast = fastQuantity({ text, whole, fraction, magnitude, negative: sign === '-', binary, exponent, format })
  return fast ?? exactQuantity(magnitude, fraction.length, sign === '-', binary, exponent, format)
}

function interpretSuffix(suffix: string): { binary: boolean; exponent: number; format: QuantityFormat } {
  const decimal = Object.hasOwn(decimalSuffixes, suffix) ? decimalSuffixes[suffix] : undefined
  if (decimal !== undefined) return { binary: false, exponent: decimal, format: 'DecimalSI' }
  const binary = Object.hasOwn(binarySuffixes, suffix) ? binarySuffixes[suffix] : undefined
  if (binary !== undefined) return { binary: true, exponent: binary, format: 'BinarySI' }
  if (!/^[eE][-+]?[0-9]+$/.test(suffix)) throw new Error("unable to parse quantity's suffix")
  return { binary: false, exponent: Number(suffix.slice(1)) | 0, format: 'DecimalExponent' }
}

interface Parsed {
  text: string
  whole: string
  fraction: string
  magnitude: bigint
  negative: boolean
  binary: boolean
  exponent: number
  format: QuantityFormat
}

/** Quantities that fit an int64; some spellings are kept although they are not the shortest, such as `1.500`. */
function fastQuantity({ text, whole, fraction, magnitude, negative, binary, exponent, format }: Parsed): Quantity | undefined {
  if (binary && fraction !== '') return undefined
  const precision = binary ? 15 - whole.length - Math.trunc((exponent * 3) / 10) - 1 : safeDigits - whole.length - fraction.length
  const scale = binary ? 0 : exponent - fraction.length
  if (precision < 0 || scale < smallestScale) return undefined
  const product = binary ? magnitude << BigInt(exponent) : magnitude
  if (product > maxInt64) return undefined
  const value = negative ? -product : product
  const shifted = whole + fraction
  const kept = binary ? exponent % 10 === 0 && (magnitude & 7n) !== 0n : scale % 3 === 0 && !shifted.endsWith('000') && shifted[0] !== '0'
  return kept ? { value, scale, format, text } : { value, scale, format }
}

function exactQuantity(
  magnitude: bigint,
  decimals: number,
  negative: boolean,
  binary: boolean,
  exponent: number,
  format: QuantityFormat,
): Quantity {
  let value = binary ? magnitude << BigInt(exponent) : magnitude
  let scale = binary ? -decimals : exponent - decimals
  if (scale < smallestScale) {
    value = divideUp(value, smallestScale - scale)
    scale = smallestScale
  }
  let shown = format
  if (binary && compareScaled(value, scale, maxInt64, 0) > 0) {
    value = maxInt64
    scale = 0
  }
  if (binary && value > 0n && compareScaled(value, scale, 1n, 0) < 0) shown = 'DecimalSI'
  return { value: negative ? -value : value, scale, format: shown }
}

/** Divides by a power of ten, away from zero. A divisor that is beyond the value's digits is not computed. */
function divideUp(value: bigint, power: number): bigint {
  if (value === 0n) return 0n
  const negative = value < 0n
  const magnitude = negative ? -value : value
  if (power > magnitude.toString().length) return negative ? -1n : 1n
  const divisor = 10n ** BigInt(power)
  const up = (magnitude + divisor - 1n) / divisor
  return negative ? -up : up
}

function compareScaled(a: bigint, aScale: number, b: bigint, bScale: number): number {
  const signs = Math.sign(Number(a)) - Math.sign(Number(b))
  if (signs !== 0 || a === 0n) return Math.sign(signs)
  // Numbers of a different order of magnitude need no arithmetic, whose size a hostile exponent would choose.
  const orders = orderOf(a, aScale) - orderOf(b, bScale)
  if (orders !== 0) return Math.sign(orders) * (a < 0n ? -1 : 1)
  const scale = Math.min(aScale, bScale)
  const left = a * 10n ** BigInt(aScale - scale)
  const right = b * 10n ** BigInt(bScale - scale)
  return left < right ? -1 : left > right ? 1 : 0
}

const orderOf = (value: bigint, scale: number) => (value < 0n ? -value : value).toString().length + scale

/** -1, 0 or 1, by amount, however it is written. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  return compareScaled(a.value, a.scale, b.value, b.scale)
}

/** The sum; written as `a` is, or as `b` if `a` is zero. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  const scale = Math.min(a.scale, b.scale)
  const value = a.value * 10n ** BigInt(a.scale - scale) + b.value * 10n ** BigInt(b.scale - scale)
  return { value, scale, format: a.value === 0n ? b.format : a.format }
}

export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return addQuantities(a, { ...b, value: -b.value })
}

export function isZeroQuantity({ value }: Quantity): boolean {
  return value === 0n
}

/** -1, 0 or 1. */
export function signOfQuantity({ value }: Quantity): number {
  return value === 0n ? 0 : value < 0n ? -1 : 1
}

/** The amount in whole units, or in units of 10^scale, rounded away from zero (Go: Value, MilliValue, ScaledValue). */
export function quantityValue({ value, scale }: Quantity, unit = 0): bigint {
  return scale >= unit ? value * 10n ** BigInt(scale - unit) : divideUp(value, unit - scale)
}

/** The canonical spelling. */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.text !== undefined) return quantity.text
  if (quantity.value === 0n) return '0'
  if (quantity.format === 'BinarySI') {
    const binary = formatBinary(quantity)
    if (binary !== undefined) return binary
  }
  return formatDecimal(quantity, quantity.format === 'DecimalExponent')
}

/** Small or broken amounts are not written with binary suffixes. */
function formatBinary({ value, scale }: Quantity): string | undefined {
  if (compareScaled(value, scale, -1024n, 0) > 0 && compareScaled(value, scale, 1024n, 0) < 0) return undefined
  if (scale < 0 && value % 10n ** BigInt(-scale) !== 0n) return undefined
  let amount = quantityValue({ value, scale, format: 'BinarySI' })
  let times = 0
  while (amount % 1024n === 0n) {
    amount /= 1024n
    times++
  }
  return `${amount}${binarySuffixOf[times] ?? ''}`
}

function formatDecimal({ value, scale }: Quantity, exponential: boolean): string {
  let amount = value
  let exponent = scale
  while (amount % 10n === 0n) {
    amount /= 10n
    exponent++
  }
  for (; exponent % 3 !== 0; exponent--) amount *= 10n
  if (exponential) return exponent === 0 ? `${amount}` : `${amount}e${exponent}`
  return `${amount}${decimalSuffixOf.get(exponent) ?? ''}`
}

const usual = /^([1-9][0-9]{0,11})(m|k|M|G|T|Ki|Mi|Gi)?$/

/** Parses and formats in one step: what the API stores for this spelling. Throws as `parseQuantity` does. */
export function canonicalQuantity(text: string): string {
  const match = usual.exec(text)
  if (match !== null) {
    const [, digits, suffix] = match as unknown as [string, string, string?]
    const binary = suffix?.endsWith('i') === true
    if (binary ? digits.length < 4 && Number(digits) % 8 !== 0 : !digits.endsWith('000')) return text
  }
  return formatQuantity(parseQuantity(text))
}
