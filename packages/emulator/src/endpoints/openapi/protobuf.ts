import { memoize } from '../../apimachinery/memoize.ts'
import { wireTypes } from '../../apimachinery/protobuf/wire.ts'
import { formatYamlNode } from '../../apimachinery/yaml/format.ts'
import { type MessageTable, v2Messages, v3Messages } from './gnostic-messages.ts'

interface Field {
  number: number
  key: string
  type: string
  repeated: boolean
  map: boolean
  /** Whether a member of a union, which is written even if it is zero. */
  union: boolean
}

/** Written from its end, so that the length of a message is known when its head is written. */
interface Writer {
  bytes: Buffer
  at: number
}

type Json = Record<string, unknown>
type Messages = ReadonlyMap<string, readonly Field[]>

/** An OpenAPI document of version 2 (`swagger: "2.0"`) as gnostic's protobuf message. */
export const encodeOpenApiV2 = (document: object): Buffer => encode(v2Messages, document)

/** An OpenAPI document of version 3.0 as gnostic's protobuf message. */
export const encodeOpenApiV3 = (document: object): Buffer => encode(v3Messages, document)

function encode(table: MessageTable, document: object): Buffer {
  const writer: Writer = { bytes: Buffer.allocUnsafe(1 << 20), at: 1 << 20 }
  writeMessage(writer, messagesOf(table), 'Document', document)
  return Buffer.from(writer.bytes.subarray(writer.at))
}

const messagesOf = memoize(
  (table: MessageTable): Messages =>
    new Map(Object.entries(table).map(([name, text]) => [name, text.split(', ').map(parseField).reverse()])),
)

function parseField(text: string): Field {
  const [number = '', key = '', type = ''] = text.split(' ')
  const name = type.replace(/[{}|]|\[\]/g, '')
  return { number: Number(number), key, type: name, repeated: type.includes('[]'), map: type.startsWith('{'), union: type.endsWith('|') }
}

/** Fields from the last to the first, as the writer needs them. */
function writeMessage(writer: Writer, messages: Messages, name: string, value: unknown): void {
  const fields = messages.get(name)!
  const object = value as Json
  if (fields[0]!.union) writeUnion(writer, messages, fields, name, value)
  else
    for (const field of fields) {
      const pattern = keyPatterns[field.key]
      if (pattern !== undefined) writeEntries(writer, messages, field, entriesOf(object, pattern))
      else if (object[field.key] !== undefined) writeField(writer, messages, field, object[field.key])
    }
}

const keyPatterns: Readonly<Record<string, RegExp>> = {
  '*': /^/,
  'x-*': /^x-/,
  '/*': /^\//,
  '000': /^(\d{3}|default)$/,
  '0XX': /^[0-9X]{3}$/,
}

function entriesOf(object: Json, pattern: RegExp): [string, unknown][] {
  return Object.entries(object).filter(([key]) => pattern.test(key))
}

/** The members of a union in a table's order, by what a value looks like. */
function writeUnion(writer: Writer, messages: Messages, fields: readonly Field[], name: string, value: unknown): void {
  const member = unionMember(name, value)
  const field = fields.find(({ key }) => key === member)
  if (field === undefined) return
  if (field.repeated) writeField(writer, messages, field, Array.isArray(value) ? value : [value])
  else writeField(writer, messages, field, value)
}

function unionMember(name: string, value: unknown): string {
  if (name === 'DefaultType') return typeof value
  if (typeof value === 'boolean') return 'boolean'
  const object = value as Json
  switch (name) {
    case 'Parameter':
      return object['in'] === 'body' ? 'body' : 'other'
    case 'NonBodyParameter':
      return String(object['in'])
    case 'SecurityDefinitionsItem':
      return String(object['type'])
    case 'TypeItem':
    case 'ItemsItem':
    case 'StringArray':
      return 'list'
    case 'SchemaItem':
    case 'AdditionalPropertiesItem':
      return 'schema'
  }
  if (object['$ref'] !== undefined) return 'reference'
  return memberNames[name] ?? 'value'
}

