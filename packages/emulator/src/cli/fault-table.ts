import type { Fault } from '../faults/fault.ts'

export type ListedFault = Fault & { id: string; state: { matched: number; happened: number } }

/** A table for people. */
export function formatFaults(faults: ListedFault[]): string {
  if (faults.length === 0) return 'no faults\n'
  const rows = faults.map(({ id, match, state, ...effect }) => [
    id,
    `${state.happened}`,
    match === undefined ? 'every request' : inWords(match),
    inWords(effect),
  ])
  const table = [['ID', 'HAPPENED', 'MATCH', 'FAULT'], ...rows]
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  return table
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('   ')
          .trimEnd()}\n`,
    )
    .join('')
}

const inWords = (fields: object): string =>
  Object.entries(fields)
    .map(([name, value]) => (value === true ? name : `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`))
    .join(' ')
