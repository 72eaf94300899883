import { type MatrixReport, shortPath, summaryOf } from '../report.ts'
import type { ScenarioResult } from '../run-scenario.ts'

/** Annotations of GitHub Actions: one a failure, at its line; warnings of the manifests too. */
export function reportGithub(report: MatrixReport): string {
  const lines = report.results.flatMap((result) => [
    ...result.mismatches.map((each) => errorLine(result, each)),
    ...result.warnings.map((text) => warningLine(result, text)),
  ])
  const missing = report.notRun.length === 0 ? [] : [`::error title=inpod matrix::${escapeData(`not run: ${report.notRun.join(', ')}`)}`]
  return `${[...lines, ...missing, `::notice title=inpod matrix::${escapeData(summaryOf(report))}`].join('\n')}\n`
}

function errorLine({ scenario }: ScenarioResult, { path, message }: ScenarioResult['mismatches'][number]): string {
  const line = scenario.document.lineOf(path)
  return `::error file=${escapeProperty(shortPath(scenario.file))},line=${line},title=${escapeProperty(scenario.name)}::${escapeData(message)}`
}

function warningLine({ scenario }: ScenarioResult, text: string): string {
  return `::warning file=${escapeProperty(shortPath(scenario.file))},line=${scenario.line},title=${escapeProperty(scenario.name)}::${escapeData(text)}`
}

const escapeData = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escapeProperty = (text: string) => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
