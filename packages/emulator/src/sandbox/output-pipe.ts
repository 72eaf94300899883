import { closeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { openPipesIn } from './pipes.ts'

/** A pipe for what programs write. */
export interface OutputPipe {
  /** The end to write to. */
  descriptor: number
  readable: Readable
  /** Once those who write have it: the reader sees the end only when nobody else holds this one. */
  closeOurs(): void
}

/**
 * Makes pipes; each is a file below `folder` for a moment.
 * @throws EmulatorError ERR_SANDBOX
 */
export function openOutputPipes(folder: string, count: number): OutputPipe[] {
  const pipes = openPipesIn(
    Array.from({ length: count }, () => 'from-program'),
    folder,
  )
  return pipes.map(({ ours, theirs }) => {
    let isOpen = true
    return {
      descriptor: theirs,
      readable: new Socket({ fd: ours, readable: true, writable: false }),
      closeOurs() {
        if (isOpen) closeSync(theirs)
        isOpen = false
      },
    }
  })
}
