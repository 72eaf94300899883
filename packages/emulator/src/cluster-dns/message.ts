// DNS messages as bytes (RFC 1035, section 4), as far as a cluster's server needs them.

export const TYPES = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, OPT: 41, ANY: 255 } as const
export const CODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const
const CLASS_IN = 1
const HEADER_BYTES = 12
/** What a client takes by UDP if it says nothing (RFC 1035) or less than that. */
const SMALLEST_UDP = 512
/** What we say that we take by UDP. */
const OWN_UDP = 1232
const FLAGS = { response: 0x8000, authoritative: 0x0400, truncated: 0x0200, recursionDesired: 0x0100, recursionAvailable: 0x0080 }

export type RecordData =
  | { type: 'A' | 'AAAA'; address: string }
  | { type: 'CNAME' | 'PTR' | 'NS'; name: string }
  | { type: 'SRV'; priority: number; weight: number; port: number; target: string }
  | { type: 'TXT'; text: string }
  | { type: 'SOA'; server: string; mailbox: string; serial: number; refresh: number; retry: number; expire: number; minimum: number }

/** Names are without the last dot. */
export type DnsRecord = RecordData & { owner: string; ttl: number }

export interface Query {
  id: number
  opcode: number
  recursionDesired: boolean
  /** As the client wrote it, without the last dot. */
  name: string
  type: number
  class: number
  /** By EDNS (RFC 6891): what the client takes by UDP. */
  edns: { udpBytes: number } | undefined
}

export interface Answer {
  code: number
  authoritative: boolean
  answers: DnsRecord[]
  authorities: DnsRecord[]
  additionals: DnsRecord[]
}

/** Undefined for what is no query that can be answered. */
export function decodeQuery(bytes: Buffer): Query | undefined {
  if (bytes.length < HEADER_BYTES) return undefined
  const flags = bytes.readUInt16BE(2)
  if ((flags & FLAGS.response) !== 0 || bytes.readUInt16BE(4) !== 1) return undefined
  const question = readName(bytes, HEADER_BYTES)
  if (question === undefined || question.end + 4 > bytes.length) return undefined
  return {
    id: bytes.readUInt16BE(0),
    opcode: (flags >> 11) & 0xf,
    recursionDesired: (flags & FLAGS.recursionDesired) !== 0,
    name: question.name,
    type: bytes.readUInt16BE(question.end),
    class: bytes.readUInt16BE(question.end + 2),
    edns: readEdns(bytes, question.end + 4),
  }
}

export const isInternetClass = (query: Query) => query.class === CLASS_IN || query.class === 255

/** Only as an additional record right behind the question, where every client puts it. */
function readEdns(bytes: Buffer, at: number): Query['edns'] {
  const isThere = bytes.readUInt16BE(10) > 0 && bytes.length >= at + 11 && bytes[at] === 0 && bytes.readUInt16BE(at + 1) === TYPES.OPT
  return isThere ? { udpBytes: Math.max(SMALLEST_UDP, bytes.readUInt16BE(at + 3)) } : undefined
}

function readName(bytes: Buffer, start: number): { name: string; end: number } | undefined {
  const labels: string[] = []
  let at = start
  for (;;) {
    const length = bytes[at]
    // A question is the first name of a message: nothing to point to.
    if (length === undefined || length > 63 || at - start > 255) return undefined
    at += 1
    if (length === 0) return { name: labels.join('.'), end: at }
    if (at + length > bytes.length) return undefined
    labels.push(bytes.toString('latin1', at, at + length))
    at += length
  }
}

/** @param by TCP takes all; for UDP what does not fit is left out, and the client told to ask by TCP */
export function encodeResponse(query: Query, answer: Answer, by: 'udp' | 'tcp'): Buffer {
  const limit = by === 'tcp' ? 65_535 : (query.edns?.udpBytes ?? SMALLEST_UDP)
  const whole = assemble(query, answer, false)
  if (whole.length <= limit) return whole
  const withoutExtras = assemble(query, { ...answer, additionals: [] }, false)
  return withoutExtras.length <= limit ? withoutExtras : assemble(query, { ...answer, answers: [], authorities: [], additionals: [] }, true)
}

