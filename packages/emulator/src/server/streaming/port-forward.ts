import type { Duplex, Readable, Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { PortForwardUpgrade } from '../../endpoints/http.ts'
import type { SpdyStream } from '../spdy/connection.ts'

/** Ports as streams of SPDY: each connection is two, one for data and one for an error, that name it alike (kubelet, portforward). */
export function createPortForwarder({ dial }: PortForwardUpgrade): (stream: SpdyStream) => void {
  const waiting = new Map<string, SpdyStream>()
  return (stream) => {
    const { streamtype: type, port = '', requestid } = stream.headers
    const number = Number(port)
    if ((type !== 'data' && type !== 'error') || !/^\d+$/.test(port) || number < 1 || number > 65_535) return void stream.destroy()
    // Clients without request ids open the stream for data right after that for errors.
    const pair = requestid ?? String(type === 'error' ? stream.id : stream.id - 2)
    const other = waiting.get(pair)
    if (other === undefined || other.headers['streamtype'] === type) return void waiting.set(pair, stream)
    waiting.delete(pair)
    const [data, error] = type === 'data' ? [stream, other] : [other, stream]
    void forwardPort(() => dial(number), { input: data, output: data, error }).then(() => {
      for (const each of [data, error]) each.end()
      error.resume()
    })
  }
}

interface PortStreams {
  input: Readable
  output: Writable
  error: Writable
}

/** Both ways, each until it ends. */
export async function forwardPort(dial: () => Promise<Duplex>, { input, output, error }: PortStreams): Promise<void> {
  const target = await dial().catch((reason: Error) => reason)
  if (target instanceof Error) {
    error.write(target.message)
    input.resume()
    return
  }
  target.on('error', () => {})
  // Whoever asked for it has gone meanwhile, and nothing more will be told of that.
  if (input.destroyed || output.destroyed) return void target.destroy()
  input.pipe(target)
  target.pipe(output, { end: false })
  input.once('close', () => {
    if (!input.readableEnded) target.destroy()
  })
  output.once('close', () => target.destroy())
  // What still comes goes nowhere; unread, it would hide that the client goes.
  target.once('close', () => input.resume())
  await finished(target, { writable: false }).catch(() => {})
}
