import { type ClientHttp2Session, connect } from 'node:http2'
import { inParallel, type ServerAddress } from './measured-server.ts'

const STREAMS_PER_CONNECTION = 100
const NEWLINE = 10

/** Clients that watch. */
export interface Watchers extends AsyncDisposable {
  /** Once as many events more have come. */
  seen(events: number): Promise<void>
}

/** Opens `n` watches, over HTTP/2, a hundred on each connection. */
export async function openWatchers({ url, ca, token }: ServerAddress, n: number, pathOf: (index: number) => string): Promise<Watchers> {
  const sessions: ClientHttp2Session[] = []
  let wanted = 0
  let wake = () => {}
  const count = (chunk: Buffer) => {
    for (const byte of chunk) if (byte === NEWLINE && --wanted === 0) wake()
  }
  await inParallel(Math.ceil(n / STREAMS_PER_CONNECTION), async () => {
    const session = connect(url, { ca })
    await new Promise((resolve, reject) => session.once('connect', resolve).once('error', reject))
    sessions.push(session)
  })
  await inParallel(n, async (index) => {
    const session = sessions[index % sessions.length]!
    const stream = session.request({ ':path': pathOf(index), authorization: `Bearer ${token}`, accept: 'application/json' })
    stream.on('data', count).on('error', () => {})
    await new Promise((resolve, reject) => stream.once('response', resolve).once('error', reject))
  })
  return {
    seen: (events) =>
      new Promise((resolve) => {
        wanted = events
        wake = resolve
      }),
    async [Symbol.asyncDispose]() {
      const open = sessions.filter((session) => !session.destroyed)
      await Promise.all(open.map((session) => new Promise((resolve) => session.once('close', resolve).destroy())))
    },
  }
}
