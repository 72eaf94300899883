// What the command itself prints. Its standard streams may be gone at any time: a reader that has seen enough, a full disk.
import { constants } from 'node:os'
import { describeFileError } from './file-errors.ts'

/** The streams that somebody listens to for errors: without a listener these would end the process with a stack. */
const guarded = new WeakSet<NodeJS.WriteStream>()

function guard(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  if (!guarded.has(stream)) stream.on('error', () => {})
  guarded.add(stream)
  return stream
}

/** Resolves when it is written; rejects with the system's error. */
export function writeOutput(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    guard(process.stdout).write(text, (error) => (error ? reject(error) : resolve()))
  })
}

/** Prints what somebody asked for: that it cannot be had ends the command, as it does others (128 + SIGPIPE where nobody reads). */
export function printOutput(text: string): void {
  writeOutput(text).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(128 + (constants.signals.SIGPIPE ?? 13))
    writeError(`inpod: standard output: ${describeFileError(error)}\n`)
    process.exit(1)
  })
}

/** That nobody is left to read is no error. */
export function writeError(text: string): void {
  guard(process.stderr).write(text)
}
