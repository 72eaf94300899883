import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import { createCertificateAuthority } from '../pki/authority.ts'
import { breakOff, resetConnection } from './break-off.ts'

const { serving } = await createCertificateAuthority({ cacheFolder: false })

interface Kind<S extends Socket> {
  listen(): Server
  dial(port: number): Socket
  breakOff(socket: S): void
}

const kinds = {
  TCP: { listen: () => createServer(), dial: (port) => connect(port, '127.0.0.1'), breakOff: resetConnection } satisfies Kind<Socket>,
  TLS: {
    listen: () => createTlsServer(serving),
    dial: (port) => connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }),
    breakOff: (socket) => breakOff(socket),
  } satisfies Kind<TLSSocket>,
}

/** What both ends of a connection hear once one of them is broken off, after `before` has been done to it. */
async function heard(kind: Kind<Socket>, before: (socket: Socket) => unknown) {
  const server = kind.listen().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const isOfTls = kind === kinds.TLS
  const errors: string[] = []
  const closing = (socket: Socket, side: string) => {
    socket.on('error', ({ code }: NodeJS.ErrnoException) => errors.push(`${side} ${code}`)).resume()
    return new Promise((resolve) => socket.once('close', resolve))
  }
  const client = kind.dial((server.address() as AddressInfo).port)
  const isClosed = closing(client, 'client')
  const [[socket]] = (await Promise.all([
    once(server, isOfTls ? 'secureConnection' : 'connection'),
    once(client, isOfTls ? 'secureConnect' : 'connect'),
  ])) as [[Socket], unknown]
  const carrier = (socket as { _parent?: Socket })._parent ?? socket
  const areClosed = [...new Set([socket, carrier])].map((each) => closing(each, 'server'))
  await before(socket)
  kind.breakOff(socket)
  await Promise.all([isClosed, ...areClosed])
  // It would wait for a handle that is not closed, without end.
  server.close()
  await once(server, 'close')
  return errors
}

test.each(Object.entries(kinds))('%s: a connection is reset', async (_name, kind) => {
  expect(await heard(kind as Kind<Socket>, () => {})).toEqual(['client ECONNRESET'])
})

test.each(Object.entries(kinds))('%s: one that is ending is closed, which is all that Node can do', async (_name, kind) => {
  const end = (socket: Socket) => {
    socket.end('last words')
    return new Promise<void>((resolve) => process.nextTick(resolve))
  }
  expect(await heard(kind as Kind<Socket>, end)).not.toContain('server EINVAL')
})
