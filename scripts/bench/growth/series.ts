/** How a figure may grow with the number it was measured for. */
export type Growth = 'constant' | 'linear'

export interface Figure {
  what: string
  /** What there is more and more of. */
  of: 'objects' | 'watchers' | 'role bindings'
  unit: 'ms' | 'MiB'
  must: Growth
}

/** One figure, measured for several numbers of something. */
export interface Series extends Figure {
  points: Array<{ n: number; value: number }>
}

/** Noise, and the caches of a processor, which hold less and less of what there is, are not growth: hundreds of MiB are copied more slowly than two. */
const tolerance = { constant: 0.15, linear: 0.25 }

/** The slope in a plot with two logarithmic axes, by least squares: 0 for what stays, 1 for what grows as `n` does. */
export function exponent({ points }: Pick<Series, 'points'>): number {
  const logs = points.map(({ n, value }) => ({ x: Math.log(n), y: Math.log(value) }))
  const meanX = logs.reduce((sum, { x }) => sum + x, 0) / logs.length
  const meanY = logs.reduce((sum, { y }) => sum + y, 0) / logs.length
  const over = logs.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0)
  const under = logs.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0)
  return over / under
}

export const isAsItMustBe = (series: Series): boolean => exponent(series) <= (series.must === 'linear' ? 1 : 0) + tolerance[series.must]
