import { readFileSync } from 'node:fs'
import { EmulatorError } from '../errors.ts'
import { nearest } from '../scenario/nearest.ts'
import type { CommandEntry, Printer } from './command.ts'
import { commands } from './commands.ts'
import { exitCodeOf, formatError } from './errors.ts'
import { commonOptions, formatHelp, formatOverview } from './help.ts'
import { printOutput, writeError } from './output.ts'
import { parseOptions } from './parse.ts'

// What nobody has caught ends the command, but not with a stack; guards remove what there is to remove.
process.on('uncaughtException', (error) => {
  writeError(formatError(error, process.argv.includes('--verbose')))
  process.exit(exitCodeOf(error))
})
process.exitCode = await main(process.argv.slice(2))

/** Runs the command line `args` and gives the exit code. */
async function main(args: string[]): Promise<number> {
  const printer = createPrinter()
  try {
    return await dispatch(args, printer)
  } catch (error) {
    writeError(formatError(error, printer.verbose))
    return exitCodeOf(error)
  }
}

async function dispatch([first, ...args]: string[], printer: ReturnType<typeof createPrinter>): Promise<number> {
  if (first === undefined)
    throw new EmulatorError('ERR_USAGE', 'no command', { hint: `Commands: ${names().join(', ')}. See inpod --help.` })
  if (first === '--help' || first === '-h' || (first === 'help' && args.length === 0)) {
    printer.out(formatOverview(commands))
    return 0
  }
  if (first === '--version') {
    printer.out(`${version()}\n`)
    return 0
  }
  if (first === 'help') return dispatch([args[0]!, '--help'], printer)
  const entry = commands.find(({ name }) => name === first)
  if (entry === undefined) throw unknownCommand(first)
  return runCommand(entry, args, printer)
}

async function runCommand({ name, load }: CommandEntry, args: string[], printer: ReturnType<typeof createPrinter>): Promise<number> {
  const command = await load()
  const { values, rest, afterDashes } = parseOptions(args, [...command.options, ...commonOptions], `inpod ${name} --help`, command)
  printer.verbose = values['verbose'] === true
  if (values['help'] === true) {
    printer.out(formatHelp(name, command))
    return 0
  }
  return command.run({ values, rest, afterDashes, print: printer })
}

function unknownCommand(word: string): EmulatorError {
  const what = word.startsWith('-') ? 'option' : 'command'
  const close = nearest(word, what === 'option' ? ['--help', '--version'] : names())
  const hint = close ? `Did you mean ${close}? See inpod --help.` : `Commands: ${names().join(', ')}. See inpod --help.`
  return new EmulatorError('ERR_USAGE', `unknown ${what} ${word}`, { hint })
}

function names(): string[] {
  return commands.map(({ name }) => name)
}

function createPrinter(): Printer & { verbose: boolean } {
  const printer = {
    verbose: false,
    out: printOutput,
    warn: (text: string) => writeError(`inpod: warning: ${text}\n`),
    detail: (text: string) => void (printer.verbose && writeError(`inpod: ${text}\n`)),
  }
  return printer
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}
