// Sessions with a program whose clients go at the wrong moment: all that they have started ends, and `inpod exec` when it is told to.
import { onTestFinished, test } from 'vitest'
import { dataHead } from '../../packages/emulator/src/server/spdy/frames.ts'
import { anyPort, converse, playSession } from '../../scripts/fuzz/streams/area.ts'
import { type Session, webSocket } from '../../scripts/fuzz/streams/frames.ts'
import { startHost } from '../../scripts/fuzz/streams/host.ts'
import { openSocket } from '../../scripts/fuzz/transport/client.ts'

const path = `portforward?ports=${anyPort}`
const spdy = ['Connection: Upgrade', 'Upgrade: SPDY/3.1', 'X-Stream-Protocol-Version: portforward.k8s.io']
const overSpdy = { path, headers: spdy, opens: ['error', 'data'].map((type) => ({ type, port: String(anyPort) })) }
const overWebSocket = { path, headers: [...webSocket, 'Sec-WebSocket-Protocol: v4.channel.k8s.io'], opens: [] }
const notSpdy = Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 0])

const cases: [string, Session][] = [
  ['SPDY, and it is reset while the port is dialed', { ...overSpdy, parts: [], end: 'reset' }],
  ['SPDY, and it ends while the port is dialed', { ...overSpdy, parts: [], end: 'half-close' }],
  ['SPDY, and what is not SPDY follows', { ...overSpdy, parts: [notSpdy], end: 'linger' }],
  ['a WebSocket, and it is reset while the port is dialed', { ...overWebSocket, parts: [], end: 'reset' }],
  ['a WebSocket, and it goes later', { ...overWebSocket, parts: [], end: 'linger' }],
]

test.each(cases)('a port is forwarded over %s', { timeout: 90_000 }, async (_what, session) => {
  const host = await startHost()
  for (let round = 0; round < 5; round++) await playSession(host, session)
  // It fails when something is left.
  await host.close()
})

test('who stays, and reads nothing, does not keep it', { timeout: 90_000 }, async () => {
  const host = await startHost()
  const flood = Array.from({ length: 12 }, () => Buffer.concat([dataHead(3, 1 << 20, false), Buffer.alloc(1 << 20)]))
  const command = {
    path: 'exec?command=sleep&command=60&stdin=1&stdout=1',
    headers: [...spdy.slice(0, 2), 'X-Stream-Protocol-Version: v4.channel.k8s.io'],
    opens: ['error', 'stdin', 'stdout'].map((type) => ({ type })),
  }
  for (const { session, parts } of [
    { session: overSpdy, parts: flood },
    { session: overWebSocket, parts: [] },
    { session: command, parts: flood },
  ]) {
    const socket = await openSocket(host.address)
    onTestFinished(() => void socket.destroy())
    await converse(socket, { ...session, parts, end: 'linger' }, host)
    socket.pause()
  }
  await host.close('open')
})