const memberNames: Readonly<Record<string, string>> = { ParametersItem: 'parameter', ResponseValue: 'response' }

/** A map is a message of its own, or belongs to the message whose other keys are fields; each entry is a message of name and value. */
function writeEntries(writer: Writer, messages: Messages, field: Field, entries: readonly [string, unknown][]): void {
  for (let i = entries.length - 1; i >= 0; i--) {
    const [key, value] = entries[i]!
    const start = written(writer)
    writeValue(writer, messages, { ...field, number: 2, union: false }, value)
    if (key !== '') writeString(writer, 1, key)
    writeHead(writer, field.number, start)
  }
}

function writeField(writer: Writer, messages: Messages, field: Field, value: unknown): void {
  if (field.map) {
    const start = written(writer)
    writeEntries(writer, messages, { ...field, number: 1 }, Object.entries(value as Json))
    writeHead(writer, field.number, start)
  } else if (field.repeated) {
    const items = value as readonly unknown[]
    for (let i = items.length - 1; i >= 0; i--) writeValue(writer, messages, { ...field, union: true }, items[i])
  } else writeValue(writer, messages, field, value)
}

/** One value. Zero values of scalars are left out, but for members of unions and of lists. */
function writeValue(writer: Writer, messages: Messages, { number, type, union }: Field, value: unknown): void {
  switch (type) {
    case 'string':
      if (value !== '' || union) writeString(writer, number, String(value))
      return
    case 'bool':
      if (value === true || union) writeVarintField(writer, number, value === true ? 1 : 0)
      return
    case 'int64':
      if (value !== 0) writeVarintField(writer, number, value as number)
      return
    case 'double':
      if (value !== 0 || union) writeDouble(writer, number, value as number)
      return
  }
  const start = written(writer)
  // Anything: its YAML.
  if (type === 'any') writeString(writer, 2, formatYamlNode(value))
  else writeMessage(writer, messages, type, value)
  writeHead(writer, number, start)
}

/** Makes room before what is written. */
function reserve(writer: Writer, size: number): void {
  if (writer.at >= size) return
  const used = writer.bytes.length - writer.at
  const bytes = Buffer.allocUnsafe(Math.max(writer.bytes.length * 2, used + size))
  writer.bytes.copy(bytes, bytes.length - used, writer.at)
  writer.at = bytes.length - used
  writer.bytes = bytes
}

function writeString(writer: Writer, number: number, text: string): void {
  const size = Buffer.byteLength(text)
  reserve(writer, size)
  const start = written(writer)
  writer.at -= size
  writer.bytes.write(text, writer.at)
  writeHead(writer, number, start)
}

/** The tag and length of what was written since `start`. */
function writeHead(writer: Writer, number: number, start: number): void {
  writeVarint(writer, written(writer) - start)
  writeVarint(writer, number * 8 + wireTypes.bytes)
}

const written = ({ bytes, at }: Writer) => bytes.length - at

function writeVarintField(writer: Writer, number: number, value: number): void {
  writeVarint(writer, value)
  writeVarint(writer, number * 8 + wireTypes.varint)
}

function writeVarint(writer: Writer, value: number): void {
  let size = 1
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) size++
  reserve(writer, size)
  writer.at -= size
  let rest = value
  for (let i = 0; i < size; i++) {
    writer.bytes[writer.at + i] = (rest % 128) + (i < size - 1 ? 128 : 0)
    rest = Math.floor(rest / 128)
  }
}

function writeDouble(writer: Writer, number: number, value: number): void {
  reserve(writer, 8)
  writer.at -= 8
  writer.bytes.writeDoubleLE(value, writer.at)
  writeVarint(writer, number * 8 + wireTypes.fixed64)
}
