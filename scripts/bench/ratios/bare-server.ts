// What Node itself takes: answers with ready bytes over node:https and node:http2. Told what by its parent, one message an answer.
import { createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createCertificateAuthority } from '../../../packages/emulator/src/pki/authority.ts'
import { type BareAddresses, type BareAnswer, NOTIFY, WATCH } from './bare-protocol.ts'

const json = { 'content-type': 'application/json' }
const answers = new Map<string, { status: number; body: Buffer }>()
const watchers = new Set<ServerHttp2Stream>()
process.on('message', ({ method, path, status, body }: BareAnswer) => {
  answers.set(`${method} ${path}`, { status, body: Buffer.from(body, 'base64') })
  process.send!('taken')
})
// The parent has gone.
process.on('disconnect', () => process.exit())

const { caCertificate, serving } = await createCertificateAuthority()

const overHttp1 = createServer(serving, async (request, response) => {
  for await (const _chunk of request);
  const { status, body } = answers.get(`${request.method} ${request.url}`)!
  response.writeHead(status, { ...json, 'content-length': body.length }).end(body)
  if (request.url === NOTIFY) for (const each of watchers) each.write(body)
})

const settings = { maxConcurrentStreams: 1000, initialWindowSize: 1 << 20 }
const overHttp2 = createSecureServer({ ...serving, maxSessionMemory: 64, settings })
overHttp2.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
  stream.on('error', () => {})
  stream.resume()
  if (headers[':path'] === WATCH) {
    stream.respond({ ':status': 200, ...json })
    watchers.add(stream)
    stream.on('close', () => watchers.delete(stream))
    return
  }
  const { status, body } = answers.get(`${headers[':method']} ${headers[':path']}`)!
  stream.respond({ ':status': status, ...json, 'content-length': body.length })
  stream.end(body)
})

await Promise.all([overHttp1, overHttp2].map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))))
const urlOf = (server: { address(): unknown }) => `https://127.0.0.1:${(server.address() as AddressInfo).port}`
process.send!({ http1: urlOf(overHttp1), http2: urlOf(overHttp2), ca: caCertificate } satisfies BareAddresses)
