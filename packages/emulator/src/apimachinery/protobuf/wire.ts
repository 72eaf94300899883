/** The fields of one protobuf message, read in place. All errors are plain Errors in the words of gogo/protobuf's generated code. */
export interface Reader {
  readonly bytes: Uint8Array
  at: number
  readonly end: number
}

export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const

export const readerOf = (bytes: Uint8Array): Reader => ({ bytes, at: 0, end: bytes.length })

const unexpectedEnd = () => new Error('unexpected EOF')

/** An unsigned number of up to 64 bits, as a BigInt where a double would lose digits. */
export function readVarint(reader: Reader): number | bigint {
  let value = 0
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = readByte(reader)
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return value
  }
  let big = BigInt(value)
  for (let shift = 28n; shift < 64n; shift += 7n) {
    const byte = readByte(reader)
    big |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) {
      const all = BigInt.asUintN(64, big)
      return all <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(all) : all
    }
  }
  throw new Error('proto: integer overflow')
}

function readByte(reader: Reader): number {
  if (reader.at >= reader.end) throw unexpectedEnd()
  return reader.bytes[reader.at++] as number
}

/** A signed integer of 32 or 64 bits. Beyond 2^53 it is the nearest that a double holds. */
export function readInteger(reader: Reader, bits: 32 | 64): number {
  const value = readVarint(reader)
  if (typeof value === 'number') return bits === 32 ? value | 0 : value
  const signed = Number(BigInt.asIntN(bits, value))
  return Math.min(2 ** 63 - 1024, signed)
}

/** A view of a length-delimited field: no copy. */
export function readBytes(reader: Reader): Uint8Array {
  const length = Number(readVarint(reader))
  if (length >= 2 ** 63) throw new Error('proto: negative length found during unmarshaling')
  const end = reader.at + length
  if (end > reader.end) throw unexpectedEnd()
  const view = reader.bytes.subarray(reader.at, end)
  reader.at = end
  return view
}

export function readDouble(reader: Reader): number {
  if (reader.at + 8 > reader.end) throw unexpectedEnd()
  const { buffer, byteOffset } = reader.bytes
  const value = new DataView(buffer, byteOffset + reader.at, 8).getFloat64(0, true)
  reader.at += 8
  return value
}

/** The next field's number and wire type, 0 at the end. */
export function readTag(reader: Reader, message: string): { number: number; wireType: number } {
  if (reader.at >= reader.end) return { number: 0, wireType: 0 }
  const tag = Number(BigInt.asUintN(35, BigInt(readVarint(reader))))
  const number = Math.floor(tag / 8) | 0
  const wireType = tag % 8
  if (wireType === wireTypes.endGroup) throw new Error(`proto: ${message}: wiretype end group for non-group`)
  if (number <= 0) throw new Error(`proto: ${message}: illegal tag ${number} (wire type ${tag})`)
  return { number, wireType }
}

export function skipField(reader: Reader, wireType: number): void {
  if (wireType === wireTypes.varint) readVarint(reader)
  else if (wireType === wireTypes.bytes) readBytes(reader)
  else if (wireType === wireTypes.fixed64) skip(reader, 8)
  else if (wireType === wireTypes.fixed32) skip(reader, 4)
  else if (wireType === wireTypes.startGroup) skipGroup(reader)
  else throw new Error(`proto: illegal wireType ${wireType}`)
}

function skip(reader: Reader, count: number): void {
  if (reader.at + count > reader.end) throw unexpectedEnd()
  reader.at += count
}

/** Groups nest; their depth is counted, not recursed into. */
function skipGroup(reader: Reader): void {
  for (let depth = 1; depth > 0; ) {
    const wireType = Number(readVarint(reader)) % 8
    if (wireType === wireTypes.startGroup) depth++
    else if (wireType === wireTypes.endGroup) depth--
    else skipField(reader, wireType)
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Bytes that are no UTF-8 come out as U+FFFD. */
export const textOf = (bytes: Uint8Array): string => utf8.decode(bytes)
