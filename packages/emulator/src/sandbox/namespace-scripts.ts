// The shell programs that stand between us and the program in the sandbox. Descriptors: 3 is a socket to us, 4 the program's standard
// error, 6 a file with what to run, 7 and 9 pipes for its output; their own standard error (2) is collected for error messages.
import { join } from 'node:path'
import { type CarriedVariables, exportValues } from './carried-variables.ts'
import type { StandardStreams } from './enclosure.ts'
import { type MountPlan, mountAll, procLine } from './mounts.ts'
import { quote, quoteAll, SYSTEM_FOLDERS } from './shell.ts'

/** Signals that the shells outlive: what reaches the whole process group is for the program to act on. */
const CAUGHT = 'trap : HUP INT QUIT TERM USR1 USR2 ALRM'
const PATH = `PATH=$PATH:${SYSTEM_FOLDERS.join(':')}`

/** Exit code of a shell that could not mount /proc for a PID namespace. */
export const NO_PROC = 95
const NO_PROGRAM = 96
/** Of the file with what to run. */
export const PROGRAM_DESCRIPTOR = 6
/** Of pipes that the program is to write to, until it starts: their reading ends. */
export const OUTPUT_DESCRIPTORS = { stdout: 7, stderr: 9 }

/**
 * Stays outside of the PID namespace and waits for its first process, which `setpriv` lets die with it. `unshare --fork` would do the
 * same, but signals to the process group would end it.
 */
export function outerScript(setpriv: string, inner: string): string {
  return [CAUGHT, `${quoteAll([setpriv, '--pdeathsig', 'KILL', '/bin/sh', '-c', inner, 'inpod'])}`, 'exit $?'].join('\n')
}

/** Where the scripts keep files while they start; whoever starts the program removes them before. */
export const startingFiles = ({ replaced }: MountPlan) => ({
  fstab: join(replaced, '.inpod-fstab'),
  program: join(replaced, '.inpod-program'),
  pipes: Object.keys(OUTPUT_DESCRIPTORS).map((name) => join(replaced, `.inpod-${name}`)),
})

/**
 * Process 1 of the PID namespace: mounts, reports `ready PID` (as seen from outside), reads from us what to run, runs it and ends with
 * its exit code, whereupon the kernel ends everything else in the namespace.
 */
export function innerScript(plan: MountPlan, streams: StandardStreams): string {
  // In a /proc of our own we are process 1.
  const complain = `{ read -r own rest </proc/self/stat; [ "$own" = 1 ] && exit 1; exit ${NO_PROC}; }`
  return [
    CAUGHT,
    ...enter(plan, [procLine()], complain),
    ...makePipes(plan, streams),
    'echo "ready $pid" >&3',
    ...runProgram(),
    'exit $?',
  ].join('\n')
}

/**
 * The same where /proc cannot be mounted: no PID namespace. A guard waits for us to go, and kills what is left in the mount namespace.
 */
export function innerScriptWithoutPids(plan: MountPlan, streams: StandardStreams): string {
  return [
    CAUGHT,
    ...enter(plan),
    SWEEP,
    `(trap '' HUP INT QUIT TERM USR1 USR2 ALRM; read -r self rest </proc/self/stat; exec </dev/null >/dev/null 2>&1 4>&-
      while read -r line <&5; do :; done; sweep "$self") &`,
    ...makePipes(plan, streams),
    'echo "ready $pid $!" >&3',
    'exec 5<&-',
    ...runProgram(),
    'status=$?',
    'sweep "$pid"',
    'exit $status',
  ].join('\n')
}

/** What the inner script reads from us: the umask back as it was, then the values of its variables and the words of the command. */
export function programScript(words: string[], carried: CarriedVariables, folder: string | undefined): string {
  const mask = `umask ${process.umask().toString(8).padStart(4, '0')}`
  return [
    ...(folder === undefined ? [] : [`cd -- ${quoteAll([folder])}`]),
    mask,
    ...exportValues(carried),
    `set -- ${quoteAll(words)}`,
    '',
  ].join('\n')
}

function enter(plan: MountPlan, mounts: string[] = [], otherwise?: string): string[] {
  const { fstab, program } = startingFiles(plan)
  return [
    PATH,
    'umask 022',
    'read -r pid rest </proc/self/stat',
    'set -e',
    ...plan.commands,
    ...mountAll([...plan.mounts, ...mounts], fstab, otherwise),
    `: >${quote(program)}`,
    `exec ${PROGRAM_DESCRIPTOR}<${quote(program)}`,
    'set +e',
  ]
}

/**
 * Pipes in place of descriptors 1 and 4. What stands between the command and the mark comes through a pipe in most shells, which costs no
 * process; where it comes from a file, a pipe is made. Each has its writer from the start: without one, a reader is told that it has ended.
 */
function makePipes(plan: MountPlan, { stdout, stderr }: StandardStreams): string[] {
  const [outFile, errorFile] = startingFiles(plan).pipes as [string, string]
  const make = (descriptor: number, writer: number, file: string) => [
    `exec ${descriptor}<<end`,
    'text',
    'end',
    `read -r line <&${descriptor}`,
    `[ -p /proc/self/fd/${descriptor} ] || { mkfifo ${quote(file)} && exec ${descriptor}<>${quote(file)}; }`,
    `exec ${writer}>/proc/self/fd/${descriptor}`,
  ]
  return [
    ...(stdout === 'pipe' ? make(OUTPUT_DESCRIPTORS.stdout, 1, outFile) : []),
    ...(stderr === 'pipe' ? make(OUTPUT_DESCRIPTORS.stderr, 4, errorFile) : []),
    ...(stderr === 'stdout' ? ['exec 4>&1'] : []),
  ]
}

/** A file that a shell reads by itself saves a process that would pass on what comes from a socket. */
function runProgram(): string[] {
  return [
    'set --',
    `read -r go <&3 && . /proc/self/fd/${PROGRAM_DESCRIPTOR}`,
    `exec ${PROGRAM_DESCRIPTOR}<&- ${OUTPUT_DESCRIPTORS.stdout}<&- ${OUTPUT_DESCRIPTORS.stderr}<&-`,
    `[ $# -gt 0 ] || exit ${NO_PROGRAM}`,
    '(exec "$@" 2>&4 3>&- 4>&- 5>&-)',
  ]
}

/** Kills every other process of this mount namespace; again until none is left, since they may be starting others. */
const SWEEP = `sweep() {
  again=1
  while [ $again = 1 ]; do
    again=0
    for process in /proc/[0-9]*; do
      [ "$process" != "/proc/$1" ] && [ "$process/ns/mnt" -ef /proc/self/ns/mnt ] || continue
      kill -9 "\${process#/proc/}" && again=1
    done
  done
}`
