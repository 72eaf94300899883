import { writeSync } from 'node:fs'
import { Writable } from 'node:stream'
import { isatty } from 'node:tty'

/**
 * Leaves standard error as it is for a program that shares it. Node makes the pipe or socket behind `process.stderr` non-blocking as soon as
 * anybody asks for it, which Node's own sockets do when they close; and programs lose what they write to a full one that does not block.
 */
export function shareStandardError(): void {
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    writeAll(chunk)
    done()
  }
  const stream = Object.assign(new Writable({ write }), { fd: 2, isTTY: isatty(2) })
  Object.defineProperty(process, 'stderr', { configurable: true, enumerable: true, value: stream })
}

/** That nobody is left to read is no error. */
function writeAll(chunk: Buffer): void {
  let rest = chunk
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(2, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}
