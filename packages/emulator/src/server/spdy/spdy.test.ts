import { duplexPair } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { constants, createDeflate } from 'node:zlib'
import { expect, test } from 'vitest'
import { createSpdyConnection, type SpdyStream } from './connection.ts'
import { createFrameReader, dataHead, type Frame, pingFrame, rstStreamFrame, SpdyError, synStreamFrame } from './frames.ts'
import { createHeaderDecoder, createHeaderEncoder, headerDictionary } from './header-block.ts'

/** The client's side: bytes to the connection, and the frames that come from it. */
function connect() {
  const [client, transport] = duplexPair()
  const streams: SpdyStream[] = []
  const connection = createSpdyConnection(transport, (stream) => streams.push(stream))
  const frames: Frame[] = []
  const read = createFrameReader()
  client.on('data', (chunk: Buffer) => frames.push(...read(chunk)))
  const encode = createHeaderEncoder()
  return {
    connection,
    streams,
    frames,
    send: (...parts: Buffer[]) => void client.write(Buffer.concat(parts)),
    open: (id: number, headers: Record<string, string>, fin = false) => void client.write(synStreamFrame(id, fin, encode(headers))),
    end: () => void client.end(),
  }
}

const data = (id: number, bytes: string, fin = false) => Buffer.concat([dataHead(id, bytes.length, fin), Buffer.from(bytes)])

test('the dictionary is that of the draft', () => {
  expect(headerDictionary).toHaveLength(1423)
})

test('headers that a client has compressed are read, block by block', async () => {
  const deflate = createDeflate({ dictionary: headerDictionary })
  const compress = (plain: Buffer) =>
    new Promise<Buffer>((resolve) => {
      const parts: Buffer[] = []
      deflate.removeAllListeners('data').on('data', (part: Buffer) => parts.push(part))
      deflate.write(plain)
      deflate.flush(constants.Z_SYNC_FLUSH, () => resolve(Buffer.concat(parts)))
    })
  const word = (value: string) => Buffer.concat([Buffer.from([0, 0, 0, value.length]), Buffer.from(value)])
  const block = (type: string) => Buffer.concat([Buffer.from([0, 0, 0, 1]), word('streamtype'), word(type)])
  const decoder = createHeaderDecoder()
  expect({ ...(await decoder.decode(await compress(block('error')))) }).toEqual({ streamtype: 'error' })
  expect({ ...(await decoder.decode(await compress(block('stdin')))) }).toEqual({ streamtype: 'stdin' })
  await expect(decoder.decode(Buffer.from('nonsense'))).rejects.toThrow(SpdyError)
  decoder.close()
})

test('headers that are too long are refused', async () => {
  const encode = createHeaderEncoder()
  const decoder = createHeaderDecoder()
  const headers = { first: 'x'.repeat(40_000), second: 'y'.repeat(20_000) }
  expect({ ...(await decoder.decode(encode(headers))) }).toEqual(headers)
  const deflate = createDeflate({ dictionary: headerDictionary })
  deflate.end(Buffer.alloc(1_000_000))
  await expect(createHeaderDecoder().decode(await buffer(deflate))).rejects.toThrow(/too long/)
})

test('frames that come in any pieces', () => {
  const bytes = Buffer.concat([data(1, 'hello'), pingFrame(7), data(1, '', true), rstStreamFrame(3, 5)])
  const whole = createFrameReader()(bytes)
  const read = createFrameReader()
  expect([...bytes].flatMap((byte) => read(Buffer.from([byte])))).toEqual(whole)
  expect(whole).toEqual([
    { type: 'data', stream: 1, fin: false, bytes: Buffer.from('hello') },
    { type: 'ping', id: 7 },
    { type: 'data', stream: 1, fin: true, bytes: Buffer.alloc(0) },
    { type: 'rst-stream', stream: 3 },
  ])
  expect(() => createFrameReader()(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).not.toThrow()
  expect(() => createFrameReader()(Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 0]))).toThrow(/version 2/)
})

test('streams carry bytes both ways, and end one way at a time', async () => {
  const { connection, streams, frames, send, open, end } = connect()
  open(1, { streamtype: 'stdin' })
  send(data(1, 'in'), data(1, 'put', true))
  await expect.poll(() => streams.length).toBe(1)
  const [stream] = streams as [SpdyStream]
  expect(stream.headers['streamtype']).toBe('stdin')
  let input = ''
  stream.on('data', (bytes: Buffer) => (input += bytes))
  await expect.poll(() => stream.readableEnded).toBe(true)
  expect(input).toBe('input')
  stream.end('output')
  await expect.poll(() => frames.length).toBe(3)
  expect(frames.map(({ type }) => type)).toEqual(['syn-reply', 'data', 'data'])
  expect(frames[1]).toMatchObject({ stream: 1, fin: false, bytes: Buffer.from('output') })
  expect(frames[2]).toMatchObject({ stream: 1, fin: true })
  send(pingFrame(3))
  await expect.poll(() => frames.at(-1)).toEqual({ type: 'ping', id: 3 })
  connection.close()
  await expect.poll(() => frames.at(-1)?.type).toBe('go-away')
  end()
  await connection.closed
})

test('what is not finished is reset when it is destroyed, and destroyed when it is reset', async () => {
  const { streams, frames, send, open } = connect()
  open(1, {})
  open(3, {})
  await expect.poll(() => streams.length).toBe(2)
  streams[0]!.destroy()
  await expect.poll(() => frames.at(-1)).toEqual({ type: 'rst-stream', stream: 1 })
  send(rstStreamFrame(3, 5))
  await expect.poll(() => streams[1]!.destroyed).toBe(true)
})

test('a client that is gone, or speaks something else, ends the streams and the connection', async () => {
  const gone = connect()
  gone.open(1, {})
  await expect.poll(() => gone.streams.length).toBe(1)
  gone.end()
  await gone.connection.closed
  expect(gone.streams[0]!.destroyed).toBe(true)
  const strange = connect()
  strange.send(Buffer.from([0x80, 3, 0, 99, 0, 0, 0, 0]))
  await strange.connection.closed
})
