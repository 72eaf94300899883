import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import fc from 'fast-check'
import { type Area, promise } from '../area.ts'
import { createHostileClient, openSocket, resetSocket } from '../transport/client.ts'
import { bytesOf, type Session, sessions } from './frames.ts'
import { type Host, startHost } from './host.ts'

let running: Promise<Host> | undefined
const host = () => (running ??= startHost())

/** Stands for the port of the echo, which is known once it listens. */
export const anyPort = 54_321

/** Exec, attach and port-forward of a program that runs, by clients that send what is none of their protocol. */
export const streams: Area<Session> = {
  inputs: () => fc.noShrink(sessions(anyPort)),
  lanes: 6,
  async send(session) {
    await playSession(await host(), session)
    return 1
  },
  async close() {
    if (running === undefined) return
    const { address, token, close } = await running
    running = undefined
    const client = createHostileClient(address, { admin: token, pod: undefined, anonymous: undefined, forged: undefined })
    const answer = await client.send({ method: 'GET', path: '/version', as: 'admin' })
    client.close()
    await close()
    promise(answer?.status === 200, `others are answered ${answer?.status}`)
  },
}

/** Has a session with the program of a host, until its client has nothing more to say or to hear. @throws Violation */
export async function playSession(host: Host, session: Session): Promise<void> {
  const socket = await openSocket(host.address)
  try {
    await converse(socket, session, host)
  } finally {
    socket.destroy()
  }
}

function go(socket: TLSSocket, end: Session['end']): void {
  if (end === 'reset') resetSocket(socket)
  if (end === 'end') socket.destroy()
  if (end === 'half-close') socket.end()
}

/** The same, on a connection that is left as it is then. @throws Violation */
export async function converse(socket: TLSSocket, session: Session, { pod, token, port }: Host): Promise<void> {
  const opens = session.opens.map((each) => ({ ...each, ...(each.port === String(anyPort) ? { port: String(port) } : {}) }))
  const path = `/api/v1/namespaces/default/pods/${pod}/${session.path.replace(String(anyPort), String(port))}`
  const quiet = Promise.withResolvers<void>()
  const timer = setTimeout(quiet.resolve, 80)
  if (session.goesAfter !== undefined) setTimeout(go, session.goesAfter, socket, session.end)
  // Of a program that never stops talking only the beginning is listened to.
  let heard = 0
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.length
    if (heard < 200_000) timer.refresh()
  })
  socket.once('close', quiet.resolve)
  socket.write([`GET ${path} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${token}`, ...session.headers, '', ''].join('\r\n'))
  const [head] = (await Promise.race([once(socket, 'data').catch(() => []), quiet.promise.then(() => [])])) as [Buffer?]
  promise(head === undefined || /^HTTP\/1\.1 \d{3} /.test(head.toString('latin1')), `no answer of HTTP: ${head}`)
  if (socket.writable) socket.write(bytesOf({ ...session, opens }))
  if (session.goesAfter === undefined) go(socket, session.end)
  await quiet.promise
  clearTimeout(timer)
}
