import { isWebSocketRequest } from '../authentication/web-socket-protocol.ts'

/** Whether a request asks to go on in a protocol that this server speaks. */
export function isUpgradeRequest(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  if (isWebSocketRequest(headers)) return true
  const [connection, upgrade] = [headers['connection'], headers['upgrade']].map((value) => String(value ?? '').toLowerCase())
  return connection!.includes('upgrade') && upgrade!.includes('spdy/3.1')
}
