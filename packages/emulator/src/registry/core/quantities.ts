/** Resource quantities as objects hold them: in canonical spelling. Text that is none counts as 0; the scheme refuses it before. */
import {
  addQuantities as add,
  compareQuantities as compare,
  formatQuantity,
  parseQuantity,
  type Quantity,
  quantityValue,
  signOfQuantity,
} from '../../apimachinery/quantity.ts'

const milli = -3

function read(text: string): Quantity {
  try {
    return parseQuantity(String(text))
  } catch {
    return { value: 0n, scale: 0, format: 'DecimalSI' }
  }
}

export const compareQuantities = (a: string, b: string): number => compare(read(a), read(b))
/** The sum, in the format of the first. */
export const addQuantities = (a: string, b: string): string => formatQuantity(add(read(a), read(b)))
export const isNegative = (quantity: string) => signOfQuantity(read(quantity)) < 0
export const isPositive = (quantity: string) => signOfQuantity(read(quantity)) > 0
export const isWhole = (quantity: string) => milliUnits(quantity) % 1000n === 0n
/** In whole units, rounded up. */
export const wholeUnits = (quantity: string): bigint => quantityValue(read(quantity))
/** In thousandths, rounded up. */
export const milliUnits = (quantity: string): bigint => quantityValue(read(quantity), milli)
/** As messages show it. */
export const showQuantity = (quantity: string): string => formatQuantity(read(quantity))

/** API objects hold at most three decimals: finer values are rounded up. */
export function roundUpToMilli(text: string): string {
  const quantity = read(text)
  if (quantity.scale >= milli || compare(quantity, { ...quantity, value: milliUnits(text), scale: milli }) === 0) return text
  return formatQuantity({ value: milliUnits(text), scale: milli, format: quantity.format })
}
