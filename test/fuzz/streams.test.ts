// Sessions with a program whose clients go at the wrong moment: all that they have started ends, and `inpod exec` when it is told to.
import { onTestFinished, test } from 'vitest'
import { dataHead, rstStreamFrame } from '../../packages/emulator/src/server/spdy/frames.ts'
import { anyPort, converse, playSession } from '../../scripts/fuzz/streams/area.ts'
import { type Session, webSocket } from '../../scripts/fuzz/streams/frames.ts'
import { type Host, startHost } from '../../scripts/fuzz/streams/host.ts'
import { openSocket } from '../../scripts/fuzz/transport/client.ts'
import { hasTool } from '../cli/inpod.ts'

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

const command = (query: string) => ({
  path: `exec?${query}&stdin=1&stdout=1`,
  headers: [...spdy.slice(0, 2), 'X-Stream-Protocol-Version: v4.channel.k8s.io'],
  opens: ['error', 'stdin', 'stdout', ...(query.includes('tty') ? ['resize'] : [])].map((type) => ({ type })),
})
const mebibytes = (stream: number, count: number) =>
  Array.from({ length: count }, () => Buffer.concat([dataHead(stream, 1 << 20, false), Buffer.alloc(1 << 20, 'x')]))
const ends = ['half-close', 'reset', 'end', 'linger'] as const

test('a command ends whose client has reset its output, and goes with more on the way than it reads', { timeout: 90_000 }, async () => {
  const host = await startHost()
  for (const end of ends) await playSession(host, { ...command('command=tee'), parts: [rstStreamFrame(5, 5), ...mebibytes(3, 8)], end })
  await host.close()
})

const inTerminal = hasTool('script') ? test : test.skip
inTerminal(
  'clients go at each moment: before the answer, while a command starts, and later (needs script)',
  { timeout: 90_000 },
  async () => {
    const host = await startHost()
    const channels = [...webSocket, 'Sec-WebSocket-Protocol: v4.channel.k8s.io']
    const commands = ['command=tee', 'command=yes', 'command=sleep&command=1000&tty=1'].map(command)
    const sessions = [...commands, ...commands.map((each) => ({ ...each, headers: channels, opens: [] }))].flatMap((each) =>
      [0, 2, 5, 10, 15, 20, 25, 30, 35, 40, 50, 70].map((goesAfter, index) => ({ ...each, parts: [], end: ends[index % 3]!, goesAfter })),
    )
    await Promise.all(
      Array.from({ length: 4 }, (_, lane) =>
        playAll(
          host,
          sessions.filter((_session, index) => index % 4 === lane),
        ),
      ),
    )
    await host.close()
  },
)

async function playAll(host: Host, sessions: Session[]): Promise<void> {
  for (const session of sessions) await playSession(host, session)
}

test('who stays, and reads nothing, does not keep it', { timeout: 90_000 }, async () => {
  const host = await startHost()
  const flood = mebibytes(3, 12)
  for (const { session, parts } of [
    { session: overSpdy, parts: flood },
    { session: overWebSocket, parts: [] },
    { session: command('command=sleep&command=60'), parts: flood },
  ]) {
    const socket = await openSocket(host.address)
    onTestFinished(() => void socket.destroy())
    await converse(socket, { ...session, parts, end: 'linger' }, host)
    socket.pause()
  }
  await host.close('open')
})
