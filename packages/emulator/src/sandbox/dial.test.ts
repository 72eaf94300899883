import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { dialPod } from './dial.ts'
import { openSandbox } from './sandbox.ts'

async function listen(host: string, answer: string) {
  const server = createServer((socket) => socket.end(answer)).listen(0, host)
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, [Symbol.dispose]: () => void server.close() }
}

test.skipIf(process.platform !== 'linux')("a Pod's own address comes first, then localhost (needs Linux)", async () => {
  using own = await listen('127.64.0.9', 'own')
  using local = await listen('127.0.0.1', 'local')
  const sandbox = openSandbox()
  const dial = (port: number, podIP: string | undefined) => dialPod(sandbox, port, podIP)
  expect(await text(await dial(own.port, '127.64.0.9'))).toBe('own')
  expect(await text(await dial(local.port, '127.64.0.9'))).toBe('local')
  expect(await text(await dial(local.port, undefined))).toBe('local')
  await expect(dial(own.port, undefined)).rejects.toThrow(`dial tcp4 127.0.0.1:${own.port}: connect: connection refused`)
  await sandbox.close()
})
