// The program's output on its way to ours, recorded.
import { write } from 'node:fs'
import { Socket } from 'node:net'
import { promisify } from 'node:util'
import type { OutputDescriptors } from './enclosure.ts'
import { type ProgramOutput, recordOutput } from './program-output.ts'

interface RelayedOutput extends ProgramOutput {
  /** To be called once the program has ended: waits until all that it wrote has been passed on. */
  drained(exitCode: number): Promise<void>
}

/** How long processes that outlive the program may have nothing to say. */
const quietMs = 50
/** Until we ask again whether a descriptor that does not wait can take more. */
const retryMs = 2

/** Passes what is read from `from` on to our standard streams. */
export function relayOutput(from: OutputDescriptors): RelayedOutput {
  const recorder = recordOutput()
  const relays = (['stdout', 'stderr'] as const).flatMap((stream) => {
    const descriptor = from[stream]
    return descriptor === undefined ? [] : [relay(descriptor, stream === 'stdout' ? 1 : 2, (bytes) => recorder.add(stream, bytes))]
  })
  return {
    log: recorder.log,
    attach: recorder.attach,
    async drained(exitCode) {
      await Promise.all(relays.map((each) => each.drained()))
      recorder.end(exitCode)
    },
  }
}

function relay(from: number, to: number, tell: (bytes: Buffer) => void): { drained(): Promise<void> } {
  const source = new Socket({ fd: from, readable: true, writable: false })
  const ended = new Promise<void>((resolve) => source.once('close', () => resolve()))
  let latest = performance.now()
  let writing = Promise.resolve()
  source.on('error', () => {})
  source.on('data', (bytes: Buffer) => {
    latest = performance.now()
    tell(bytes)
    source.pause()
    // Nobody reads it any more: nor do we, so that the program is told.
    writing = writeAll(to, bytes).then(
      () => void source.resume(),
      () => void source.destroy(),
    )
  })
  return {
    async drained() {
      let timer: NodeJS.Timeout | undefined
      latest = performance.now()
      const quiet = new Promise<void>((resolve) => {
        timer = setInterval(() => {
          if (performance.now() - latest > quietMs && !source.isPaused()) resolve()
        }, quietMs)
      })
      await Promise.race([ended, quiet])
      clearInterval(timer)
      source.destroy()
      await writing
    },
  }
}

const writeSome = promisify(write)

/** On another thread: whoever reads may take its time. Descriptors keep what they are, blocking or not. */
async function writeAll(descriptor: number, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += (await writeSome(descriptor, bytes, at)).bytesWritten
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
}
