// How a command is started that runs beside a program.
import type { CarriedVariables } from './carried-variables.ts'
import { findTool, quoteAll } from './shell.ts'

/** A process to be started. */
export interface Invocation {
  file: string
  args: string[]
  /** Its whole environment. */
  env: Record<string, string>
}

export interface BesideOptions {
  /** Variables of the command, besides the program's. */
  set?: Record<string, string>
  /** A program of ours, with an environment of ours, that runs the words that it is given; and what it needs in there. */
  around?: { words(command: string[]): string[]; env: Record<string, string> }
}

/** Gives the process that runs a command beside the program. */
export type Inside = (command: string[], options?: BesideOptions) => Invocation

/**
 * The words of a command with these variables, for whoever has their values in the environment. First it starts the sidecars, each a
 * shell's command line: they are no children of it, and write to standard error.
 */
export function commandWords({ words }: CarriedVariables, command: string[], sidecars: string[] = []): string[] {
  const program = [...words, ...literally(command)]
  if (sidecars.length === 0) return program
  const lines = sidecars.map((line) => `(${quoteAll([...words, '/bin/sh', '-c', line])} </dev/null >&2 &)`)
  return ['/bin/sh', '-c', [...lines, 'exec "$@"'].join('\n'), 'inpod', ...program]
}

/** `env` would take such a name for a variable; without rights to drop, setpriv changes nothing. */
function literally(command: string[]): string[] {
  return command[0]?.includes('=') ? [findTool('setpriv') ?? 'setpriv', '--inh-caps=-all', '--', ...command] : command
}
