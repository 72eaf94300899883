import type { FieldFacts, TypeFacts } from '../../facts/types.ts'
import { fieldFlags } from '../../facts/types.ts'
import { setMember } from '../scheme/json-tree.ts'
import { parseJson } from '../scheme/parse-json.ts'
import { containerOf } from '../scheme/types.ts'
import { formatMicroTime, formatTime } from '../time.ts'
import { type Reader, readBytes, readDouble, readerOf, readInteger, readTag, readVarint, skipField, textOf, wireTypes } from './wire.ts'

type Message = Record<string, unknown>
type Fields = ReadonlyMap<number, FieldFacts>

/** Messages within messages; real objects have less than 20 levels. */
const maxDepth = 200

/** Decodes protobuf messages of API types straight into what JSON would have carried. Throws Errors in Go's words. */
export interface MessageDecoder {
  decode(typeName: string, bytes: Uint8Array): Message
}

export function createMessageDecoder({ types }: TypeFacts): MessageDecoder {
  const indexed = new Map<string, Fields>()

  function fieldsOf(typeName: string): Fields {
    const known = indexed.get(typeName)
    if (known !== undefined) return known
    const fields = new Map((types[typeName] ?? []).map((field) => [field[0], field]))
    indexed.set(typeName, fields)
    return fields
  }

  function decodeInto(output: Message, typeName: string, reader: Reader, depth: number): Message {
    if (depth > maxDepth) throw new Error('proto: message nested too deep')
    const fields = fieldsOf(typeName)
    const message = typeName.slice(typeName.lastIndexOf('.') + 1)
    while (reader.at < reader.end) {
      const { number, wireType } = readTag(reader, message)
      const field = fields.get(number)
      if (field === undefined) skipField(reader, wireType)
      else readField(output, field, reader, wireType, depth)
    }
    return output
  }

  function readField(output: Message, field: FieldFacts, reader: Reader, wireType: number, depth: number): void {
    const [, name, kind, type, flags] = field
    if ((flags & fieldFlags.inline) !== 0) {
      expectWire(field, wireType, wireTypes.bytes)
      decodeInto(output, type, readerOf(readBytes(reader)), depth + 1)
      return
    }
    const { container, element } = containerOf(kind)
    if (container === 'list') {
      const list = (output[name] as unknown[] | undefined) ?? []
      output[name] = list
      readElements(list, element, field, reader, wireType, depth)
    } else if (container === 'map') {
      expectWire(field, wireType, wireTypes.bytes)
      const map = (output[name] as Message | undefined) ?? {}
      output[name] = map
      readEntry(map, element, type, readerOf(readBytes(reader)), depth)
    } else output[name] = readValue(kind, field, reader, wireType, depth, output[name])
  }

  /** Numbers may come packed: all of them in one field. */
  function readElements(list: unknown[], kind: string, field: FieldFacts, reader: Reader, wireType: number, depth: number): void {
    const scalar = wireOf(kind)
    if (wireType !== wireTypes.bytes || scalar === wireTypes.bytes) {
      list.push(readValue(kind, field, reader, wireType, depth, undefined))
      return
    }
    const packed = readerOf(readBytes(reader))
    while (packed.at < packed.end) list.push(readValue(kind, field, packed, scalar, depth, undefined))
  }

  function readEntry(map: Message, kind: string, type: string, reader: Reader, depth: number): void {
    let key = ''
    let value: unknown
    const field: FieldFacts = [2, 'value', kind, type, 0]
    while (reader.at < reader.end) {
      const { number, wireType } = readTag(reader, 'map')
      if (number === 1) key = textOf(readBytes(reader))
      else if (number === 2) value = readValue(kind, field, reader, wireType, depth, undefined)
      else skipField(reader, wireType)
    }
    setMember(map, key, value ?? zeroOf(kind))
  }

  function readValue(kind: string, field: FieldFacts, reader: Reader, wireType: number, depth: number, previous: unknown): unknown {
    expectWire(field, wireType, wireOf(kind))
    switch (kind) {
      case 'bool':
        return readVarint(reader) !== 0
      case 'int':
      case 'uint64':
        return readInteger(reader, 64)
      case 'int32':
        return readInteger(reader, 32)
      case 'uint8':
      case 'uint32':
        return Number(readVarint(reader)) % 0x1_0000_0000
      case 'double':
        return readDouble(reader)
      case 'string':
        return textOf(readBytes(reader))
      case 'bytes':
        return Buffer.from(readBytes(reader)).toString('base64')
      case 'message':
        return decodeInto((previous as Message | undefined) ?? {}, field[3], readerOf(readBytes(reader)), depth + 1)
      default:
        return readSpecial(kind, field[3], readBytes(reader), depth)
    }
  }

  /** Types that are messages in protobuf, and something else in JSON. */
  function readSpecial(kind: string, type: string, bytes: Uint8Array, depth: number): unknown {
    switch (kind) {
      case 'time':
      case 'microtime':
        return timeOf(kind, readNumbers(bytes))
      case 'quantity':
        return textOf(readParts(bytes).get(1) ?? new Uint8Array()) || '0'
      case 'intstr': {
        const { 1: isText = 0, 2: value = 0 } = readNumbers(bytes)
        return isText === 1 ? textOf(readParts(bytes).get(3) ?? new Uint8Array()) : value | 0
      }
      case 'raw':
      case 'fields':
        return jsonOf(readParts(bytes).get(1))
      case 'items':
        return decodeInto({}, itemsType, readerOf(bytes), depth + 1)['items'] ?? []
      default:
        return readSchemaUnion(kind, type, bytes, depth)
    }
  }

  /** A CRD's schema, or in its place a bool or a list. */
  function readSchemaUnion(kind: string, type: string, bytes: Uint8Array, depth: number): unknown {
    const { schema, allows, jSONSchemas, Property, property } = decodeInto({}, type, readerOf(bytes), depth + 1) as Message
    if (kind === 'schema-or-bool') return schema ?? allows ?? false
    return schema ?? jSONSchemas ?? Property ?? property ?? null
  }

  indexed.set(itemsType, new Map([[1, [1, 'items', '[]string', '', 0] as const]]))
  for (const union of unions) indexed.set(`${apiextensions}.${union.name}`, new Map(union.fields.map((field) => [field[0], field])))
  return { decode: (typeName, bytes) => decodeInto({}, typeName, readerOf(bytes), 0) }
}

