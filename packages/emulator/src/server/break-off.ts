import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * Breaks off a connection: with a TCP reset, where it is TCP.
 * @param destroy for a connection that a session of HTTP/2 keeps to itself
 */
export function breakOff(connection: Duplex | null | undefined, destroy: () => void = () => connection?.destroy()): void {
  // What carries TLS: Node keeps it under a name of its own, so it may be missing.
  const carrier: unknown = (connection as { _parent?: unknown } | undefined)?._parent
  if (!(carrier instanceof Socket)) return void destroy()
  if (isEnding(connection!)) return void destroy()
  try {
    carrier.resetAndDestroy()
  } catch {
    destroy()
  }
}

/** Resets a TCP connection; one that is ending is closed. */
export function resetConnection(socket: Socket): void {
  if (isEnding(socket)) socket.destroy()
  else socket.resetAndDestroy()
}

/**
 * Whether its end is being written: libuv refuses to reset it then (uv_tcp_close_reset, EINVAL), and Node, which has let go of it all the
 * same, waits for it without end when the process is to end.
 */
const isEnding = ({ writableEnded, writableFinished }: Duplex) => writableEnded && !writableFinished
