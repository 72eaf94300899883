import { relative } from 'node:path'
import type { Mismatch } from '../../scenario/matrix/compare.ts'
import { formatCall, patternOf } from '../../scenario/matrix/observation.ts'
import type { ScenarioResult } from './run-scenario.ts'

/** What came of all scenarios. */
export interface MatrixReport {
  /** In the order of the files. */
  results: ScenarioResult[]
  /** Names of scenarios that were not run, or not to their end. */
  notRun: string[]
  seconds: number
}

export type Reporter = (report: MatrixReport) => string

/** As `scenarios/list.yaml:12`, from where we are. */
export const placeOf = ({ scenario }: ScenarioResult, { path }: Mismatch): string =>
  `${shortPath(scenario.file)}:${scenario.document.lineOf(path)}`

export const shortPath = (file: string): string => relative(process.cwd(), file) || file

export const summaryOf = ({ results, notRun, seconds }: MatrixReport): string => {
  const count = (status: ScenarioResult['status']) => results.filter((each) => each.status === status).length
  const others = [...(count('error') > 0 ? [`${count('error')} in error`] : []), ...(notRun.length > 0 ? [`${notRun.length} not run`] : [])]
  return `${[`${count('passed')} passed`, `${count('failed')} failed`, ...others].join(', ')} in ${seconds.toFixed(1)} s`
}

/** A result for programs. */
export const describeResult = (result: ScenarioResult): object => {
  const { scenario, status, seconds, mismatches, observation, warnings } = result
  return {
    name: scenario.name,
    file: shortPath(scenario.file),
    line: scenario.line,
    status,
    seconds: Number(seconds.toFixed(3)),
    mismatches: mismatches.map(({ path, message }) => ({ field: path.join('.'), line: scenario.document.lineOf(path), message })),
    warnings,
    ...(observation === undefined
      ? {}
      : {
          exitCode: observation.exitCode,
          ...(observation.endedFor === undefined ? {} : { endedFor: observation.endedFor }),
          stdout: observation.stdout,
          stderr: observation.stderr,
          requests: observation.calls.map((call) => ({
            ...patternOf(call),
            user: call.user.name,
            status: call.status,
            denied: call.isDenied,
            text: formatCall(call),
          })),
        }),
  }
}
