import { availableParallelism, constants } from 'node:os'
import { parseDuration } from '../../apimachinery/movable-clock.ts'
import { EmulatorError } from '../../errors.ts'
import type { Scenario } from '../../scenario/matrix/scenario.ts'
import { readScenarioFiles } from '../../scenario/matrix/scenario-file.ts'
import type { Command, CommandInput, OptionValues } from '../command.ts'
import { readWays, sandboxOption } from '../exec.ts'
import { formatList } from './list.ts'
import { matrixOptions } from './options.ts'
import { showProgress } from './progress.ts'
import { readReporters, writeReports } from './reporters/index.ts'
import { runAll } from './run-all.ts'
import { updateFiles } from './update.ts'

export const matrixCommand: Command = {
  usage: '[options] SCENARIOS… [-- CMD ARGS…]',
  description: [
    'Runs a program in the Pods of many scenarios, each with an API server of its own, and compares what came of it with what the',
    'scenario expects: exit code, output, requests, denials, objects. SCENARIOS are YAML files or folders of them; CMD is for scenarios',
    'that have no command of their own, and is run here, in this folder.',
    'Exit codes: 0 if all is as expected, 1 if not, 2 wrong use, 128 + N after signal N.',
  ].join('\n'),
  examples: ['inpod matrix scenarios/ -- ./app', 'inpod matrix scenarios/ --reporter table --reporter junit=results.xml -- ./app'],
  options: [...matrixOptions, sandboxOption],
  interspersed: true,
  run: runMatrix,
}

const defaultTimeoutMs = 60_000

async function runMatrix({ values, rest, afterDashes = [], print }: CommandInput): Promise<number> {
  const paths = rest.slice(0, rest.length - afterDashes.length)
  if (paths.length === 0)
    throw new EmulatorError('ERR_USAGE', 'no scenarios', { hint: 'Name files or folders: inpod matrix scenarios/ -- ./app' })
  const reporters = readReporters(values)
  const ways = readWays(values['sandbox'])
  const jobs = readJobs(values, ways?.includes('real-path') === true)
  const timeoutMs = readTimeout(values)
  const files = readScenarioFiles(paths)
  const chosen = chooseScenarios(
    files.flatMap(({ scenarios }) => scenarios),
    values,
  )
  if (values['list'] === true) {
    print.out(formatList(chosen, values['json'] === true))
    return 0
  }
  if (values['json'] === true)
    throw new EmulatorError('ERR_USAGE', '--json without --list', { hint: 'For results as JSON: --reporter json' })
  const without = chosen.find(({ command, pod }) => command === undefined && pod === undefined)
  if (without !== undefined && afterDashes.length === 0)
    throw new EmulatorError('ERR_USAGE', `${without.file}:${without.line}: "${without.name}" has no command`, {
      hint: 'Give one after --.',
    })
  const progress = showProgress(chosen.length)
  const finished = await runAll(chosen, { given: afterDashes, ways, jobs, timeoutMs, progress })
  writeReports(reporters, finished, print)
  if (values['update'] === true) {
    const { files: written, notUpdated } = updateFiles(files, finished.results)
    for (const file of written) print.out(`updated ${file}\n`)
    for (const text of notUpdated) print.warn(`not updated: ${text}`)
  }
  if (finished.stoppedBy !== undefined) return 128 + constants.signals[finished.stoppedBy]
  return finished.results.every(({ status }) => status === 'passed') ? 0 : 1
}

function chooseScenarios(scenarios: Scenario[], values: OptionValues): Scenario[] {
  const patterns = ((values['only'] as string[] | undefined) ?? []).map(
    (text) =>
      new RegExp(
        `^${text
          .split('*')
          .map((part) => part.replaceAll(/[\\^$.+?()[\]{}|]/g, '\\$&'))
          .join('.*')}$`,
        's',
      ),
  )
  const named = patterns.length === 0 ? scenarios : scenarios.filter(({ name }) => patterns.some((each) => each.test(name)))
  if (named.length === 0) throw new EmulatorError('ERR_USAGE', `no scenario is called ${(values['only'] as string[]).join(' or ')}`)
  const shard = values['shard'] as string | undefined
  if (shard === undefined) return named
  const [, part = 0, parts = 0] = (/^(\d+)\/(\d+)$/.exec(shard) ?? []).map(Number)
  if (!(part >= 1 && part <= parts)) throw new EmulatorError('ERR_USAGE', `invalid value "${shard}" of --shard: such as 2/5`)
  return named.filter((_, index) => index % parts === part - 1)
}

function readJobs(values: OptionValues, isAlone: boolean): number {
  const text = values['jobs'] as string | undefined
  const jobs = text === undefined ? (isAlone ? 1 : availableParallelism()) : Number(text)
  if (!/^\d{1,3}$/.test(String(jobs)) || jobs === 0)
    throw new EmulatorError('ERR_USAGE', `invalid value "${text}" of --jobs: a number from 1 to 999`)
  if (isAlone && jobs > 1)
    throw new EmulatorError('ERR_USAGE', '--sandbox real-path with several --jobs', { hint: 'There is one real path.' })
  return jobs
}

function readTimeout(values: OptionValues): number {
  const text = values['timeout'] as string | undefined
  if (text === undefined) return defaultTimeoutMs
  try {
    return parseDuration(text)
  } catch (cause) {
    throw new EmulatorError('ERR_USAGE', `invalid value "${text}" of --timeout: such as 30s or 2m`, { cause })
  }
}
