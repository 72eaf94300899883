/** Numbers from 0 to 1 that a seed determines (mulberry32). */
export type Random = () => number

export function createRandom(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const between = (random: Random, from: number, to: number): number => from + Math.floor(random() * (to - from + 1))

export const oneOf = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)]!

/** One of the values, each as often as its weight says. */
export function weighted<T>(random: Random, choices: ReadonlyArray<readonly [weight: number, value: T]>): T {
  const total = choices.reduce((sum, [weight]) => sum + weight, 0)
  let left = random() * total
  for (const [weight, value] of choices) {
    left -= weight
    if (left < 0) return value
  }
  return choices.at(-1)![1]
}
