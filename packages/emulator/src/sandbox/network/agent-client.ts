import type { ChildProcess } from 'node:child_process'
import type { Socket as DatagramSocket } from 'node:dgram'
import type { Server, Socket } from 'node:net'
import { EmulatorError } from '../../errors.ts'
import type { AgentReply, AgentRequest } from './agent.ts'

/** The network of the cluster, seen from outside: what is opened here is open there. */
export interface ClusterNetwork {
  /** Accepts connections to an address of the cluster. Gives a server to be listened with: `createServer().listen(it)`. */
  listener(host: string, port: number): Promise<Server>
  datagrams(host: string, port: number): Promise<DatagramSocket>
  /** Connects to an address of the cluster, such as a Pod's. */
  connection(host: string, port: number): Promise<Socket>
}

/** Speaks with the agent of a setup that has just been started; it ends when the channel is closed. */
export function createAgentClient(child: ChildProcess): ClusterNetwork {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let last = 0
  child.on('message', ({ id, error }: AgentReply, socket) => {
    const asked = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) asked?.resolve(socket)
    else asked?.reject(Object.assign(new Error(error.message), { code: error.code }))
  })
  child.once('disconnect', () => {
    for (const { reject } of waiting.values()) reject(ended())
    waiting.clear()
  })
  const ask = <T>(open: AgentRequest['open'], host: string, port: number): Promise<T> => {
    const asked = Promise.withResolvers<unknown>()
    if (!child.connected) return Promise.reject(ended())
    last += 1
    waiting.set(last, asked)
    child.send({ id: last, open, host, port } satisfies AgentRequest)
    return asked.promise as Promise<T>
  }
  return {
    listener: (host, port) => ask('listener', host, port),
    datagrams: (host, port) => ask('datagrams', host, port),
    connection: (host, port) => ask('connection', host, port),
  }
}

const ended = () => new EmulatorError('ERR_SANDBOX', "the process that opens sockets in the program's network has ended")
