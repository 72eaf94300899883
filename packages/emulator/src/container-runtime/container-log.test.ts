import { describe, expect, test } from 'vitest'
import { type ContainerLog, createContainerLog, logStart } from './container-log.ts'
import { type LogOptions, openLog } from './read-log.ts'

const second = 1_000
const start = Date.parse('2026-01-02T03:04:05Z')

/** A log that is written a second apart. */
function written(...parts: string[]): ContainerLog {
  let now = start - second
  const log = createContainerLog(() => {
    now += second
    return now
  })
  for (const part of parts) log.append('stdout', Buffer.from(part))
  return log
}

function readAll(log: ContainerLog, options: LogOptions = {}): string {
  const reader = openLog(log, options)
  let text = ''
  for (let bytes = reader.next(); bytes !== undefined; bytes = reader.next()) text += bytes
  return text
}

describe('a container log', () => {
  test('shows lines once they are whole, and the rest at the end', () => {
    const log = written('one\ntw', 'o\nthr')
    expect(readAll(log)).toBe('one\ntwo\n')
    log.end()
    expect(readAll(log)).toBe('one\ntwo\nthr')
  })

  test('does not mix the lines of two streams', () => {
    const log = createContainerLog()
    log.append('stdout', Buffer.from('out '))
    log.append('stderr', Buffer.from('error\n'))
    log.append('stdout', Buffer.from('put\n'))
    expect(readAll(log)).toBe('error\nout put\n')
  })

  test('passes a long line on in parts, with one timestamp', () => {
    const log = written('x'.repeat(20_000), 'y\nz\n')
    expect(readAll(log, { timestamps: true })).toBe(
      `2026-01-02T03:04:05.000000000Z ${'x'.repeat(20_000)}y\n2026-01-02T03:04:06.000000000Z z\n`,
    )
  })

  test('keeps the last ten mebibytes', () => {
    const log = createContainerLog()
    const line = `${'x'.repeat(1023)}\n`
    for (let i = 0; i < 20 * 1024; i++) log.append('stdout', Buffer.from(line))
    log.append('stderr', Buffer.from('last\n'))
    const text = readAll(log)
    expect(text.length).toBeGreaterThan(9.5 * 1024 * 1024)
    expect(text.length).toBeLessThanOrEqual(10 * 1024 * 1024)
    expect(text.endsWith(`${line}last\n`)).toBe(true)
  })

  test('goes on from a position that has been dropped with the oldest that is left', () => {
    const log = createContainerLog()
    for (let i = 0; i < 300; i++) log.append('stdout', Buffer.from(`${i}${'x'.repeat(60_000)}\n`))
    const oldest = log.read(logStart)!
    expect(Number.parseInt(String(oldest.bytes), 10)).toBeGreaterThan(0)
    expect(Number.parseInt(String(log.read(oldest.next)!.bytes), 10)).toBe(Number.parseInt(String(oldest.bytes), 10) + 1)
  })
})

describe('reading it', () => {
  const log = written('one\ntwo\n', 'three\n', 'four\nfive\n')

  test.for([
    { options: {}, text: 'one\ntwo\nthree\nfour\nfive\n' },
    { options: { tailLines: 2 }, text: 'four\nfive\n' },
    { options: { tailLines: 4 }, text: 'two\nthree\nfour\nfive\n' },
    { options: { tailLines: 99 }, text: 'one\ntwo\nthree\nfour\nfive\n' },
    { options: { tailLines: 0 }, text: '' },
    { options: { limitBytes: 5 }, text: 'one\nt' },
    { options: { since: start + second }, text: 'three\nfour\nfive\n' },
    { options: { since: start + second, tailLines: 4, limitBytes: 8 }, text: 'three\nfo' },
    {
      options: { timestamps: true, tailLines: 2 },
      text: '2026-01-02T03:04:07.000000000Z four\n2026-01-02T03:04:07.000000000Z five\n',
    },
  ])('$options', ({ options, text }) => {
    expect(readAll(log, options)).toBe(text)
  })

  test('follows until the log ends', () => {
    const growing = written('old\n')
    const reader = openLog(growing, { follow: true, tailLines: 0 })
    expect([reader.next(), reader.done]).toEqual([undefined, false])
    growing.append('stderr', Buffer.from('new\nunfinished'))
    expect(String(reader.next())).toBe('new\n')
    expect([reader.next(), reader.done]).toEqual([undefined, false])
    growing.end()
    expect(String(reader.next())).toBe('unfinished')
    expect([reader.next(), reader.done]).toEqual([undefined, true])
  })
})
