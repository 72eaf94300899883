// `exec`: a command beside the program, with pipes or with a terminal.
import { randomBytes } from 'node:crypto'
import { closeSync } from 'node:fs'
import { Socket } from 'node:net'
import { constants } from 'node:os'
import { text } from 'node:stream/consumers'
import type { CommandRequest, CommandSession } from '../container-runtime/running-containers.ts'
import type { Inside, Invocation } from './beside.ts'
import { exitCodeOf } from './enclosure.ts'
import { openPipes } from './pipes.ts'
import { processSession } from './process-session.ts'
import { startInvocation } from './start-process.ts'

/**
 * @throws Error in the words of containerd and runc, for a command that cannot be run
 */
export async function execute(inside: Inside, request: CommandRequest): Promise<CommandSession> {
  const problem = await findProblem(inside, request.command[0] ?? '')
  if (problem !== '') {
    const reason = `OCI runtime exec failed: exec failed: unable to start container process: exec: ${problem}: unknown`
    throw new Error(`failed to exec in container: failed to start exec "${randomBytes(32).toString('hex')}": ${reason}`)
  }
  if (request.tty) return (await import('./terminal.ts')).openTerminal(inside, request.command)
  return startCommand(inside(request.command), request)
}

/** What runc says of a program that cannot be run; asked in the container, where it may be another. */
const findProblemScript = `
case $1 in
  */*) file=$1 ;;
  *)
    IFS=:
    for folder in $PATH; do
      file=\${folder:-.}/$1
      [ -f "$file" ] && [ -x "$file" ] && exit 0
    done
    printf '"%s": executable file not found in $PATH' "$1"
    exit 0
    ;;
esac
if [ -d "$file" ]; then printf '"%s": is a directory' "$1"
elif [ ! -e "$file" ]; then printf '"%s": stat %s: no such file or directory' "$1" "$1"
elif [ ! -x "$file" ]; then printf '"%s": permission denied' "$1"
fi`

async function findProblem(inside: Inside, program: string): Promise<string> {
  const invocation = inside(['/bin/sh', '-c', findProblemScript, 'sh', program])
  const child = await startInvocation(invocation, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const [code, said, complaint] = await Promise.all([exitCodeOf(child, constants.signals), text(child.stdout!), text(child.stderr!)])
  // With status 1, something before the shell has failed.
  return code === 0 ? said : `"${program}": ${complaint.trim() || `the way into the container ended with code ${code}`}`
}

async function startCommand(invocation: Invocation, { stdin, stdout, stderr }: CommandRequest): Promise<CommandSession> {
  const directions = (['to-program', 'from-program', 'from-program'] as const).filter((_, index) => [stdin, stdout, stderr][index])
  const pipes = await openPipes(directions)
  const [input, output, errors] = [stdin, stdout, stderr].map((wanted) => (wanted ? pipes.shift() : undefined))
  const stdio = [input, output, errors].map((pipe) => pipe?.theirs ?? ('ignore' as const))
  // A session of its own: the keys of our terminal are none of its business.
  const opened = [input, output, errors].filter((pipe) => pipe !== undefined)
  const child = await startInvocation(invocation, { stdio, detached: true })
    .catch((error: unknown) => {
      for (const { ours } of opened) closeSync(ours)
      throw error
    })
    .finally(() => {
      for (const { theirs } of opened) closeSync(theirs)
    })
  const streams = {
    ...(input && { stdin: new Socket({ fd: input.ours, readable: false, writable: true }) }),
    ...(output && { stdout: new Socket({ fd: output.ours, readable: true, writable: false }) }),
    ...(errors && { stderr: new Socket({ fd: errors.ours, readable: true, writable: false }) }),
  }
  return processSession(child, streams, () => {})
}
