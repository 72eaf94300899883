import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync, unlinkSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { EmulatorError } from '../errors.ts'
import { findTool } from './shell.ts'

/** A pipe for what programs write. Node's own are sockets, which programs cannot open by the name of /dev/stdout. */
export interface OutputPipe {
  /** The end to write to. */
  descriptor: number
  readable: Readable
  /** Once those who write have it: the reader sees the end only when nobody else holds this one. */
  closeOurs(): void
}

/**
 * Makes pipes; each is a file of `folder` for a moment.
 * @throws EmulatorError ERR_SANDBOX
 */
export function openOutputPipes(folder: string, count: number): OutputPipe[] {
  const paths = Array.from({ length: count }, (_, index) => join(folder, `pipe-${index}`))
  const { status, stderr, error } = spawnSync(findTool('mkfifo') ?? 'mkfifo', ['-m', '600', '--', ...paths], { encoding: 'utf8' })
  if (status !== 0) throw new EmulatorError('ERR_SANDBOX', `cannot make pipes: ${error?.message ?? stderr.trim()}`, { cause: error })
  return paths.map((path) => {
    // A reader that does not wait for a writer, then a writer that has its reader.
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const descriptor = openSync(path, constants.O_WRONLY)
    unlinkSync(path)
    let isOpen = true
    return {
      descriptor,
      readable: new Socket({ fd: reader, readable: true, writable: false }),
      closeOurs() {
        if (isOpen) closeSync(descriptor)
        isOpen = false
      },
    }
  })
}
