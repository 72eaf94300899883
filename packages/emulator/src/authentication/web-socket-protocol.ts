/** Credentials for clients that cannot set headers, such as browsers: a token as the name of a subprotocol, in base64url. */
const bearerProtocol = 'base64url.bearer.authorization.k8s.io.'

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** Whether a request asks to go on as a WebSocket. */
export function isWebSocketRequest({ connection, upgrade }: Headers): boolean {
  return (
    String(upgrade ?? '').toLowerCase() === 'websocket' &&
    String(connection ?? '')
      .toLowerCase()
      .includes('upgrade')
  )
}

/** The subprotocols that a client offers, without credentials. */
export function offeredProtocols(headers: Headers): string[] {
  return protocolsOf(headers).filter((protocol) => !protocol.startsWith(bearerProtocol))
}

/**
 * The bearer token among the subprotocols; undefined if there is none. Another subprotocol must stand beside it, for the server has
 * to choose one and credentials are no choice.
 * @returns an empty string for credentials that cannot be read
 */
export function protocolToken(headers: Headers): string | undefined {
  if (headers['sec-websocket-protocol'] === undefined || !isWebSocketRequest(headers)) return undefined
  const protocols = protocolsOf(headers)
  const given = protocols.filter((protocol) => protocol.startsWith(bearerProtocol))
  if (given.length === 0) return undefined
  const encoded = given[0]!.slice(bearerProtocol.length)
  if (given.length > 1 || !/^[\w-]*$/.test(encoded)) return ''
  if (encoded === '') return undefined
  return given.length === protocols.length ? '' : Buffer.from(encoded, 'base64url').toString()
}

function protocolsOf(headers: Headers): string[] {
  const header = String(headers['sec-websocket-protocol'] ?? '').trim()
  return header === '' ? [] : header.split(',').map((protocol) => protocol.trim())
}