const itemsType = 'items'
const apiextensions = 'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1'
const schemaProps = `${apiextensions}.JSONSchemaProps`

/** The fields of these have no JSON names of their own. */
const unions: readonly { name: string; fields: readonly FieldFacts[] }[] = [
  {
    name: 'JSONSchemaPropsOrBool',
    fields: [
      [1, 'allows', 'bool', '', 0],
      [2, 'schema', 'message', schemaProps, 0],
    ],
  },
  {
    name: 'JSONSchemaPropsOrArray',
    fields: [
      [1, 'schema', 'message', schemaProps, 0],
      [2, 'jSONSchemas', '[]message', schemaProps, 0],
    ],
  },
  {
    name: 'JSONSchemaPropsOrStringArray',
    fields: [
      [1, 'schema', 'message', schemaProps, 0],
      [2, 'property', '[]string', '', 0],
    ],
  },
]

const varintKinds = new Set(['bool', 'int', 'int32', 'uint8', 'uint32', 'uint64'])
const wireOf = (kind: string) => (varintKinds.has(kind) ? wireTypes.varint : kind === 'double' ? wireTypes.fixed64 : wireTypes.bytes)
const zeroOf = (kind: string): unknown => (kind === 'message' ? {} : kind === 'string' || kind === 'bytes' ? '' : null)

function expectWire([, name]: FieldFacts, actual: number, expected: number): void {
  if (actual === expected) return
  const goName = name === 'metadata' ? 'ObjectMeta' : name.charAt(0).toUpperCase() + name.slice(1)
  throw new Error(`proto: wrong wireType = ${actual} for field ${goName}`)
}

/** The numbers of a small message by field. */
function readNumbers(bytes: Uint8Array): Record<number, number> {
  const reader = readerOf(bytes)
  const numbers: Record<number, number> = {}
  while (reader.at < reader.end) {
    const { number, wireType } = readTag(reader, 'message')
    if (wireType === wireTypes.varint) numbers[number] = readInteger(reader, 64)
    else skipField(reader, wireType)
  }
  return numbers
}

/** The length-delimited fields of a small message. */
export function readParts(bytes: Uint8Array): Map<number, Uint8Array> {
  const reader = readerOf(bytes)
  const parts = new Map<number, Uint8Array>()
  while (reader.at < reader.end) {
    const { number, wireType } = readTag(reader, 'message')
    if (wireType === wireTypes.bytes) parts.set(number, readBytes(reader))
    else skipField(reader, wireType)
  }
  return parts
}

const yearOne = -62_135_596_800
const lastSecond = 253_402_300_799

function timeOf(kind: 'time' | 'microtime', { 1: seconds, 2: nanoseconds = 0 }: Record<number, number>): string | null {
  if (seconds === undefined && nanoseconds === 0) return null
  const whole = seconds ?? 0
  if (whole === yearOne && nanoseconds === 0) return null
  if (whole < yearOne || whole > lastSecond) throw new Error('Time.MarshalJSON: year outside of range [0,9999]')
  if (kind === 'time') return formatTime(whole * 1000)
  const micros = Math.floor(nanoseconds / 1000)
  return formatMicroTime(whole * 1000 + Math.floor(micros / 1000), micros % 1000)
}

function jsonOf(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined || bytes.length === 0) return null
  return parseJson(textOf(bytes)).value
}
