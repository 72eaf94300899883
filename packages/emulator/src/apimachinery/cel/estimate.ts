/** A range of costs or sizes. Numbers stop at what 64 bits can hold. */
export interface Estimate {
  min: number
  max: number
}

export const maxUint64 = 2 ** 64
export const unknown: Estimate = { min: 0, max: maxUint64 }

const cap = (value: number) => Math.min(value, maxUint64)
const times = (a: number, b: number) => (a === 0 || b === 0 ? 0 : cap(a * b))

export const exactly = (value: number): Estimate => ({ min: value, max: value })
export const add = (a: Estimate, b: Estimate): Estimate => ({ min: cap(a.min + b.min), max: cap(a.max + b.max) })
export const addAll = (estimates: readonly Estimate[]): Estimate => estimates.reduce(add, exactly(0))
export const multiply = (a: Estimate, b: Estimate): Estimate => ({ min: times(a.min, b.min), max: times(a.max, b.max) })
export const union = (a: Estimate, b: Estimate): Estimate => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) })

/** Rounded up. */
export const factor = ({ min, max }: Estimate, by: number): Estimate => ({ min: cap(Math.ceil(min * by)), max: cap(Math.ceil(max * by)) })
