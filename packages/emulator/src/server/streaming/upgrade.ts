// What the kubelet's streaming server does: chooses a protocol with a client, and connects its streams with a command or with ports.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws'
import { isWebSocketRequest, offeredProtocols } from '../../authentication/web-socket-protocol.ts'
import type { CommandUpgrade, PortForwardUpgrade, Upgrade } from '../../endpoints/http.ts'
import { createSpdyConnection, type SpdyStream } from '../spdy/connection.ts'
import { type CommandStreams, serveCommand } from './command.ts'
import { createPortForwarder, forwardPort } from './port-forward.ts'
import { type ChannelProtocol, openChannels } from './web-socket-channels.ts'

/** WebSocket protocols by version; the empty name is that of a client that asks for none. */
const channelProtocols: readonly (ChannelProtocol & { version: number })[] = [
  { name: 'v5.channel.k8s.io', version: 5, base64: false, closes: true },
  { name: 'v4.channel.k8s.io', version: 4, base64: false, closes: false },
  { name: 'v4.base64.channel.k8s.io', version: 4, base64: true, closes: false },
  { name: 'channel.k8s.io', version: 1, base64: false, closes: false },
  { name: 'base64.channel.k8s.io', version: 1, base64: true, closes: false },
  { name: '', version: 1, base64: false, closes: false },
]
const portProtocols = channelProtocols.filter(({ name, version }) => version === 4 || name === '')
const tunnelProtocol = 'SPDY/3.1+portforward.k8s.io'
const spdyCommandVersions = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io']
const spdyPortVersions = ['portforward.k8s.io']
const maxMessage = 32 * 1024 * 1024
/** How long a client may take to open its streams. */
const streamsWithin = 30_000

/** Goes on with a connection in the protocol that its client asked for, or refuses it. */
export async function serveStreams(req: IncomingMessage, socket: Duplex, head: Buffer, upgrade: Upgrade): Promise<void> {
  const session = isWebSocketRequest(req.headers) ? serveWebSocket(req, socket, head, upgrade) : serveSpdy(req, socket, head, upgrade)
  upgrade.track(session)
  await session
}

async function serveWebSocket(req: IncomingMessage, socket: Duplex, head: Buffer, upgrade: Upgrade): Promise<void> {
  const offered = offeredProtocols(req.headers)
  if (upgrade.kind === 'port-forward' && offered.includes(tunnelProtocol)) {
    const webSocket = await shakeHands(req, socket, head, tunnelProtocol)
    return serveSpdyStreams(createWebSocketStream(webSocket), upgrade, 0)
  }
  const known = upgrade.kind === 'command' ? channelProtocols : portProtocols
  const wanted = offered.includes('v5.channel.k8s.io') && upgrade.kind === 'command' ? ['v5.channel.k8s.io'] : offered
  const protocol = (wanted.length === 0 ? [''] : wanted)
    .map((name) => known.find((each) => each.name === name))
    .find((each) => each !== undefined)
  if (protocol === undefined) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  const webSocket = await shakeHands(req, socket, head, protocol.name)
  if (upgrade.kind === 'command') await serveCommandChannels(webSocket, protocol, upgrade)
  else await servePortChannels(webSocket, protocol, upgrade)
}

function shakeHands(req: IncomingMessage, socket: Duplex, head: Buffer, protocol: string): Promise<WebSocket> {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxMessage,
  })
  // Kubernetes' names of protocols hold what no name may (RFC 6455, section 4.1): the library would not let them pass.
  delete req.headers['sec-websocket-protocol']
  server.on('headers', (lines) => void (protocol !== '' && lines.push(`Sec-WebSocket-Protocol: ${protocol}`)))
  return new Promise((resolve, reject) => {
    // It has refused the request, or the client has gone.
    const fail = () => reject(new Error('no hands were shaken'))
    if (socket.destroyed) return fail()
    socket.once('close', fail)
    server.handleUpgrade(req, socket, head, resolve)
  })
}

