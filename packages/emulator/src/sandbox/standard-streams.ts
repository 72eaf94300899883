import { fstatSync } from 'node:fs'
import { isatty } from 'node:tty'
import { OWN_STREAMS, type StandardStreams } from './enclosure.ts'

/**
 * Ours as they are where they are a terminal, else pipes in their place, by which the container has a log. Where ours are one and the
 * same, so are the program's: the order of what it writes stays.
 * @param keepsTerminal whether the program is to have our terminal, if we have one
 */
export function standardStreams(keepsTerminal: boolean): StandardStreams {
  if (process.platform === 'win32') return OWN_STREAMS
  const [out, error] = [1, 2].map((descriptor) => keepsTerminal && isatty(descriptor))
  if (out) return { stdin: 0, stdout: 1, stderr: error ? 2 : 'pipe' }
  return { stdin: 0, stdout: 'pipe', stderr: error ? 2 : isSame(1, 2) ? 'stdout' : 'pipe' }
}

function isSame(one: number, other: number): boolean {
  try {
    const [a, b] = [fstatSync(one), fstatSync(other)]
    return a.dev === b.dev && a.ino === b.ino
  } catch {
    return false
  }
}
