import { type MatrixReport, placeOf, summaryOf } from '../report.ts'
import type { ScenarioResult } from '../run-scenario.ts'

const indent = (text: string) => text.replaceAll('\n', '\n      ')

/** For people: a line a scenario, what went wrong, and the numbers. */
export function reportTable(report: MatrixReport): string {
  const { results, notRun } = report
  const width = Math.max(8, ...results.map(({ scenario }) => scenario.name.length))
  const row = ({ scenario, status, seconds, observation }: ScenarioResult) =>
    [
      scenario.name.padEnd(width),
      status.padEnd(7),
      `${seconds.toFixed(2)} s`.padStart(8),
      String(observation?.exitCode ?? '-').padStart(4),
      String(observation?.calls.length ?? '-').padStart(8),
    ].join('  ')
  const header = ['SCENARIO'.padEnd(width), 'RESULT ', 'TIME'.padStart(8), 'EXIT', 'REQUESTS'].join('  ')
  const details = results.flatMap((result) =>
    result.status === 'passed'
      ? []
      : [
          '',
          `${result.scenario.name}: ${result.status}`,
          ...result.mismatches.map((each) => `  ${placeOf(result, each)}: ${indent(each.message)}`),
        ],
  )
  const missing = notRun.length === 0 ? [] : ['', `not run: ${notRun.join(', ')}`]
  const warnings = [...new Set(results.flatMap((result) => result.warnings))].map((text) => `warning: ${text}`)
  if (warnings.length > 0) details.push('', ...warnings)
  return `${[header, ...results.map(row), ...details, ...missing, '', summaryOf(report)].join('\n')}\n`
}
