import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { HttpsConnectionOptions } from './https-server.ts'

export interface HttpsServerOptions extends HttpsConnectionOptions {
  host: string
  /** 0 takes a free one. */
  port: number
  /** Told of each connection. */
  onConnection?: (() => void) | undefined
}

export interface HttpsServer {
  readonly host: string
  readonly port: number
  /** @param ca PEM: who signs client certificates, for connections from now on */
  trustClients(ca: string): Promise<void>
  /** Serves a connection that someone else has accepted, of which nothing has been read. */
  accept(socket: Socket): void
  /** Drops all connections, and goes on accepting new ones. */
  disconnect(): void
  /** Loads what speaks TLS and HTTP/2, though no client has come. */
  load(): Promise<void>
  close(): Promise<void>
}

type Connections = Awaited<ReturnType<typeof loadConnections>>
const loadConnections = async (options: HttpsConnectionOptions) => (await import('./https-server.ts')).createHttpsConnections(options)

/**
 * Listens with HTTP/1.1 and HTTP/2 by ALPN. Node's TLS and HTTP/2 take as long to load as Node itself, so they are loaded for the first
 * client, or when it is time: a program that is being started has not got that far.
 * @throws the error of `listen`, such as EADDRINUSE
 */
export async function startHttpsServer({ host, port, onConnection, ...options }: HttpsServerOptions): Promise<HttpsServer> {
  const sockets = new Set<Socket>()
  let connections: Connections | undefined
  let loading: Promise<void> | undefined
  const load = (): Promise<void> => {
    loading ??= loadConnections(options).then((loaded) => {
      connections = loaded
    })
    return loading
  }
  // Paused: nothing may be read from a connection before TLS reads it.
  const accept = async (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    onConnection?.()
    if (connections === undefined) await load()
    if (!socket.destroyed) connections!.accept(socket)
  }
  const listener = createServer({ pauseOnConnect: true, noDelay: true }, accept)
  await listen(listener, host, port)
  return {
    host,
    port: (listener.address() as AddressInfo).port,
    async trustClients(ca) {
      await load()
      connections!.trustClients(ca)
    },
    accept: (socket) => void accept(socket),
    disconnect() {
      for (const socket of sockets) socket.destroy()
    },
    load,
    close() {
      connections?.close()
      return closeListener(listener, sockets)
    },
  }
}

async function listen(listener: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(port, host, () => {
      listener.off('error', reject)
      resolve()
    })
  })
  listener.on('error', () => {})
}

function closeListener(listener: Server, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    listener.close(() => resolve())
    for (const socket of sockets) socket.destroy()
  })
}
