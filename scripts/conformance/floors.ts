import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './command.ts'

const file = join(root, 'test', 'conformance', 'floors.json')

/** Area → how many of its steps must pass. */
export type Floors = Record<string, number>

export function readFloors(): Floors {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

/** Writes each floor that has been reached or passed; none is ever lowered. */
export function raiseFloors(results: Record<string, { passed: number }>): void {
  const floors = readFloors()
  for (const [area, { passed }] of Object.entries(results)) floors[area] = Math.max(floors[area] ?? 0, passed)
  const sorted = Object.fromEntries(Object.entries(floors).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`)
}
