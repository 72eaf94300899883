import { connect, type Socket } from 'node:net'
import type { RunningContainer } from '../container-runtime/running-containers.ts'
import type { ProgramOutput } from './program-output.ts'
import type { Sandbox } from './sandbox.ts'

interface ContainerOptions extends Pick<RunningContainer, 'podUid' | 'name'> {
  /** Where somebody else reads what the program writes. */
  output?: ProgramOutput | undefined
}

/** The program of a sandbox, once it runs, as the container of a Pod. */
export function runningContainer(sandbox: Sandbox, { podUid, name, output = sandbox.output() }: ContainerOptions): RunningContainer {
  return {
    podUid,
    name,
    log: output?.log,
    attach: () => output?.attach(),
    exec: async (request) => (await import('./execute.ts')).execute((words) => sandbox.inside(words), request),
    dial,
  }
}

/** The Pod's network is this machine's. */
async function dial(port: number): Promise<Socket> {
  const first = await dialAt('127.0.0.1', port).catch((error: Error) => error)
  if (!(first instanceof Error)) return first
  return dialAt('::1', port).catch((second: Error) => {
    throw new Error(`failed to connect to localhost:${port}, IPv4: ${first.message} IPv6: ${second.message}`)
  })
}

function dialAt(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // One side may have said all while the other goes on.
    const socket = connect({ host, port, allowHalfOpen: true })
    const address = host.includes(':') ? `dial tcp6 [${host}]:${port}` : `dial tcp4 ${host}:${port}`
    socket.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      reject(new Error(`${address}: connect: ${code === 'ECONNREFUSED' ? 'connection refused' : message}`))
    })
    socket.once('connect', () => {
      socket.removeAllListeners('error').on('error', () => {})
      resolve(socket)
    })
  })
}
