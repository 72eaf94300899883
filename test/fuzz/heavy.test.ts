// Clients that send too much, too slowly, or nothing at all; others are served meanwhile, and memory stays what it was.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { playground, startTarget, type Target } from '../../scripts/fuzz/target.ts'
import { openSocket } from '../../scripts/fuzz/transport/client.ts'
import { frameBytes, frameTypes, headerBlock, numbers, preface, setting } from '../../scripts/fuzz/transport/http2-frames.ts'
import { createResponseReader } from '../../scripts/fuzz/transport/response-reader.ts'

const hasProc = process.platform === 'linux'

let target: Target
beforeAll(async () => {
  target = await startTarget()
})
afterAll(async () => {
  const { errors, ended } = target
  await target[Symbol.asyncDispose]()
  expect([errors, ended]).toEqual(['', undefined])
})

const residentMiB = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${target.pid}/status`, 'utf8'))![1]) / 1024

async function open(alpn?: string): Promise<TLSSocket> {
  const socket = await openSocket(target, alpn)
  onTestFinished(() => void socket.destroy())
  return socket
}

/** Somebody who does no harm has an answer. */
async function othersAreServed() {
  const request = { method: 'GET', path: `/api/v1/namespaces/${playground}/configmaps/canary`, as: 'admin' } as const
  expect((await target.client.send(request))?.status).toBe(200)
}

const head = (...lines: string[]) =>
  [
    `POST /api/v1/namespaces/${playground}/configmaps HTTP/1.1`,
    'Host: x',
    `Authorization: Bearer ${target.tokens.admin}`,
    ...lines,
    '',
    '',
  ].join('\r\n')

/** Writes at the pace of the reader until so much is written or the server has had enough. Gives how much that was. */
async function flood(socket: TLSSocket, chunk: Buffer, total: number): Promise<number> {
  let sent = 0
  const over = once(socket, 'close').catch(() => {})
  while (sent < total && socket.writable) {
    if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), over]).catch(() => {})
    sent += chunk.length
  }
  return sent
}

const mebibyte = Buffer.alloc(1 << 20, ' ')
const gibibyte = 1 << 30

test.each([
  ['with its length', [`Content-Length: ${gibibyte}`], mebibyte],
  ['in chunks', ['Transfer-Encoding: chunked'], Buffer.concat([Buffer.from('100000\r\n'), mebibyte, Buffer.from('\r\n')])],
])('a body of 1 GiB %s is refused, and is not kept', { timeout: 120_000 }, async (_how, lines, chunk) => {
  const before = hasProc ? residentMiB() : 0
  const socket = await open()
  const reader = createResponseReader()
  socket.on('data', (bytes: Buffer) => reader.take(bytes))
  socket.write(head('Content-Type: application/json', ...lines))
  const answered = new Promise<void>((resolve) => void socket.on('data', () => reader.answers.length > 0 && resolve()))
  await Promise.race([flood(socket, chunk, gibibyte), answered])
  await answered
  expect(reader.answers[0]!.status).toBe(413)
  await othersAreServed()
  if (hasProc) expect(residentMiB() - before).toBeLessThan(200)
})

test('who is slow with headers and bodies holds up nobody', { timeout: 60_000 }, async () => {
  const slow = await Promise.all(Array.from({ length: 150 }, () => open()))
  for (const [index, socket] of slow.entries()) {
    const text = head('Content-Type: application/json', 'Content-Length: 100')
    socket.write(index % 2 === 0 ? text.slice(0, 30) : `${text}{`)
  }
  for (let round = 0; round < 20; round++) {
    for (const socket of slow) socket.write('a')
    await othersAreServed()
  }
  expect(slow.every((socket) => socket.writable)).toBe(true)
})

test('connections on which nothing happens cost little', { timeout: 120_000 }, async () => {
  const before = hasProc ? residentMiB() : 0
  const idle: TLSSocket[] = []
  for (let round = 0; round < 20; round++)
    idle.push(...(await Promise.all(Array.from({ length: 25 }, () => open(round % 2 === 0 ? 'h2' : undefined)))))
  await othersAreServed()
  if (hasProc) expect((residentMiB() - before) / idle.length).toBeLessThan(0.5)
})

const authorization = () => ['authorization', `Bearer ${target.tokens.admin}`] as const
const get = (path: string) => headerBlock([[':method', 'GET'], [':scheme', 'https'], [':path', path], [':authority', 'x'], authorization()])

test('who opens a thousand streams and reads none is not waited for with memory', { timeout: 120_000 }, async () => {
  const before = hasProc ? residentMiB() : 0
  const socket = await open('h2')
  const shut = frameBytes({ type: frameTypes.settings, flags: 0, stream: 0, payload: setting(4, 0) })
  const openApi = get('/openapi/v2')
  const requests = Array.from({ length: 900 }, (_, index) =>
    frameBytes({ type: frameTypes.headers, flags: 5, stream: 2 * index + 1, payload: openApi }),
  )
  socket.write(Buffer.concat([preface, shut, ...requests]))
  const ping = frameBytes({ type: frameTypes.ping, flags: 0, stream: 0, payload: numbers(1, 2) })
  const answered = new Promise<void>((resolve) => {
    socket.on('data', (bytes: Buffer) => bytes.includes(numbers(1, 2)) && resolve())
    socket.once('close', resolve)
  })
  socket.write(ping)
  await answered
  await othersAreServed()
  if (hasProc) expect(residentMiB() - before).toBeLessThan(300)
})

test('100,000 streams that are reset at once end their connection, not the server', { timeout: 120_000 }, async () => {
  const socket = await open('h2')
  const settings = frameBytes({ type: frameTypes.settings, flags: 0, stream: 0, payload: Buffer.alloc(0) })
  socket.write(Buffer.concat([preface, settings]))
  socket.resume()
  const watch = get('/api/v1/configmaps?watch=1')
  for (let sent = 0; sent < 100_000 && socket.writable; sent += 500) {
    const pairs = Array.from({ length: 500 }, (_, index) => {
      const stream = 2 * (sent + index) + 1
      return [
        frameBytes({ type: frameTypes.headers, flags: 5, stream, payload: watch }),
        frameBytes({ type: frameTypes.rstStream, flags: 0, stream, payload: numbers(8) }),
      ]
    })
    if (!socket.write(Buffer.concat(pairs.flat()))) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {})
  }
  await othersAreServed()
  if (hasProc) expect(residentMiB()).toBeLessThan(800)
})
