import type { Socket } from 'node:net'
import type { Sandbox } from './sandbox.ts'

/**
 * Connects to a port of a Pod: at the Pod's own address, since it may share its network with others, or else at localhost, as a kubelet does.
 * @throws Error with the system's reason, in a container runtime's words
 */
export async function dialPod(sandbox: Pick<Sandbox, 'connect'>, port: number, podIP: string | undefined): Promise<Socket> {
  const own = podIP === undefined ? undefined : await dialAt(sandbox, podIP, port).catch(() => undefined)
  if (own !== undefined) return own
  const first = await dialAt(sandbox, '127.0.0.1', port).catch((error: Error) => error)
  if (!(first instanceof Error)) return first
  return dialAt(sandbox, '::1', port).catch((second: Error) => {
    throw new Error(`failed to connect to localhost:${port}, IPv4: ${first.message} IPv6: ${second.message}`)
  })
}

async function dialAt(sandbox: Pick<Sandbox, 'connect'>, host: string, port: number): Promise<Socket> {
  try {
    const socket = await sandbox.connect(host, port)
    return socket.on('error', () => {})
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const address = host.includes(':') ? `dial tcp6 [${host}]:${port}` : `dial tcp4 ${host}:${port}`
    throw new Error(`${address}: connect: ${code === 'ECONNREFUSED' ? 'connection refused' : message}`)
  }
}
