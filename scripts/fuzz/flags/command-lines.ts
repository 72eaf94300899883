import fc from 'fast-check'
import { commands } from '../../../packages/emulator/src/cli/commands.ts'

export interface CommandLine {
  args: string[]
  /** Of what is odd in it; an error names one of them. */
  names: string[]
  /** It goes on until it is told to end, if it is accepted. */
  serves: boolean
}

/** What makes a command end by itself, and touch nothing of this machine. */
const endings: Readonly<Record<string, readonly string[]>> = {
  exec: ['--', 'true'],
  matrix: ['--list', 'nowhere.yaml'],
  'can-i': ['get', 'pods'],
  'explain-denial': ['get', 'pods'],
  fault: ['--from', 'nowhere.json'],
  env: ['--from', 'nowhere.json'],
  kubeconfig: ['--from', 'nowhere.json'],
  reset: ['--from', 'nowhere.json'],
  compact: ['--from', 'nowhere.json'],
}
const beginnings: Readonly<Record<string, readonly string[]>> = { fault: ['add'] }

const values = [
  ...[
    '',
    ' ',
    '-',
    '--',
    '-1',
    '0',
    '1',
    '65536',
    '9'.repeat(400),
    '0x10',
    '1e999',
    'NaN',
    'Infinity',
    '1.5',
    'true',
    'null',
    '1h',
    '-1h',
    '1e9h',
  ],
  ...[
    'x',
    'X_x',
    'a/b',
    'a/b/c',
    '..',
    '../../x',
    'a:b',
    'a:99999',
    ':1',
    '[::1]:1',
    'a,b',
    ',',
    '*',
    '%00',
    '%',
    '=',
    'a=b',
    '\n',
    '\t',
    '\u001b[31m',
  ],
  ...['\u00e4', '\u{1f600}', '\ufeff', '\u202e', '__proto__', 'constructor', 'toString', 'x'.repeat(300), 'x'.repeat(100_000)],
  ...[
    'etcd://',
    'etcd://x',
    'etcd://127.0.0.1:99999',
    'etcds://[',
    'http://127.0.0.1:1',
    'unix:',
    'unix:x',
    'table=',
    'json=/',
    '1/0',
    '0/1',
    '2/1',
  ],
]

/** What else an error may be about: what ends the command line is taken for a value, or what is asked for is missing. */
const others = ['nowhere', '--etcd-', 'you must specify', 'the fault has no effect', 'no program to run', 'no such file', 'standard input']

interface Option {
  name: string
  short?: string
  value?: string
  optional?: boolean
}
interface Known {
  command: string
  options: readonly Option[]
}

const known: Known[] = await Promise.all(commands.map(async ({ name, load }) => ({ command: name, options: (await load()).options })))

/** Some change nothing of what is said here; and commands that chance makes are not to be run. */
const unused = new Set(['help', 'verbose', 'sidecar'])

const optionOf = ({ options }: Known) =>
  fc
    .record({
      option: fc.constantFrom(...options.filter(({ name }) => !unused.has(name))),
      value: fc.oneof(
        fc.constantFrom(...values),
        fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll(/[\0/]/g, '')),
      ),
      form: fc.constantFrom('--name=value', '--name value', '--name value', '-n value', '--name', '--name twice'),
    })
    .map(({ option, value, form }) => ({ words: wordsOf(option, value, form), names: namesOf(option, value) }))

/** As errors may call it: by its name, as words, as a field of a file, or by its value. */
function namesOf({ name, short }: Option, value: string): string[] {
  const camel = name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  return [name, name.replaceAll('-', ' '), camel, ...(short === undefined ? [] : [`-${short}`]), ...(value.trim() === '' ? [] : [value])]
}

function wordsOf({ name, short, value: takes, optional }: Option, value: string, form: string): string[] {
  if (form === '--name=value') return [`--${name}=${value}`]
  // Without `=`, a word after what takes no value, or may do without, would be the program to run.
  if (takes === undefined || optional || form === '--name') return [`--${name}`]
  if (form === '--name twice') return [`--${name}=${value}`, `--${name}=${value}`]
  return form === '-n value' && short !== undefined ? [`-${short}`, value] : [`--${name}`, value]
}

/** One to three odd options of a command. */
export const commandLines: fc.Arbitrary<CommandLine> = fc.constantFrom(...known).chain((each) =>
  fc.array(optionOf(each), { minLength: 1, maxLength: 3 }).map((options) => ({
    args: [each.command, ...(beginnings[each.command] ?? []), ...options.flatMap(({ words }) => words), ...(endings[each.command] ?? [])],
    names: [...options.flatMap(({ names }) => names), ...others],
    serves: each.command === 'start',
  })),
)
