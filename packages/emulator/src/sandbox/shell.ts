import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { basename, delimiter, join, resolve } from 'node:path'
import { EmulatorError } from '../errors.ts'

/** Quotes a word for a POSIX shell. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

export function quoteAll(words: string[]): string {
  return words.map(quote).join(' ')
}

/** Folders of system programs that an ordinary user's PATH may lack. */
export const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Absolute path of a system program, or undefined. */
export function findTool(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  return [...path.split(delimiter), ...SYSTEM_FOLDERS]
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

export function isBusyBox(tool: string | undefined): boolean {
  return tool !== undefined && basename(realpathSync(tool)).startsWith('busybox')
}

/** The environment of system programs that we run. */
export const toolEnvironment = () => ({ PATH: `${process.env['PATH'] ?? ''}:${SYSTEM_FOLDERS.join(':')}`, LC_ALL: 'C' })

/** An error that ends the command with a shell's exit code for programs that cannot be run. */
class ProgramError extends EmulatorError {
  readonly exitCode: 126 | 127

  constructor(exitCode: 126 | 127, message: string, hint: string) {
    super(exitCode === 127 ? 'ERR_PROGRAM_NOT_FOUND' : 'ERR_PROGRAM_NOT_EXECUTABLE', message, { hint })
    this.exitCode = exitCode
  }
}

/**
 * Makes sure that `program` can be run, looking for it as execvp(3) does.
 * @throws ProgramError with exit code 127 when there is no such program, 126 when it may not be run
 */
export function checkProgram(program: string, env: Record<string, string | undefined>, cwd = process.cwd()): void {
  const candidates = program.includes('/')
    ? [resolve(cwd, program)]
    : (env['PATH'] ?? '/bin:/usr/bin').split(delimiter).map((folder) => resolve(cwd, folder, program))
  if (program !== '' && candidates.some(isExecutable)) return
  const present = candidates.find(isPresent)
  if (program === '' || present === undefined) {
    const where = program.includes('/') ? 'Check the path.' : 'It is in no folder of PATH: check the spelling, or give its path.'
    throw new ProgramError(127, `no such program: ${program === '' ? "''" : program}`, where)
  }
  const isFolder = statSync(present).isDirectory()
  throw new ProgramError(
    126,
    `cannot run ${present}: ${isFolder ? 'it is a folder' : 'it is not executable'}`,
    isFolder ? 'Name a file.' : `chmod +x ${quote(present)}`,
  )
}

/**
 * Makes sure that a process can have these arguments and variables: execve(2) takes texts that end with a NUL.
 * @throws EmulatorError ERR_PROGRAM
 */
export function checkTexts(command: readonly string[], env: Readonly<Record<string, string | undefined>>): void {
  const wrong = (message: string) => new EmulatorError('ERR_PROGRAM', message, { hint: 'Leave it out: no process can have it.' })
  const argument = command.findIndex((word) => word.includes('\0'))
  if (argument === 0) throw wrong("the program's name has a NUL in it")
  if (argument > 0) throw wrong(`argument ${argument} of the program has a NUL in it`)
  for (const [name, value] of Object.entries(env)) {
    if (/[=\0]/.test(name)) throw wrong(`the variable's name ${JSON.stringify(name)} has ${name.includes('=') ? 'an =' : 'a NUL'} in it`)
    if (value?.includes('\0')) throw wrong(`the variable ${name} has a NUL in it`)
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function isPresent(path: string): boolean {
  try {
    statSync(path)
    return true
  } catch {
    return false
  }
}
