import type { Readable, Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { newInternalError, type Status } from '../../apimachinery/status-error.ts'
import type { TerminalSize } from '../../container-runtime/running-containers.ts'
import type { CommandUpgrade } from '../../endpoints/http.ts'

/** The streams of one client, of whatever protocol. */
export interface CommandStreams {
  stdin: Readable | undefined
  stdout: Writable | undefined
  stderr: Writable | undefined
  /** JSON objects with Width and Height. */
  resize: Readable | undefined
  /** Takes how it went. */
  error: Writable
  /** How it went is a Status; before version 4 of the protocol it is the text of an error. */
  tellsStatus: boolean
  /** Once the client has gone. */
  gone: Promise<void>
}

/** Runs a command for a client, until it has ended or the client has gone (kubelet, remotecommand ServeExec and ServeAttach). */
export async function serveCommand(upgrade: CommandUpgrade, streams: CommandStreams): Promise<void> {
  const status = await Promise.race([runCommand(upgrade, streams), streams.gone])
  if (status === undefined) return
  const text = streams.tellsStatus ? JSON.stringify(status) : status.status === 'Success' ? '' : status.message!
  if (text !== '') streams.error.write(text)
  const outputs = [streams.stdout, streams.stderr, streams.error].filter((each) => each !== undefined)
  for (const output of outputs) output.end()
  await Promise.race([Promise.allSettled(outputs.map((output) => finished(output, { readable: false }))), streams.gone])
}

/** As Go writes a Status that has no kind. */
type Outcome = Omit<Status, 'kind' | 'apiVersion'>

async function runCommand({ start, failure }: CommandUpgrade, { stdin, stdout, stderr, resize, gone }: CommandStreams): Promise<Outcome> {
  const session = await start().catch((error: Error) => error)
  if (session instanceof Error) {
    const { kind: _, apiVersion: __, ...status } = newInternalError(session.message).status
    return status
  }
  void gone.then(() => session.hangUp())
  if (resize !== undefined) readSizes(resize, (size) => session.resize(size))
  // What nobody takes is dropped; unread, it would hide that the client goes.
  if (session.stdin === undefined) stdin?.resume()
  else stdin?.pipe(session.stdin).once('close', () => stdin.resume())
  const [code] = await Promise.all([session.exited, pass(session.stdout, stdout), pass(session.stderr, stderr)])
  if (code === 0 || failure === undefined) return { metadata: {}, status: 'Success' }
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: ${failure(code)}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  }
}

/** Until the last byte has been given on, or nobody takes more, which the command learns as it goes on writing. */
async function pass(from: Readable | undefined, to: Writable | undefined): Promise<void> {
  if (from === undefined || to === undefined) return
  if (to.destroyed) return void from.destroy()
  from.pipe(to, { end: false })
  to.once('close', () => from.destroy())
  await finished(from, { writable: false }).catch(() => {})
}

function readSizes(resize: Readable, tell: (size: TerminalSize) => void): void {
  let text = ''
  resize.on('data', (chunk: Buffer) => {
    text = (text + chunk).slice(-1_000)
    for (let end = text.indexOf('}'); end >= 0; end = text.indexOf('}')) {
      const size = parseSize(text.slice(0, end + 1))
      text = text.slice(end + 1)
      if (size !== undefined) tell(size)
    }
  })
}

function parseSize(text: string): TerminalSize | undefined {
  try {
    const { Width: width, Height: height } = JSON.parse(text)
    return Number.isInteger(width) && Number.isInteger(height) ? { width, height } : undefined
  } catch {
    return undefined
  }
}
