import { CelError } from '../issues.ts'

/** More digits than a double has behind the point: what follows are zeros. */
const mostDigits = 1100
/** So that one clause cannot fill the memory. */
const mostPrecision = 1_000_000

function checkPrecision(precision: number): void {
  if (precision <= mostPrecision) return
  throw new CelError(`could not parse formatting clause: error while parsing precision: ${precision} is too large`)
}

/** As Go's %f: exact, halves to even. @throws CelError for a precision that no one can want */
export function formatFixed(value: number, precision: number): string {
  checkPrecision(precision)
  const digits = Math.min(precision, mostDigits)
  const { sign, mantissa, exponent } = partsOf(value)
  const scaled = mantissa * 10n ** BigInt(digits)
  const whole = exponent >= 0 ? scaled << BigInt(exponent) : divideToEven(scaled, 1n << BigInt(-exponent))
  const text = whole.toString().padStart(digits + 1, '0')
  const [before, after] = [text.slice(0, text.length - digits), text.slice(text.length - digits)]
  return `${sign}${before}${precision === 0 ? '' : `.${after.padEnd(precision, '0')}`}`
}

/** As Go's %e. Digits beyond the hundredth are zeros. @throws CelError for a precision that no one can want */
export function formatScientific(value: number, precision: number): string {
  checkPrecision(precision)
  const [mantissa = '', exponent = ''] = value.toExponential(Math.min(precision, 100)).split('e')
  return `${mantissa}${'0'.repeat(Math.max(precision - 100, 0))}e${exponent.replace(/^([+-])(\d)$/, '$10$2')}`
}

/** A finite double as mantissa × 2^exponent. */
function partsOf(value: number): { sign: string; mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const biased = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & ((1n << 52n) - 1n)
  const isNormal = biased > 0
  return {
    sign: bits >> 63n === 1n ? '-' : '',
    mantissa: isNormal ? fraction | (1n << 52n) : fraction,
    exponent: (isNormal ? biased : 1) - 1075,
  }
}

function divideToEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  const twice = (dividend % divisor) * 2n
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n)
  return up ? quotient + 1n : quotient
}
