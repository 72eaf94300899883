// Header blocks of SPDY/3 (draft-mbelshe-httpbis-spdy-00, section 2.6.10): names and values, compressed by one zlib stream a direction.
import { constants, createInflate } from 'node:zlib'
import { SpdyError } from './frames.ts'

export type Headers = Readonly<Record<string, string>>

const maxBlockBytes = 64 * 1024

const words =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization ' +
  'cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range ' +
  'content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified ' +
  'location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding ' +
  'upgrade user-agent vary via warning www-authenticate method get status'
const otherWords = ['200 OK', 'version', 'HTTP/1.1', 'url', 'public', 'set-cookie', 'keep-alive', 'origin']
const tail =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No ' +
  'Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 ' +
  'Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,' +
  'image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,' +
  'sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.'

/** What both ends' compressors start with. */
export const headerDictionary: Buffer = Buffer.concat([...[...words.split(' '), ...otherWords].map(lengthPrefixed), Buffer.from(tail)])

function lengthPrefixed(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** Without compression, which zlib allows: what we send are empty blocks. Gives what turns headers into blocks of one connection. */
export function createHeaderEncoder(): (headers: Headers) => Buffer {
  let isFirst = true
  return (headers) => {
    const pairs = Object.entries(headers)
    const count = Buffer.alloc(4)
    count.writeUInt32BE(pairs.length)
    const plain = Buffer.concat([count, ...pairs.flat().map(lengthPrefixed)])
    // A stored block, and an empty one that makes the reader pass it on (RFC 1951, section 3.2.4).
    const stored = Buffer.alloc(5)
    stored.writeUInt16LE(plain.length, 1)
    stored.writeUInt16LE(~plain.length & 0xffff, 3)
    const head = isFirst ? [Buffer.from([0x78, 0x01])] : []
    isFirst = false
    return Buffer.concat([...head, stored, plain, Buffer.from([0, 0, 0, 0xff, 0xff])])
  }
}

export interface HeaderDecoder {
  /**
   * The headers of the next block; blocks must be given in their order, one after the other.
   * @throws SpdyError
   */
  decode(block: Buffer): Promise<Headers>
  close(): void
}

export function createHeaderDecoder(): HeaderDecoder {
  const inflate = createInflate({ dictionary: headerDictionary, flush: constants.Z_SYNC_FLUSH })
  let plain: Buffer[] = []
  let fail: (error: Error) => void = () => {}
  inflate.on('data', (chunk: Buffer) => {
    plain.push(chunk)
    if (plain.reduce((sum, { length }) => sum + length, 0) > maxBlockBytes) fail(new SpdyError('headers are too long'))
  })
  inflate.on('error', (error) => fail(new SpdyError(error.message)))
  return {
    async decode(block) {
      plain = []
      await new Promise<void>((resolve, reject) => {
        fail = reject
        inflate.write(block, () => resolve())
      })
      return parseHeaders(Buffer.concat(plain))
    },
    close: () => void inflate.destroy(),
  }
}

function parseHeaders(bytes: Buffer): Headers {
  let at = 0
  const number = () => {
    at += 4
    if (at > bytes.length) throw new SpdyError('headers end in their midst')
    return bytes.readUInt32BE(at - 4)
  }
  const text = () => {
    const length = number()
    at += length
    if (at > bytes.length) throw new SpdyError('headers end in their midst')
    return bytes.toString('utf8', at - length, at)
  }
  const headers: Record<string, string> = Object.create(null)
  for (let left = number(); left > 0; left--) {
    const name = text()
    headers[name] = text()
  }
  return headers
}