function assemble(query: Query, answer: Answer, truncated: boolean): Buffer {
  const { answers, authorities, additionals } = answer
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16BE(query.id, 0)
  const flags =
    FLAGS.response |
    (query.opcode << 11) |
    (answer.authoritative ? FLAGS.authoritative : 0) |
    (truncated ? FLAGS.truncated : 0) |
    (query.recursionDesired ? FLAGS.recursionDesired : 0) |
    FLAGS.recursionAvailable |
    answer.code
  header.writeUInt16BE(flags, 2)
  const counts = [1, answers.length, authorities.length, additionals.length + (query.edns ? 1 : 0)]
  for (const [index, count] of counts.entries()) header.writeUInt16BE(count, 4 + 2 * index)
  const writer = createWriter(header)
  writer.name(query.name)
  writer.numbers16(query.type, query.class)
  for (const record of [...answers, ...authorities, ...additionals]) writeRecord(writer, record)
  if (query.edns) writer.bytes(Buffer.from([0, 0, TYPES.OPT, OWN_UDP >> 8, OWN_UDP & 0xff, 0, 0, 0, 0, 0, 0]))
  return writer.finish()
}

interface Writer {
  bytes(bytes: Buffer): void
  numbers16(...values: number[]): void
  numbers32(...values: number[]): void
  /** Points to where the same ending stands already, unless it is to be written whole. */
  name(name: string, whole?: boolean): void
  /** Two bytes with the length of what `write` writes, before it. */
  counted(write: () => void): void
  finish(): Buffer
}

function createWriter(header: Buffer): Writer {
  const parts = [header]
  const places = new Map<string, number>()
  let length = header.length
  const bytes = (part: Buffer) => {
    parts.push(part)
    length += part.length
  }
  const numbers16 = (...values: number[]) => {
    for (const value of values) bytes(Buffer.from([(value >> 8) & 0xff, value & 0xff]))
  }
  return {
    bytes,
    numbers16,
    numbers32(...values) {
      for (const value of values) numbers16(value >>> 16, value & 0xffff)
    },
    name(name, whole = false) {
      const labels = name === '' ? [] : name.split('.')
      for (const [index, label] of labels.entries()) {
        const ending = labels.slice(index).join('.')
        const place = places.get(ending)
        if (place !== undefined && !whole) return numbers16(0xc000 | place)
        if (length < 0x4000) places.set(ending, length)
        const text = Buffer.from(label, 'latin1')
        bytes(Buffer.concat([Buffer.from([text.length]), text]))
      }
      bytes(Buffer.from([0]))
    },
    counted(write) {
      const count = Buffer.alloc(2)
      bytes(count)
      const start = length
      write()
      count.writeUInt16BE(length - start)
    },
    finish: () => Buffer.concat(parts),
  }
}

function writeRecord(writer: Writer, record: DnsRecord): void {
  writer.name(record.owner)
  writer.numbers16(TYPES[record.type], CLASS_IN)
  writer.numbers32(record.ttl)
  writer.counted(() => writeData(writer, record))
}

function writeData(writer: Writer, record: DnsRecord): void {
  if ('address' in record) {
    if (record.type === 'A') writer.bytes(Buffer.from(record.address.split('.').map(Number)))
    else writer.numbers16(...groupsOf(record.address))
  } else if (record.type === 'TXT') writer.bytes(Buffer.concat([Buffer.from([record.text.length]), Buffer.from(record.text, 'latin1')]))
  else if (record.type === 'SRV') {
    writer.numbers16(record.priority, record.weight, record.port)
    // RFC 2782: not shortened.
    writer.name(record.target, true)
  } else if (record.type === 'SOA') {
    writer.name(record.server)
    writer.name(record.mailbox)
    writer.numbers32(record.serial, record.refresh, record.retry, record.expire, record.minimum)
  } else writer.name(record.name)
}

/** The eight groups of an IPv6 address; the last two may be written as an IPv4 address. */
export function groupsOf(address: string): number[] {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => `${hex(a, b)}:${hex(c, d)}`)
  const [before = '', after] = plain.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))
  const [first, last] = [groups(before), groups(after ?? '')]
  return after === undefined ? first : [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
}

const hex = (high: string, low: string) => ((Number(high) << 8) | Number(low)).toString(16)
