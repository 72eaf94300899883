import type { Readable, Writable } from 'node:stream'

/** Longer lines are told in pieces. */
const MOST = 2 ** 20

/** Passes lines on, each whole and behind a prefix, their bytes as they are; a last line gets its newline. Resolves at the end of `source`. */
export function prefixLines(source: Readable, target: Writable, prefix: string): Promise<void> {
  let line = ''
  const pass = (lines: string[]) => {
    if (lines.length === 0 || target.destroyed) return
    if (target.write(Buffer.from(lines.map((each) => `${prefix}${each}\n`).join(''), 'latin1'))) return
    source.pause()
    target.once('drain', () => source.resume())
  }
  source.on('data', (chunk: Buffer) => {
    const lines = (line + chunk.toString('latin1')).split('\n')
    line = lines.pop()!
    if (line.length > MOST) {
      lines.push(line)
      line = ''
    }
    pass(lines)
  })
  // When nobody reads us any more, the program is told in the way that it would have been if it wrote there itself.
  const giveUp = () => source.destroy()
  target.on('error', giveUp)
  source.on('error', () => {})
  return new Promise((resolve) => {
    source.once('close', () => {
      target.off('error', giveUp)
      if (line !== '') pass([line])
      resolve()
    })
  })
}
