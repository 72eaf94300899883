// A process in the network of the cluster, for as long as inpod runs: it opens sockets there and passes them on, so that inpod itself
// accepts the connections of another network namespace. Started by the setup's shell, which gives it a channel to inpod and no more.
import { createSocket, type Socket as DatagramSocket } from 'node:dgram'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** What the agent is asked to open. */
export interface AgentRequest {
  id: number
  open: 'listener' | 'datagrams' | 'connection'
  host: string
  port: number
}

/** With the socket, unless there is an error. */
export interface AgentReply {
  id: number
  error?: { code: string; message: string }
}

const OPENERS: Record<AgentRequest['open'], (host: string, port: number) => Promise<Server | DatagramSocket | Socket>> = {
  listener: (host, port) =>
    new Promise((resolve, reject) => {
      // Whoever comes before inpod has the socket is sent away.
      const server = createServer({ pauseOnConnect: true }, (socket) => socket.resetAndDestroy())
      server.once('error', reject).listen(port, host, 4096, () => resolve(server))
    }),
  datagrams: (host, port) =>
    new Promise((resolve, reject) => {
      const socket = createSocket('udp4')
      socket.once('error', reject).bind(port, host, () => resolve(socket))
    }),
  connection: (host, port) =>
    new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true })
      // Nothing may be read here, or it is lost.
      socket.pause()
      socket.once('error', reject).once('connect', () => resolve(socket))
    }),
}

async function answer({ id, open, host, port }: AgentRequest): Promise<void> {
  try {
    const socket = await OPENERS[open](host, port)
    socket.on('error', () => {})
    process.send!({ id } satisfies AgentReply, socket as Server, {}, () => {
      if ('close' in socket) socket.close()
    })
  } catch (error) {
    const { code = 'EIO', message } = error as NodeJS.ErrnoException
    process.send!({ id, error: { code, message } } satisfies AgentReply)
  }
}

// What reaches the whole process group is for the program.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const) process.on(signal, () => {})
process.on('message', (request: AgentRequest) => void answer(request))
// The channel alone would not do: a socket that is on its way when inpod is killed keeps Node from telling that it is closed.
process.stdin.once('close', () => process.exit()).resume()
process.once('disconnect', () => process.exit())
if (!process.connected) process.exit()
