/** Arithmetic on resource quantities (apimachinery, api/resource), which objects hold in canonical spelling. */

type Quantity = string | number
type Format = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

const nano = 1_000_000_000n
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eE])([+-]?\d+)|([KMGTPE]i)|([numkMGTPE]?))$/

/** The value in billionths, rounded up, and the format that it was written in. Text that is no quantity counts as 0. */
function read(quantity: Quantity): { nanos: bigint; format: Format } {
  const match = pattern.exec(String(quantity))
  if (match === null) return { nanos: 0n, format: 'DecimalSI' }
  const [, sign, whole = '', fraction = '', exponentMark, exponent, binary, decimal = ''] = match
  const digits = BigInt(whole + fraction || '0')
  const power = exponentMark ? Number(exponent) : binary ? 0 : 3 * (decimalSuffixes.indexOf(decimal) - 3)
  const factor = binary ? 1024n ** BigInt(binarySuffixes.indexOf(binary)) : 1n
  const shift = 9 + power - fraction.length
  const scaled = digits * factor
  const nanos = shift >= 0 ? scaled * 10n ** BigInt(shift) : divideUp(scaled, 10n ** BigInt(-shift))
  return { nanos: sign === '-' ? -nanos : nanos, format: binary ? 'BinarySI' : exponentMark ? 'DecimalExponent' : 'DecimalSI' }
}

const divideUp = (value: bigint, by: bigint) => (value >= 0n ? (value + by - 1n) / by : value / by)

function write(nanos: bigint, format: Format): string {
  if (nanos === 0n) return '0'
  const small = nanos > -1024n * nano && nanos < 1024n * nano
  if (format === 'BinarySI' && !small && nanos % nano === 0n) {
    let value = nanos / nano
    let power = 0
    for (; power < 6 && value % 1024n === 0n; power++) value /= 1024n
    return `${value}${binarySuffixes[power]}`
  }
  let value = nanos
  let power = 0
  for (; power < 9 && value % 1000n === 0n; power++) value /= 1000n
  if (format !== 'DecimalExponent') return `${value}${decimalSuffixes[power]}`
  return power === 3 ? `${value}` : `${value}e${3 * (power - 3)}`
}

export function compareQuantities(a: Quantity, b: Quantity): number {
  const difference = read(a).nanos - read(b).nanos
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The sum, in the format of the first. */
export function addQuantities(a: Quantity, b: Quantity): string {
  const left = read(a)
  const right = read(b)
  return write(left.nanos + right.nanos, left.nanos === 0n ? right.format : left.format)
}

/** API objects hold at most three decimals: finer values are rounded up. */
export function roundUpToMilli(quantity: Quantity): string {
  const { nanos, format } = read(quantity)
  return nanos % 1_000_000n === 0n ? String(quantity) : write(divideUp(nanos, 1_000_000n) * 1_000_000n, format)
}

export const isNegative = (quantity: Quantity) => read(quantity).nanos < 0n
export const isPositive = (quantity: Quantity) => read(quantity).nanos > 0n
export const isWhole = (quantity: Quantity) => divideUp(read(quantity).nanos, 1_000_000n) % 1000n === 0n
/** In whole units, rounded up. */
export const wholeUnits = (quantity: Quantity): bigint => divideUp(read(quantity).nanos, nano)
/** In thousandths, rounded up. */
export const milliUnits = (quantity: Quantity): bigint => divideUp(read(quantity).nanos, 1_000_000n)
/** As messages show it. */
export const showQuantity = (quantity: Quantity): string => {
  const { nanos, format } = read(quantity)
  return write(nanos, format)
}
