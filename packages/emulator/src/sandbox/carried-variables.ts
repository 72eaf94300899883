// How a program gets its variables, which may be secret. As words of a command line (`env NAME=VALUE program`) every user of the machine
// could read them; under their own names they would act on what starts the program (LD_PRELOAD), and shells would change them (PWD), or
// drop names that they cannot hold (a.b). So the values travel in the environment, by names that mean nothing to anybody, and the last
// step before the program gives them their names back.
import { findTool, isBusyBox, quote } from './shell.ts'

export interface CarriedVariables {
  /** For the environment of whatever runs `words`. */
  values: Record<string, string>
  /** Before the words of a command: it gets the variables, and no others. */
  words: string[]
  /** Names that cannot be given on this machine. */
  lost: string[]
}

/** The kernel's limit for one word is 131,072 bytes. */
const LONGEST_WORD = 100_000
/** What shells add, and what may stand in the environment of those who start the program. */
const NOT_OURS = ['PATH', 'LC_ALL', 'SHELL', 'PWD', 'OLDPWD', 'SHLVL', '_']
const SHELL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * GNU's `env -S` puts values into what it splits by itself, after it has been started: no process ever has them among its words.
 * Where Node.js runs on glibc, it is there (coreutils 8.30). BusyBox has none, nor, for certain, have others than Linux: there a shell does it.
 */
export function carryVariables(env: Record<string, string>, tool = findTool('env')): CarriedVariables {
  const all = Object.entries(env).map(([name, value], index) => ({ name, value, carrier: `INPOD_${index}` }))
  const hasSplit = process.platform === 'linux' && tool !== undefined && !isBusyBox(tool)
  const given = hasSplit ? all : all.filter(({ name }) => SHELL_NAME.test(name))
  return {
    values: Object.fromEntries(given.map(({ carrier, value }) => [carrier, value])),
    words: hasSplit ? splitWords(tool, given) : shellWords(given),
    lost: all.filter((variable) => !given.includes(variable)).map(({ name }) => name),
  }
}

interface Variable {
  name: string
  carrier: string
}

/** One `env` for all of them, but for thousands: then each takes its part out of the environment. */
function splitWords(tool: string, variables: Variable[]): string[] {
  const whole = variables.map(assignment).join(' ')
  if (Buffer.byteLength(whole) < LONGEST_WORD) return [tool, '-S', `-i -- ${whole}`]
  const parts = inParts(variables)
  return parts.flatMap((part, index) => {
    const unset = [...(index === 0 ? NOT_OURS : []), ...part.map(({ carrier }) => carrier)].map((name) => `-u ${name}`)
    return [tool, '-S', [...unset, '--', ...part.map(assignment)].join(' ')]
  })
}

/** In single quotes, env(1) knows these two escapes. */
const assignment = ({ name, carrier }: Variable) => `'${name.replaceAll(/[\\']/g, '\\$&')}='\${${carrier}}`

function inParts(variables: Variable[]): Variable[][] {
  const parts: Variable[][] = []
  let room = 0
  for (const variable of variables) {
    const size = Buffer.byteLength(assignment(variable)) + variable.carrier.length + ' -u  '.length
    if (size > room) {
      parts.push([])
      room = LONGEST_WORD
    }
    parts.at(-1)!.push(variable)
    room -= size
  }
  return parts
}

function shellWords(variables: Variable[]): string[] {
  const lines = [
    `unset ${NOT_OURS.join(' ')}`,
    ...variables.map(({ name, carrier }) => `export ${name}="$${carrier}"; unset ${carrier}`),
    'exec "$@"',
  ]
  return ['/bin/sh', '-c', lines.join('\n'), 'sh']
}

/** Lines of a shell that has the values from then on. */
export function exportValues({ values }: CarriedVariables): string[] {
  return Object.entries(values).map(([name, value]) => `export ${name}=${quote(value)}`)
}
