import { PassThrough } from 'node:stream'
import { type ContainerLog, createContainerLog, type OutputStream } from '../container-runtime/container-log.ts'
import type { CommandSession } from '../container-runtime/running-containers.ts'

/** What a program writes, as its container's log and for whoever attaches. */
export interface ProgramOutput {
  readonly log: ContainerLog
  /** What comes from now on. */
  attach(): CommandSession
}

export interface OutputRecorder extends ProgramOutput {
  add(stream: OutputStream, bytes: Buffer): void
  /** Nothing more comes: the program has ended. */
  end(exitCode: number): void
}

/** What waits for somebody who is attached and does not read, before they are left behind. */
const maxWaiting = 16 * 1024 * 1024

export function recordOutput(): OutputRecorder {
  const log = createContainerLog()
  const viewers = new Set<Record<OutputStream, PassThrough>>()
  const exited = Promise.withResolvers<number>()
  return {
    log,
    add(stream, bytes) {
      log.append(stream, bytes)
      for (const viewer of viewers) {
        if (viewer[stream].writableLength > maxWaiting) viewer[stream].destroy()
        else viewer[stream].write(bytes)
      }
    },
    attach() {
      const viewer = { stdout: new PassThrough(), stderr: new PassThrough() }
      viewers.add(viewer)
      const end = () => {
        viewers.delete(viewer)
        for (const stream of Object.values(viewer)) stream.end()
      }
      if (log.ended) end()
      for (const stream of Object.values(viewer)) stream.once('close', end).on('error', () => {})
      return { ...viewer, exited: exited.promise, resize: () => {}, hangUp: end }
    },
    end(exitCode) {
      log.end()
      exited.resolve(exitCode)
      for (const { stdout, stderr } of viewers) for (const stream of [stdout, stderr]) stream.end()
    },
  }
}
