import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { serveCommand } from './command.ts'

/** A command that never stops talking, and the streams of a client that stays. */
function talk() {
  const child = spawn('yes', { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit').then(([code, signal]) => (signal === 'SIGPIPE' ? 141 : Number(code)))
  const session = { stdout: child.stdout, exited, resize: () => {}, hangUp: () => void child.stdout.destroy() }
  const streams = {
    ...{ stdin: undefined, stdout: new PassThrough(), stderr: undefined, resize: undefined },
    ...{ error: new PassThrough(), tellsStatus: true, gone: new Promise<void>(() => {}) },
  }
  const wanted = { stdin: false, stdout: true, stderr: false, tty: false }
  const upgrade = { kind: 'command' as const, wanted, start: async () => session, failure: String, track: () => {} }
  return { streams, upgrade }
}

test.each(['before the command starts', 'while it writes'])(
  'whose client has reset its output %s learns of it by writing',
  async (when) => {
    const { streams, upgrade } = talk()
    streams.stdout.on('error', () => {})
    if (when === 'before the command starts') streams.stdout.destroy()
    else streams.stdout.once('data', () => streams.stdout.destroy())
    void serveCommand(upgrade, streams)
    expect(JSON.parse(await text(streams.error))).toMatchObject({ status: 'Failure', details: { causes: [{ reason: 'ExitCode' }] } })
  },
)
