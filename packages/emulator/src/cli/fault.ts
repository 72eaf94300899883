import { EmulatorError } from '../errors.ts'
import { faultsPath } from '../faults/endpoint.ts'
import type { Fault } from '../faults/fault.ts'
import type { ApiClient } from './api-client.ts'
import type { Command, CommandInput, OptionSpec, OptionValues } from './command.ts'
import { formatFaults, type ListedFault } from './fault-table.ts'
import { runningOptions } from './running.ts'
import { connectToRunning } from './running-client.ts'

type Convert = (text: string, option: string) => unknown

interface FieldOption extends OptionSpec {
  /** Where its value goes in the fault. */
  path: string[]
  convert: Convert
}

const word: Convert = (text) => (text.includes(',') ? text.split(',') : text)
const text: Convert = (given) => given
const count: Convert = (given, option) => {
  if (/^\d+(\.\d+)?$/.test(given)) return Number(given)
  throw new EmulatorError('ERR_USAGE', `invalid value "${given}" of --${option}: a number`)
}
const yes: Convert = () => true
const example = (given: string) => `inpod fault add ${given}`

const selector = (name: string, path: string, help: string, given: string): FieldOption => ({
  name,
  value: 'WORD[,WORD…]',
  help,
  example: example(given),
  path: ['match', path],
  convert: word,
})

const fields: FieldOption[] = [
  selector('verb', 'verb', 'requests of these verbs; * stands for anything within a word', '--verb list,watch --status 503'),
  selector('api-group', 'apiGroup', 'of these API groups', '--api-group apps --status 503'),
  selector('resource', 'resource', 'for these resources', '--resource pods,pods/log --delay 2s'),
  selector('subresource', 'subresource', 'for these subresources', '--resource pods --subresource log --status 500'),
  selector('in-namespace', 'namespace', 'in these namespaces', '--in-namespace team-a --status 403'),
  selector('name', 'name', 'for objects of these names', '--resource secrets --name db-* --status 404'),
  selector('user', 'user', 'of these users', '--user system:serviceaccount:default:demo --status 429'),
  selector('path', 'path', 'for these paths', '--path /readyz --status 500'),
  {
    name: 'skip',
    value: 'N',
    help: 'the first N of them go well',
    example: example('--status 500 --skip 3'),
    path: ['skip'],
    convert: count,
  },
  { name: 'count', value: 'N', help: 'it happens N times', example: example('--status 500 --count 1'), path: ['count'], convert: count },
  {
    name: 'probability',
    value: 'SHARE',
    help: 'it happens to this share of them, from 0 to 1',
    example: example('--status 500 --probability 0.3'),
    path: ['probability'],
    convert: count,
  },
  {
    name: 'seed',
    value: 'N',
    help: 'chooses which (default: 0)',
    example: example('--status 500 --probability 0.3 --seed 7'),
    path: ['seed'],
    convert: count,
  },
  { name: 'after', value: 'TIME', help: 'begins after a time', example: example('--down 5s --after 10s'), path: ['after'], convert: text },
  { name: 'for', value: 'TIME', help: 'is over after a time', example: example('--status 503 --for 30s'), path: ['for'], convert: text },
  { name: 'delay', value: 'TIME', help: 'the request waits', example: example('--delay 2s'), path: ['delay'], convert: text },
  { name: 'status', value: 'CODE', help: 'the answer is an error', example: example('--status 429'), path: ['status'], convert: count },
  {
    name: 'retry-after',
    value: 'SECONDS',
    help: 'with a Retry-After header',
    example: example('--status 429 --retry-after 5'),
    path: ['retryAfterSeconds'],
    convert: count,
  },
  { name: 'reset', help: 'the connection is broken off', example: example('--reset --count 1'), path: ['reset'], convert: yes },
  { name: 'half-open', help: 'there is never an answer', example: example('--verb get --half-open'), path: ['halfOpen'], convert: yes },
  {
    name: 'slow-body',
    value: 'BYTES',
    help: 'the answer comes slowly, with so many bytes a second',
    example: example('--verb list --slow-body 100'),
    path: ['slowBody', 'bytesPerSecond'],
    convert: count,
  },
  {
    name: 'watch',
    value: 'close|expire|stall|dropBookmarks',
    help: 'watches end without an error or with 410 Expired, stay open with nothing to come, or get no bookmarks',
    example: example('--watch expire'),
    path: ['watch'],
    convert: (given) => ({ [given]: true }),
  },
  {
    name: 'token',
    value: 'expire|rotate',
    help: "the requests' token is not valid any more; rotate puts a new one into the Pod's file",
    example: example('--token rotate'),
    path: ['token'],
    convert: text,
  },
  {
    name: 'certificate-authority',
    value: 'change',
    help: 'the server shows a certificate of another CA',
    example: example('--certificate-authority change --for 5s'),
    path: ['certificateAuthority'],
    convert: text,
  },
  { name: 'down', value: 'TIME', help: 'the server is gone for a time', example: example('--down 5s'), path: ['down'], convert: text },
  {
    name: 'id',
    value: 'ID',
    help: 'to remove it by (default: made up)',
    example: example('--id slow --delay 2s'),
    path: ['id'],
    convert: text,
  },
]

