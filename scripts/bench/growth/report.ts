import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../conformance/command.ts'
import { plot } from './plot.ts'
import { exponent, type Series } from './series.ts'

const page = join(root, 'docs', 'growth.md')
const [BEGIN, END] = ['<!-- measured -->\n', '<!-- end -->\n']

/** Puts the tables into the page about growth, and draws its plot. */
export function writeReport(all: readonly Series[]): void {
  const text = readFileSync(page, 'utf8')
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`${page} has no place for the tables: ${BEGIN.trim()} and ${END.trim()}`)
  writeFileSync(page, `${text.slice(0, begin + BEGIN.length)}\n${tables(all)}\n${text.slice(end)}`)
  writeFileSync(join(root, 'docs', 'growth.svg'), plot(all))
}

function tables(all: readonly Series[]): string {
  const kinds = [...new Set(all.map(({ of }) => of))]
  return kinds
    .map((of) =>
      table(
        of,
        all.filter((each) => each.of === of),
      ),
    )
    .join('\n')
}

function table(of: string, series: readonly Series[]): string {
  const head = [of, ...series[0]!.points.map(({ n }) => n.toLocaleString('en-US')), 'grows as', 'at most']
  const rows = series.map((each) => [
    each.what,
    ...each.points.map(({ value }) => `${figure(value)} ${each.unit}`),
    `n^${exponent(each).toFixed(2)}`,
    each.must === 'linear' ? 'n' : 'not at all',
  ])
  const all = [head, head.map(() => ''), ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  return all
    .map(
      (row, index) =>
        `| ${row.map((cell, column) => (index === 1 ? '-'.repeat(widths[column]!) : cell.padEnd(widths[column]!))).join(' | ')} |\n`,
    )
    .join('')
}

const figure = (value: number) => (value < 100 ? String(Number(value.toPrecision(2))) : Math.round(value).toLocaleString('en-US'))
