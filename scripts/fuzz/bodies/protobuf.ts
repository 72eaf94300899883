import fc from 'fast-check'
import { containerOf, type Field } from '../../../packages/emulator/src/apimachinery/scheme/types.ts'
import { Members, Raw, type Tree } from './json.ts'
import { types } from './typed.ts'

const varint = (value: bigint): Buffer => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Buffer.from([...bytes, Number(rest)])
}
const tag = (number: number, wireType: number) => varint((BigInt(number) << 3n) | BigInt(wireType))
const delimited = (number: number, bytes: Uint8Array) => Buffer.concat([tag(number, 2), varint(BigInt(bytes.length)), bytes])

function wholeNumber(value: Tree): bigint {
  const number = typeof value === 'number' ? value : value instanceof Raw ? Number(value.text) : Number.NaN
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : 0n
}

const textBytes = (value: Tree) => Buffer.from(typeof value === 'string' ? value : value instanceof Raw ? value.text : '')

function encodeValue({ number, name, type }: Field, kind: string, value: Tree): Buffer {
  switch (kind) {
    case 'message':
      return delimited(number, encodeMessage(type, value))
    case 'bool':
    case 'int':
    case 'int32':
    case 'uint8':
    case 'uint32':
    case 'uint64':
      return Buffer.concat([tag(number, 0), varint(value === true ? 1n : wholeNumber(value))])
    case 'string':
    case 'bytes':
      return delimited(number, textBytes(value))
    case 'quantity':
      return delimited(number, delimited(1, textBytes(value)))
    case 'time':
    case 'microtime': {
      const seconds = Math.trunc(Date.parse(textBytes(value).toString()) / 1000)
      return delimited(
        number,
        Buffer.concat([tag(1, 0), varint(Number.isNaN(seconds) ? -1n : BigInt(seconds)), tag(2, 0), varint(BigInt(name.length) << 40n)]),
      )
    }
    case 'intstr':
      return delimited(
        number,
        typeof value === 'string'
          ? Buffer.concat([tag(1, 0), varint(1n), delimited(3, textBytes(value))])
          : Buffer.concat([tag(2, 0), varint(wholeNumber(value))]),
      )
    default:
      return delimited(number, delimited(1, textBytes(value)))
  }
}

function encodeField(field: Field, value: Tree): Buffer[] {
  const { container, element } = containerOf(field.kind)
  if (container === 'list' && Array.isArray(value)) return value.map((item) => encodeValue(field, element, item))
  if (container === 'map' && value instanceof Members) {
    const member: Field = { ...field, number: 2 }
    return value.pairs.map(([key, item]) =>
      delimited(field.number, Buffer.concat([delimited(1, Buffer.from(key)), encodeValue(member, element, item)])),
    )
  }
  return [encodeValue(field, container === undefined ? field.kind : element, value)]
}

/** The message of a type's object; what has no place in it is left out. */
function encodeMessage(type: string, value: Tree): Buffer {
  if (!(value instanceof Members)) return textBytes(value)
  const { byName } = types.get(type)
  return Buffer.concat(
    value.pairs.flatMap(([key, member]) => {
      const field = byName.get(key)
      return field === undefined || field.number === 0 ? [] : encodeField(field, member)
    }),
  )
}

/** The envelope around an object's message. */
function encodeObject(apiVersion: string, kind: string, value: Tree): Buffer {
  const type = types.ofKind(apiVersion, kind)
  const typeMeta = Buffer.concat([delimited(1, Buffer.from(apiVersion)), delimited(2, Buffer.from(kind))])
  return Buffer.concat([
    Buffer.from('k8s\0'),
    delimited(1, typeMeta),
    delimited(2, type === undefined ? Buffer.alloc(0) : encodeMessage(type, value)),
  ])
}

const insert = (bytes: Buffer, at: number, more: Uint8Array) => Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)])
const envelope = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.from('k8s\0'), delimited(1, delimited(2, Buffer.from('Pod'))), delimited(2, bytes)])

const spoil: readonly ((bytes: Buffer, at: number, more: Uint8Array) => Buffer)[] = [
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at, more) => insert(bytes, at, more),
  (bytes, at) => {
    const copy = Buffer.from(bytes)
    if (copy.length > 0) copy[at % copy.length] = (copy[at % copy.length] as number) ^ (1 << (at % 8))
    return copy
  },
  (bytes, at) => insert(bytes, at, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])),
  (bytes, at) => insert(bytes, at, Buffer.alloc(12, 0x80)),
  (bytes, at) => insert(bytes, at, Buffer.concat([tag(999, 2), varint(2n ** 40n)])),
  (bytes) => Buffer.concat([bytes, tag(7000, 3), Buffer.alloc(50_000, 0x0b)]),
  (bytes) => Buffer.concat([Buffer.from('k8s\x01'), bytes.subarray(4)]),
  (bytes) => bytes.subarray(4),
  (_bytes, _at, more) => envelope(more),
  (_bytes, at) => envelope(Array.from({ length: (at % 400) + 1 }).reduce<Buffer>((inner) => delimited(2, inner), Buffer.alloc(0))),
  () => envelope(Buffer.alloc(20_000, 0x0b)),
  () => Buffer.alloc(0),
  () => Buffer.from('k8s\0'),
]

/** An object's bytes; in half of the cases no longer sound. */
export function protobufBody(apiVersion: string, kind: string, tree: fc.Arbitrary<Tree>): fc.Arbitrary<Buffer> {
  const spoiler = fc.option(fc.record({ how: fc.constantFrom(...spoil), at: fc.nat(), more: fc.uint8Array({ maxLength: 12 }) }), {
    freq: 1,
  })
  return fc.tuple(tree, spoiler).map(([value, how]) => {
    const bytes = encodeObject(apiVersion, kind, value)
    return how === null ? bytes : how.how(bytes, how.at % (bytes.length + 1), how.more)
  })
}
