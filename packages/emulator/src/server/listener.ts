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
  /** How many there are now. */
  readonly connections: number
  /** @param ca PEM: who signs client certificates, for connections from now on */
  trustClients(ca: string): Promise<void>
  /** Serves a connection that someone else has accepted, of which nothing has been read. */
  accept(socket: Socket): void
  /** Shows another certificate, to connections from now on. */
  showCertificate(serving: { cert: string; key: string }): Promise<void>
  /** Drops all connections, and refuses new ones for so many milliseconds. */
  goDown(milliseconds: number): Promise<void>
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
    loading ??= loadConnections(options).then(
      (loaded) => {
        connections = loaded
      },
      // As where no file can be opened: the next client may have more luck.
      (error: unknown) => {
        loading = undefined
        throw error
      },
    )
    return loading
  }
  // Paused: nothing may be read from a connection before TLS reads it.
  const accept = async (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    onConnection?.()
    if (connections === undefined) await load().catch(() => socket.destroy())
    if (!socket.destroyed) connections!.accept(socket)
  }
  const listener = createServer({ pauseOnConnect: true, noDelay: true }, accept)
  await listen(listener, host, port)
  const { port: taken } = listener.address() as AddressInfo
  const outage = createOutage(listener, sockets, () => listen(listener, host, taken))
  return {
    host,
    port: taken,
    get connections() {
      return sockets.size
    },
    async trustClients(ca) {
      await load()
      connections!.trustClients(ca)
    },
    accept: (socket) => void (outage.isNow() ? socket.destroy() : accept(socket)),
    async showCertificate(serving) {
      await load()
      connections!.showCertificate(serving)
    },
    goDown: (milliseconds) => outage.begin(milliseconds),
    disconnect() {
      for (const socket of sockets) socket.destroy()
    },
    load,
    close() {
      outage.cancel()
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
  if (listener.listenerCount('error') === 0) listener.on('error', () => {})
}

/** Between two attempts to listen again, should somebody else have taken the port. */
const retryMs = 200

/** Times in which nobody listens. One that begins within another lasts as long as the longer. */
function createOutage(listener: Server, sockets: Set<Socket>, listenAgain: () => Promise<void>) {
  let timer: NodeJS.Timeout | undefined
  let until = 0
  const end = async () => {
    timer = undefined
    await listenAgain().catch(() => {
      timer = setTimeout(end, retryMs)
    })
  }
  return {
    async begin(milliseconds: number) {
      const now = performance.now()
      const isDown = timer !== undefined
      if (isDown && now + milliseconds <= until) return
      until = now + milliseconds
      clearTimeout(timer)
      timer = setTimeout(end, milliseconds)
      if (!isDown) await closeListener(listener, sockets)
    },
    isNow: () => timer !== undefined,
    cancel: () => clearTimeout(timer),
  }
}

function closeListener(listener: Server, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    listener.close(() => resolve())
    for (const socket of sockets) socket.destroy()
  })
}
