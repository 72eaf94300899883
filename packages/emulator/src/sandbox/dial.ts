import { connect } from 'node:net'
import { Duplex } from 'node:stream'
import type { Inside } from './execute.ts'
import { startProcess } from './start-process.ts'

/**
 * Connects to a port of this machine, which is the Pod's network: at the Pod's own address, where it shares the machine with others, or
 * else at localhost, as a kubelet does.
 * @throws Error with the system's reason, in a container runtime's words
 */
export async function dialHost(port: number, podIP: string | undefined): Promise<Duplex> {
  const own = podIP === undefined ? undefined : await dialAt(podIP, port).catch(() => undefined)
  if (own !== undefined) return own
  const first = await dialAt('127.0.0.1', port).catch((error: Error) => error)
  if (!(first instanceof Error)) return first
  return dialAt('::1', port).catch((second: Error) => {
    throw new Error(`failed to connect to localhost:${port}, IPv4: ${first.message} IPv6: ${second.message}`)
  })
}

function dialAt(host: string, port: number): Promise<Duplex> {
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

const CONNECTED = 'connected'
const relay = `
const socket = require('node:net').connect({ host: 'localhost', port: Number(process.argv[1]), allowHalfOpen: true })
socket.once('connect', () => process.stderr.write('${CONNECTED}'))
socket.once('error', ({ code, message }) => {
  process.stderr.write(code === 'ECONNREFUSED' ? 'connection refused' : message || code)
  process.exitCode = 1
  process.stdin.destroy()
})
process.stdin.pipe(socket).pipe(process.stdout)`

/**
 * Connects to a port of the program's own network: by a process there, since nothing else reaches its loopback.
 * @throws as {@link dialHost}
 */
export async function dialInside(inside: Inside, port: number): Promise<Duplex> {
  const [file, ...args] = inside([process.execPath, '-e', relay, String(port)])
  const child = await startProcess(file!, args, { stdio: 'pipe', detached: true })
  const said = await new Promise<string>((resolve) => {
    let text = ''
    child.stderr!.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (text === CONNECTED) resolve(text)
    })
    child.stderr!.once('close', () => resolve(text))
  })
  if (said !== CONNECTED) throw new Error(`failed to connect to localhost:${port} inside namespace: ${said}`)
  // Node takes such a pair, which its types do not say.
  const pair: object = { readable: child.stdout, writable: child.stdin }
  const duplex = Duplex.from(pair as Parameters<typeof Duplex.from>[0])
  duplex.on('error', () => {})
  return duplex.once('close', () => void child.kill('SIGKILL'))
}
