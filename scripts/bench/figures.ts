/** One measured figure, and its target if it has one. */
export interface Figure {
  what: string
  value: number
  unit: string
  atMost?: number
}

export const median = (values: number[]): number => quantile(values, 0.5)

/** What is hardly touched by whatever else a machine does now and then: a quarter of the values are lower. */
export const lowerQuartile = (values: number[]): number => quantile(values, 0.25)

const quantile = (values: number[], part: number): number => [...values].sort((a, b) => a - b)[Math.floor(values.length * part)]!

export const judge = ({ value, atMost }: Figure): boolean => atMost === undefined || value <= atMost

export function table(figures: Figure[]): string {
  const width = Math.max(...figures.map(({ what }) => what.length))
  const rows = figures.map((figure) => {
    const { what, value, unit, atMost } = figure
    const target = atMost === undefined ? '' : `  (target: at most ${atMost}${judge(figure) ? '' : ', MISSED'})`
    return `${what.padEnd(width)}  ${value.toFixed(1).padStart(8)} ${unit.padEnd(3)}${target}`
  })
  return rows.join('\n')
}
