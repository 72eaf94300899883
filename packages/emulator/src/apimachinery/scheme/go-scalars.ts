import { canonicalQuantity } from '../quantity.ts'
import { canonicalTime } from '../time.ts'
import { type JsonNode, valueOfTree } from './json-tree.ts'

/** Go's UnmarshalTypeError: a JSON value of the wrong type, or a number out of range. */
export class GoTypeError extends Error {
  readonly what: string
  readonly goType: string
  readonly fields: readonly string[]

  constructor(what: string, goType: string, struct?: string, fields: readonly string[] = []) {
    const where = struct === undefined ? 'Go value' : `Go struct field ${struct}.${fields.join('.')}`
    super(`json: cannot unmarshal ${what} into ${where} of type ${goType}`)
    this.what = what
    this.goType = goType
    this.fields = fields
  }

  /** The same error, seen from a struct around it. */
  within(struct: string, fields: readonly string[]): GoTypeError {
    return Object.assign(new GoTypeError(this.what, this.goType, struct, [...fields, ...this.fields]), {
      fatal: (this as { fatal?: boolean }).fatal,
    })
  }
}

/** Reads a JSON value that is not null as a scalar kind of the facts. Errors of types that decode themselves carry `fatal`. */
export function readScalar(kind: string, goType: string, node: JsonNode): unknown {
  const reader = readers[kind]
  if (reader !== undefined) return reader(node, goType)
  const ownReader = ownReaders[kind]
  if (ownReader === undefined) throw new TypeError(`no decoder for fields of kind ${kind}`)
  try {
    return ownReader(node)
  } catch (error) {
    throw Object.assign(error as Error, { fatal: true })
  }
}

/** The greatest 64-bit integer that a double holds. */
export const greatestInteger = 2 ** 63 - 1024

type Reader = (node: JsonNode, goType: string) => unknown

const integerRange: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int: [-(2n ** 63n), 2n ** 63n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint8: [0n, 255n],
  uint32: [0n, 2n ** 32n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
}

function readInteger(kind: string): Reader {
  const [least, most] = integerRange[kind] as readonly [bigint, bigint]
  return (node, goType) => {
    if (node.type !== 'number') throw new GoTypeError(node.type, goType)
    const value = /^-?\d+$/.test(node.text) ? BigInt(node.text) : undefined
    if (value === undefined || value < least || value > most || (least === 0n && node.text.startsWith('-'))) {
      throw new GoTypeError(`number ${node.text}`, goType)
    }
    // Numbers beyond 2^53 lose digits here; no field of the API counts that far.
    return Math.min(Number(value), greatestInteger)
  }
}

const readers: Readonly<Record<string, Reader>> = {
  string: (node, goType) => {
    if (node.type !== 'string') throw new GoTypeError(node.type, goType)
    return node.value
  },
  bool: (node, goType) => {
    if (node.type !== 'bool') throw new GoTypeError(node.type, goType)
    return node.value
  },
  double: (node, goType) => {
    if (node.type !== 'number') throw new GoTypeError(node.type, goType)
    const value = Number(node.text)
    if (!Number.isFinite(value)) throw new GoTypeError(`number ${node.text}`, goType)
    return value
  },
  bytes: (node, goType) => {
    if (node.type === 'string') return canonicalBase64(node.value)
    if (node.type !== 'array') throw new GoTypeError(node.type, goType)
    const readByte = readInteger('uint8')
    return Buffer.from(node.items.map((item) => (item.type === 'null' ? 0 : (readByte(item, 'uint8') as number)))).toString('base64')
  },
  ...Object.fromEntries(Object.keys(integerRange).map((kind) => [kind, readInteger(kind)])),
}

function stringOf(node: JsonNode): string {
  if (node.type !== 'string') throw new GoTypeError(node.type, 'string')
  return node.value
}

/** Types with a decoder of their own (Go: UnmarshalJSON), which see the text of the value and nothing around it. */
const ownReaders: Readonly<Record<string, (node: JsonNode) => unknown>> = {
  raw: valueOfTree,
  fields: valueOfTree,
  time: (node) => canonicalTime(stringOf(node)),
  microtime: (node) => canonicalTime(stringOf(node), 'microtime'),
  duration: stringOf,
  intstr: (node) => (node.type === 'string' ? node.value : readInteger('int32')(node, 'int32')),
  quantity: (node) => canonicalQuantity(quantityText(node).trim()),
}

/** A quantity is read from the value's text, whatever that is: numbers are quantities too. */
function quantityText(node: JsonNode): string {
  if (node.type === 'string') return JSON.stringify(node.value).slice(1, -1)
  if (node.type === 'number') return node.text
  return node.type === 'bool' ? String(node.value) : '{}'
}

const base64Digit = /[A-Za-z0-9+/]/

/** Base64 as Go reads it, line ends ignored, written without them. Throws an Error that names the first byte that is wrong. */
function canonicalBase64(text: string): string {
  let digits = ''
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '\n' || char === '\r') continue
    if (char === '=') {
      checkPadding(text, at, digits.length % 4)
      return Buffer.from(digits, 'base64').toString('base64')
    }
    if (!base64Digit.test(char)) throw illegalBase64(text, at)
    digits += char
  }
  const rest = digits.length % 4
  if (rest !== 0) throw illegalBase64(text, text.length, rest)
  return Buffer.from(digits, 'base64').toString('base64')
}

/** Checks the padding, which starts at `at` after `rest` digits of its group, and that nothing follows it. */
function checkPadding(text: string, at: number, rest: number): void {
  if (rest < 2) throw illegalBase64(text, at)
  let next = skipLineEnds(text, at + 1)
  if (rest === 2) {
    if (next === text.length) throw illegalBase64(text, next)
    if (text[next] !== '=') throw illegalBase64(text, next - 1)
    next = skipLineEnds(text, next + 1)
  }
  if (next < text.length) throw illegalBase64(text, next)
}

function skipLineEnds(text: string, from: number): number {
  let at = from
  while (text[at] === '\n' || text[at] === '\r') at++
  return at
}

function illegalBase64(text: string, at: number, back = 0): Error {
  return new Error(`illegal base64 data at input byte ${Buffer.byteLength(text.slice(0, at)) - back}`)
}
