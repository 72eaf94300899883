import { type MatrixReport, placeOf, shortPath } from '../report.ts'
import type { ScenarioResult } from '../run-scenario.ts'

/** JUnit's XML, as CI systems read it: a suite a file. */
export function reportJunit({ results, notRun, seconds }: MatrixReport): string {
  const files = Map.groupBy(results, ({ scenario }) => shortPath(scenario.file))
  const suites = [...files].map(([file, of]) => suite(file, of, of.map(testCase)))
  if (notRun.length > 0)
    suites.push(
      suite(
        'not run',
        [],
        notRun.map((name) => `<testcase ${attributes({ name, classname: 'not run', time: '0' })}><skipped/></testcase>`),
      ),
    )
  const numbers = { ...counts(results, notRun.length), time: seconds.toFixed(3) }
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${attributes({ name: 'inpod matrix', ...numbers })}>\n${suites.join('')}</testsuites>\n`
}

function suite(name: string, results: ScenarioResult[], cases: string[]): string {
  const time = results.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3)
  const head = attributes({ name, ...counts(results, cases.length - results.length), time })
  return `  <testsuite ${head}>\n${cases.map((each) => `    ${each}\n`).join('')}  </testsuite>\n`
}

const counts = (results: ScenarioResult[], skipped: number) => ({
  tests: String(results.length + skipped),
  failures: String(results.filter(({ status }) => status === 'failed').length),
  errors: String(results.filter(({ status }) => status === 'error').length),
  skipped: String(skipped),
})

function testCase(result: ScenarioResult): string {
  const { scenario, status, seconds, mismatches, observation } = result
  const file = shortPath(scenario.file)
  const head = attributes({ name: scenario.name, classname: file, file, line: String(scenario.line), time: seconds.toFixed(3) })
  const tag = status === 'error' ? 'error' : 'failure'
  const faults = mismatches.map((each) => {
    const message = each.message.split('\n')[0]!
    return `<${tag} ${attributes({ message, type: each.path.join('.') })}>${escapeXml(`${placeOf(result, each)}: ${each.message}`)}</${tag}>`
  })
  const outputs = status === 'passed' || observation === undefined ? [] : outputsOf(observation)
  return `<testcase ${head}>${[...faults, ...outputs].join('')}</testcase>`
}

const outputsOf = ({ stdout, stderr }: { stdout: string; stderr: string }) => [
  ...(stdout === '' ? [] : [`<system-out>${escapeXml(stdout)}</system-out>`]),
  ...(stderr === '' ? [] : [`<system-err>${escapeXml(stderr)}</system-err>`]),
]

const attributes = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([name, value]) => `${name}="${escapeXml(value).replaceAll('\n', '&#10;')}"`)
    .join(' ')

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Characters that XML 1.0 does not have are replaced. */
const escapeXml = (text: string) =>
  text
    .toWellFormed()
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replaceAll(/[&<>"]/g, (character) => entities[character]!)