async function serveCommandChannels(
  webSocket: WebSocket,
  protocol: ChannelProtocol & { version: number },
  upgrade: CommandUpgrade,
): Promise<void> {
  const { stdin, stdout, stderr } = upgrade.wanted
  const channels = openChannels(webSocket, protocol)
  const streams: CommandStreams = {
    stdin: stdin ? channels.readable(0) : undefined,
    stdout: stdout ? channels.writable(1) : undefined,
    stderr: stderr ? channels.writable(2) : undefined,
    error: channels.writable(3),
    resize: channels.readable(4),
    tellsStatus: protocol.version >= 4,
    gone: channels.closed,
  }
  // Tells the client that it is connected.
  const first = streams.stdout ?? streams.stderr ?? streams.error
  first.write(Buffer.alloc(0))
  await serveCommand(upgrade, streams)
  channels.close()
  await channels.closed
}

/** Two channels a port, for data and for an error; each begins with the port's number. */
async function servePortChannels(webSocket: WebSocket, protocol: ChannelProtocol, { ports, dial }: PortForwardUpgrade): Promise<void> {
  const channels = openChannels(webSocket, protocol)
  const forwarding = ports.map(async (port, index) => {
    const [output, error] = [channels.writable(index * 2), channels.writable(index * 2 + 1)]
    for (const channel of [output, error]) channel.write(Buffer.from([port & 0xff, port >> 8]))
    await forwardPort(() => dial(port), { input: channels.readable(index * 2), output, error })
  })
  await Promise.race([Promise.all(forwarding), channels.closed])
  channels.close()
}

async function serveSpdy(req: IncomingMessage, socket: Duplex, head: Buffer, upgrade: Upgrade): Promise<void> {
  const versions = upgrade.kind === 'command' ? spdyCommandVersions : spdyPortVersions
  const header = req.headersDistinct['x-stream-protocol-version']
  if (header === undefined) {
    const count = Object.keys(req.headersDistinct).length
    return refuse(
      socket,
      '400 Bad Request',
      `unable to upgrade: header X-Stream-Protocol-Version does not exist in request with ${count} headers`,
    )
  }
  const offered = header.flatMap((line) => line.split(',')).map((name) => name.trim())
  const version = offered.find((name) => versions.includes(name))
  if (version === undefined) {
    const why = `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${versions.join(' ')}]`
    const accepted = versions.map((name) => `X-Accepted-Stream-Protocol-Versions: ${name}\r\n`).join('')
    return refuse(socket, '403 Forbidden', why, accepted)
  }
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${version}\r\n\r\n`,
  )
  if (head.length > 0) socket.unshift(head)
  // `channel.k8s.io` is version 1.
  await serveSpdyStreams(socket, upgrade, Number(/^v(\d)/.exec(version)?.[1] ?? 1))
}

function refuse(socket: Duplex, status: string, text: string, headers = ''): void {
  const length = Buffer.byteLength(text) + 1
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n${headers}` +
      `Connection: close\r\nContent-Length: ${length}\r\n\r\n${text}\n`,
  )
}

async function serveSpdyStreams(transport: Duplex, upgrade: Upgrade, version: number): Promise<void> {
  if (upgrade.kind === 'port-forward') return createSpdyConnection(transport, createPortForwarder(upgrade)).closed
  const { stdin, stdout, stderr, tty } = upgrade.wanted
  const types = [
    'error',
    ...(stdin ? ['stdin'] : []),
    ...(stdout ? ['stdout'] : []),
    ...(stderr ? ['stderr'] : []),
    ...(tty && version >= 3 ? ['resize'] : []),
  ]
  const opened = new Map<string, SpdyStream>()
  const complete = Promise.withResolvers<true>()
  const connection = createSpdyConnection(transport, (stream) => {
    const { streamtype: type = '' } = stream.headers
    if (!types.includes(type) || opened.has(type)) return void stream.destroy()
    opened.set(type, stream)
    if (opened.size === types.length) complete.resolve(true)
  })
  const timer = setTimeout(() => connection.close(), streamsWithin)
  const isComplete = await Promise.race([complete.promise, connection.closed])
  clearTimeout(timer)
  if (isComplete !== true) return
  // What the client says in streams that only we write to.
  for (const type of ['error', 'stdout', 'stderr']) opened.get(type)?.resume()
  await serveCommand(upgrade, {
    stdin: opened.get('stdin'),
    stdout: opened.get('stdout'),
    stderr: opened.get('stderr'),
    resize: opened.get('resize'),
    error: opened.get('error')!,
    tellsStatus: version >= 4,
    gone: connection.closed,
  })
  connection.close()
  await connection.closed
}
