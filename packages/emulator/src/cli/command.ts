/** One option of a command. */
export interface OptionSpec {
  /** Without the dashes. */
  name: string
  short?: string
  /** What stands for the value in the help text; an option without it is a switch. */
  value?: string
  multiple?: boolean
  /** A value may be left out, and is given as in `--name=VALUE`. */
  optional?: boolean
  help: string
  /** A whole command line that uses it. */
  example: string
}

export type OptionValues = Record<string, string | boolean | string[] | undefined>

/** What a command is given. */
export interface CommandInput {
  values: OptionValues
  /** What follows the options. */
  rest: string[]
  /** Of those, what follows `--`; undefined without it. */
  afterDashes?: string[] | undefined
  print: Printer
}

/** Text for people goes to standard error, except what they asked for. */
export interface Printer {
  out(text: string): void
  warn(text: string): void
  /** Only with --verbose. */
  detail(text: string): void
}

export interface Command {
  /** After the name, as in `[options] -- CMD ARGS…`. */
  usage: string
  /** A sentence or two. */
  description: string
  examples: string[]
  options: OptionSpec[]
  /** Options may also stand behind and between other words, as kubectl takes them. */
  interspersed?: boolean
  /** The exit code. */
  run(input: CommandInput): Promise<number>
}

/** An entry of the table of commands; its module is loaded when it is used. */
export interface CommandEntry {
  name: string
  summary: string
  load(): Promise<Command>
}
