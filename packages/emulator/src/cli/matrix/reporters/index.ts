import { writeFileSync } from 'node:fs'
import { EmulatorError } from '../../../errors.ts'
import type { OptionValues, Printer } from '../../command.ts'
import type { MatrixReport, Reporter } from '../report.ts'
import { reportGithub } from './github.ts'
import { reportJson } from './json.ts'
import { reportJunit } from './junit.ts'
import { reportTable } from './table.ts'
import { reportTap } from './tap.ts'

const reporters: Record<string, Reporter> = {
  table: reportTable,
  junit: reportJunit,
  tap: reportTap,
  json: reportJson,
  github: reportGithub,
}

interface ChosenReporter {
  report: Reporter
  /** Undefined: standard output. */
  file: string | undefined
}

/** @throws EmulatorError ERR_USAGE */
export function readReporters(values: OptionValues): ChosenReporter[] {
  const given = (values['reporter'] as string[] | undefined) ?? ['table']
  const output = values['output'] as string | undefined
  const chosen = given.map((text) => {
    const [, name = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? []
    const report = Object.hasOwn(reporters, name) ? reporters[name] : undefined
    if (report === undefined || file === '')
      throw new EmulatorError(
        'ERR_USAGE',
        `invalid value "${text}" of --reporter: one of ${Object.keys(reporters).join(', ')}, or NAME=FILE`,
      )
    return { report, file }
  })
  if (output === undefined) return chosen
  if (chosen.length > 1 || chosen[0]!.file !== undefined)
    throw new EmulatorError('ERR_USAGE', '--output with several reporters or files', { hint: 'Say it of each: --reporter junit=FILE' })
  return [{ ...chosen[0]!, file: output }]
}

/** @throws EmulatorError ERR_REPORT for a file that cannot be written */
export function writeReports(chosen: readonly ChosenReporter[], finished: MatrixReport, print: Printer): void {
  for (const { report, file } of chosen) {
    if (file === undefined) print.out(report(finished))
    else write(file, report(finished))
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (cause) {
    throw new EmulatorError('ERR_REPORT', `cannot write ${file}: ${(cause as Error).message}`, { cause })
  }
}
