import { type MatrixReport, placeOf } from '../report.ts'
import type { ScenarioResult } from '../run-scenario.ts'

/** Test Anything Protocol, version 13. */
export function reportTap({ results, notRun }: MatrixReport): string {
  const skipped = notRun.map((name, index) => `ok ${results.length + index + 1} - ${escapeName(name)} # SKIP not run`)
  return `${['TAP version 13', `1..${results.length + notRun.length}`, ...results.flatMap(lineOf), ...skipped].join('\n')}\n`
}

function lineOf(result: ScenarioResult, index: number): string[] {
  const { scenario, status, mismatches } = result
  const line = `${status === 'passed' ? '' : 'not '}ok ${index + 1} - ${escapeName(scenario.name)}`
  if (mismatches.length === 0) return [line]
  const said = mismatches.map(
    (each) => `    - at: ${JSON.stringify(placeOf(result, each))}\n      message: ${JSON.stringify(each.message)}`,
  )
  return [line, '  ---', `  status: ${status}`, '  mismatches:', ...said, '  ...']
}

/** A number sign begins a directive. */
const escapeName = (name: string) => name.replaceAll('\\', '\\\\').replaceAll('#', '\\#').replaceAll(/\s+/g, ' ')
