import type { Series } from './series.ts'

const PANEL = { width: 230, height: 200, left: 34, top: 34 }
const GAP = 16
/** Below what it began with, by this factor, a line leaves the plot. */
const LOWEST = 1 / 4

const style = `
text { font: 11px system-ui, sans-serif; fill: #57606a }
.frame, .guide { stroke: #8c959f; fill: none } .guide { stroke-dasharray: 2 3 }
.constant { stroke: #0969da } .linear { stroke: #bc4c00 } polyline { fill: none; stroke-width: 1.5; opacity: .8 }
@media (prefers-color-scheme: dark) { text { fill: #9198a1 } .constant { stroke: #4493f8 } .linear { stroke: #f0883e } }`

/** How each figure grows from what it began with, on two logarithmic axes; a panel for each thing that there is more and more of. */
export function plot(all: readonly Series[]): string {
  const kinds = [...new Set(all.map(({ of }) => of))]
  const panels = kinds.map((of, index) => {
    const series = all.filter((each) => each.of === of)
    return `<g transform="translate(${PANEL.left + index * (PANEL.width + GAP + PANEL.left)} ${PANEL.top})">\n${panel(of, series)}\n</g>`
  })
  const width = kinds.length * (PANEL.width + GAP + PANEL.left)
  const height = PANEL.top + PANEL.height + 24
  const legend =
    '<line x1="34" x2="54" y1="10" y2="10" class="constant"/><text x="60" y="14">must stay as it is</text>' +
    '<line x1="180" x2="200" y1="10" y2="10" class="linear"/><text x="206" y="14">may grow with the number; times what it began with</text>'
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>How time and memory grow</title><style>${style}</style>`,
    legend,
    ...panels,
    '</svg>\n',
  ].join('\n')
}

function panel(of: string, series: readonly Series[]): string {
  const numbers = series[0]!.points.map(({ n }) => n)
  const [first, last] = [numbers[0]!, numbers.at(-1)!]
  const highest = last / first
  const x = (n: number) => round((Math.log(n / first) / Math.log(highest)) * PANEL.width)
  const y = (factor: number) => round(PANEL.height * (1 - Math.log(factor / LOWEST) / Math.log(highest / LOWEST)))
  const factors = Array.from({ length: Math.round(Math.log10(highest)) + 1 }, (_, power) => 10 ** power)
  const lines = series.map(({ what, must, points }) => {
    const at = points.map(({ n, value }) => `${x(n)},${y(Math.max(value / points[0]!.value, LOWEST))}`)
    return `<polyline class="${must}" points="${at.join(' ')}"><title>${what}</title></polyline>`
  })
  return [
    `<rect class="frame" width="${PANEL.width}" height="${PANEL.height}"/>`,
    `<text y="-6">${of}</text>`,
    ...factors.map((factor) => `<text x="-4" y="${y(factor) + 4}" text-anchor="end">${factor}×</text>`),
    ...numbers.map(
      (n) =>
        `<text x="${x(n)}" y="${PANEL.height + 14}" text-anchor="${n === last ? 'end' : n === first ? 'start' : 'middle'}">${short(n)}</text>`,
    ),
    `<line class="guide" x1="0" x2="${PANEL.width}" y1="${y(1)}" y2="${y(1)}"/><line class="guide" x1="0" x2="${PANEL.width}" y1="${y(1)}" y2="${y(highest)}"/>`,
    ...lines,
  ].join('\n')
}

const round = (value: number) => Math.round(value * 10) / 10
const short = (n: number) => (n >= 1000 ? `${n / 1000}k` : String(n))