export const faultCommand: Command = {
  usage: 'add|list|remove [options] [ID…]',
  description: [
    'What the API server of a running `inpod start` does wrong, from now on: adds a fault (or those of a file), lists them with how',
    'often each has happened, or removes them. Times are 200ms, 5s, 1m30s.',
  ].join('\n'),
  examples: ['inpod fault add --verb list --resource pods --status 503 --count 2', 'inpod fault list', 'inpod fault remove --all'],
  options: [
    ...fields,
    {
      name: 'filename',
      short: 'f',
      value: 'FILE|-',
      multiple: true,
      help: 'add the faults of a file; may be repeated',
      example: 'inpod fault add -f flaky.yaml',
    },
    { name: 'all', help: 'remove all', example: 'inpod fault remove --all' },
    { name: 'json', help: 'list as JSON', example: 'inpod fault list --json' },
    ...runningOptions,
  ],
  interspersed: true,
  run: runFault,
}

async function runFault({ values, rest: [action, ...rest], print }: CommandInput): Promise<number> {
  const hint = 'One of: inpod fault add, inpod fault list, inpod fault remove.'
  if (action === undefined) throw new EmulatorError('ERR_USAGE', 'add, list or remove?', { hint })
  if (action !== 'remove' && rest.length > 0) throw new EmulatorError('ERR_USAGE', `unexpected "${rest[0]}"`)
  switch (action) {
    case 'add': {
      const faults = await readGiven(values)
      const { ids } = (await connectToRunning(values)('POST', faultsPath, faults)) as { ids: string[] }
      print.out(ids.map((id) => `${id}\n`).join(''))
      return 0
    }
    case 'list': {
      const { faults } = (await connectToRunning(values)('GET', faultsPath)) as { faults: ListedFault[] }
      print.out(values['json'] === true ? `${JSON.stringify({ faults })}\n` : formatFaults(faults))
      return 0
    }
    case 'remove':
      await remove(connectToRunning(values), rest, values['all'] === true)
      return 0
    default:
      throw new EmulatorError('ERR_USAGE', `unknown action ${action}`, { hint })
  }
}

async function readGiven(values: OptionValues): Promise<Fault[]> {
  const files = values['filename'] as string[] | undefined
  const given = fields.filter(({ name }) => values[name] !== undefined)
  if (files !== undefined) {
    if (given.length > 0) throw new EmulatorError('ERR_USAGE', `--${given[0]!.name} with --filename`)
    const { readFaultFile } = await import('../scenario/fault-file.ts')
    return files.flatMap(readFaultFile)
  }
  const fault: Record<string, unknown> = {}
  for (const { name, path, convert } of given) {
    const [first = '', second] = path
    const value = convert(String(values[name]), name)
    fault[first] = second === undefined ? value : { ...(fault[first] as object | undefined), [second]: value }
  }
  const { checkFaults } = await import('../faults/check.ts')
  return checkFaults([fault])
}

async function remove(call: ApiClient, ids: string[], isAll: boolean): Promise<void> {
  if (isAll === ids.length > 0) throw new EmulatorError('ERR_USAGE', 'which fault?', { hint: 'inpod fault remove ID, or --all' })
  if (isAll) await call('DELETE', faultsPath)
  for (const id of ids) await call('DELETE', `${faultsPath}/${encodeURIComponent(id)}`)
}
