/** Arithmetic on lists of resources, such as `{ cpu: "1", memory: "64Mi" }` (apiserver, pkg/quota/v1). */
import { own } from '../../apimachinery/own.ts'
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  isZeroQuantity,
  parseQuantity,
  signOfQuantity,
  subtractQuantities,
} from '../../apimachinery/quantity.ts'

export type ResourceList = Readonly<Record<string, string>>

/** -1, 0 or 1. */
export const compare = (a: string, b: string): number => compareQuantities(parseQuantity(a), parseQuantity(b))

const sum = (a: string, b: string): string => formatQuantity(addQuantities(parseQuantity(a), parseQuantity(b)))

export function add(a: ResourceList, b: ResourceList): ResourceList {
  const total: Record<string, string> = { ...a }
  for (const [name, quantity] of Object.entries(b)) {
    const known = own(total, name)
    total[name] = known === undefined ? quantity : sum(known, quantity)
  }
  return total
}

/** The larger of each. */
export function maximum(a: ResourceList, b: ResourceList): ResourceList {
  const result: Record<string, string> = { ...a }
  for (const [name, quantity] of Object.entries(b)) {
    const known = own(result, name)
    if (known === undefined || compare(quantity, known) > 0) result[name] = quantity
  }
  return result
}

/** Without what would be below zero. */
export function subtract(a: ResourceList, b: ResourceList): ResourceList {
  const result: Record<string, string> = { ...a }
  for (const [name, quantity] of Object.entries(b)) {
    const rest = subtractQuantities(parseQuantity(own(result, name) ?? '0'), parseQuantity(quantity))
    result[name] = signOfQuantity(rest) > 0 ? formatQuantity(rest) : '0'
  }
  return result
}

export function pick(list: ResourceList, keep: (name: string) => boolean): ResourceList {
  return Object.fromEntries(Object.entries(list).filter(([name]) => keep(name)))
}

export const withoutZeros = (list: ResourceList): ResourceList => pick(list, (name) => !isZeroQuantity(parseQuantity(list[name]!)))

export function equalLists(a: ResourceList, b: ResourceList): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const other = own(b, name)
      return other !== undefined && compare(a[name]!, other) === 0
    })
  )
}

/** `cpu=1,memory=64Mi`, as messages show it. */
export const formatList = (list: ResourceList): string =>
  Object.keys(list)
    .sort()
    .map((name) => `${name}=${formatQuantity(parseQuantity(list[name]!))}`)
    .join(',')
