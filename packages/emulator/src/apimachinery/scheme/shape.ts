import { canonicalQuantity } from '../quantity.ts'
import { canonicalTime } from '../time.ts'
import { noteEmptied } from './emptied.ts'
import { greatestInteger } from './go-scalars.ts'
import { setMember } from './json-tree.ts'
import { containerOf, type Field, type ObjectType, type TypeTable } from './types.ts'

/** Thrown where a value is not as its type wants it: the careful decoder then finds out what Go would say. Has no message of its own. */
export const irregular = new Error('irregular value')

/**
 * Brings a value that is neither null nor undefined into canonical form: what Go would write after reading it. `strict` makes unknown
 * fields irregular; otherwise they are dropped. Throws `irregular`.
 */
export type Shape = (value: unknown, strict: boolean) => unknown

/** Absent from JSON. */
const omitted = Symbol('omitted')

interface FieldShape {
  name: string
  shape: Shape
  /** What stands for an absent value or null. */
  absent: () => unknown
  /** Whether a shaped value is left out. */
  omits: ((value: unknown) => boolean) | undefined
  /** Of a list or a map. */
  holds?: 'list' | 'map'
}

const integerRange: Readonly<Record<string, readonly [number, number]>> = {
  int: [-(2 ** 63), greatestInteger],
  int32: [-0x80000000, 0x7fffffff],
  uint8: [0, 0xff],
  uint32: [0, 0xffffffff],
  uint64: [0, greatestInteger],
}

/** Node reads base64 leniently, so what comes back the same was canonical. */
const isBase64 = (text: string) => Buffer.from(text, 'base64').toString('base64') === text

const refuse = (): never => {
  throw irregular
}
const asString: Shape = (value) => (typeof value === 'string' ? value : refuse())
const asBool: Shape = (value) => (typeof value === 'boolean' ? value : refuse())
const asIs: Shape = (value) => value
const attempt = <T>(make: () => T): T => {
  try {
    return make()
  } catch {
    throw irregular
  }
}

function asInteger(kind: string): Shape {
  const [least, most] = integerRange[kind] as readonly [number, number]
  return (value) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) throw irregular
    return value === 0 ? 0 : value
  }
}

const asInt32 = asInteger('int32')

const scalars: Readonly<Record<string, Shape>> = {
  ...Object.fromEntries(Object.keys(integerRange).map((kind) => [kind, asInteger(kind)])),
  string: asString,
  bool: asBool,
  double: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : refuse()),
  bytes: (value) => (typeof value === 'string' && isBase64(value) ? value : refuse()),
  raw: asIs,
  fields: asIs,
  time: (value) => (typeof value === 'string' ? attempt(() => canonicalTime(value)) : refuse()),
  microtime: (value) => (typeof value === 'string' ? attempt(() => canonicalTime(value, 'microtime')) : refuse()),
  duration: asString,
  intstr: (value, strict) => (typeof value === 'string' ? value : asInt32(value, strict)),
  quantity: (value) => {
    if (typeof value !== 'string' && typeof value !== 'number') throw irregular
    return attempt(() => canonicalQuantity(String(value).trim()))
  },
}

const zeros: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(Object.keys(integerRange).map((kind) => [kind, 0])),
  string: '',
  bool: false,
  double: 0,
  quantity: '0',
  intstr: 0,
}

const isEmpty = (value: unknown) => value === '' || value === 0 || value === false || value === null
/** Empty lists and maps do not outlive the trip to the store: there they are nil. */
const isEmptyContainer = (value: unknown) => value === null || (Array.isArray(value) ? value.length === 0 : isEmptyObject(value))

function isEmptyObject(value: unknown): boolean {
  for (const _ in value as object) return false
  return true
}

const schemaProps = 'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaProps'

/** Compiles shapes of types, each when it is first needed. */
export function createShapes(types: TypeTable): (typeName: string) => Shape {
  const made = new Map<string, Shape>()

  /** Types may hold themselves: the shape is compiled on its first use. */
  function ofType(name: string): Shape {
    const known = made.get(name)
    if (known !== undefined) return known
    let compiled: Shape | undefined
    const shape: Shape = (value, strict) => {
      compiled ??= compileObject(types.get(name))
      return compiled(value, strict)
    }
    made.set(name, shape)
    return shape
  }

  function compileObject(type: ObjectType): Shape {
    const fields = type.fields.map(compileField)
    return (value, strict) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw irregular
      const input = value as Record<string, unknown>
      const output: Record<string, unknown> = {}
      let known = 0
      for (const { name, shape, absent, omits, holds } of fields) {
        const member = input[name]
        if (member !== undefined) known++
        const shaped = member === undefined || member === null ? absent() : shape(member, strict)
        if (shaped !== omitted && (omits === undefined || !omits(shaped))) output[name] = shaped
        const isGone = holds !== undefined && (shaped === omitted || shaped === null) && member !== undefined && member !== null
        if (isGone && Array.isArray(member) === (holds === 'list')) noteEmptied(output, name, holds)
      }
      if (strict) for (const _ in input) known--
      if (strict && known !== 0) throw irregular
      return output
    }
  }

  function compileField(field: Field): FieldShape {
    const shape = shapeOf(field.kind, field.type)
    const { container } = containerOf(field.kind)
    const nil = field.omitEmpty || field.omitZero ? omitted : null
    const list = container !== undefined || field.kind === 'items'
    if (list) {
      const orNull: Shape = (value, strict) => {
        const shaped = shape(value, strict)
        return isEmptyContainer(shaped) ? nil : shaped
      }
      return { name: field.name, shape: orNull, absent: () => nil, omits: undefined, holds: container ?? 'list' }
    }
    if (field.kind === 'schema-or-list') return { name: field.name, shape, absent: () => nil, omits: undefined, holds: 'list' }
    const nilable = field.pointer || field.kind === 'bytes' || ['raw', 'fields'].includes(field.kind)
    if (nilable) {
      const omits = field.kind === 'bytes' && field.omitEmpty && !field.pointer ? isEmpty : undefined
      return { name: field.name, shape, absent: () => (field.pointer || field.kind === 'bytes' ? nil : null), omits }
    }
    return { name: field.name, shape, absent: zeroOf(field, shape), omits: omitsZero(field, shape) }
  }

  function zeroOf(field: Field, shape: Shape): () => unknown {
    if (field.kind === 'message') return field.omitZero ? () => omitted : () => shape({}, false)
    if (field.kind in zeros) {
      const zero = field.omitEmpty && field.kind !== 'quantity' && field.kind !== 'intstr' ? omitted : zeros[field.kind]
      return () => zero
    }
    // Times, and the unions of CRD schemas.
    const zero = field.omitZero ? omitted : field.kind === 'schema-or-bool' ? false : null
    return () => zero
  }

  /** `omitempty` leaves out zero scalars, but never a struct; `omitzero` does. */
  function omitsZero(field: Field, shape: Shape): FieldShape['omits'] {
    if (field.kind === 'message' && field.omitZero) {
      let zero: string | undefined
      return (value) => {
        zero ??= JSON.stringify(shape({}, false))
        return JSON.stringify(value) === zero
      }
    }
    if (field.omitZero && field.kind in zeros) return (value) => value === zeros[field.kind]
    if (field.omitZero) return (value) => value === null
    return field.omitEmpty && field.kind in zeros && field.kind !== 'quantity' && field.kind !== 'intstr' ? isEmpty : undefined
  }

  function shapeOf(kind: string, type: string): Shape {
    const { container, element } = containerOf(kind)
    if (container === 'list') return listOf(shapeOf(element, type), elementZero(element, type))
    if (container === 'map') return mapOf(shapeOf(element, type), elementZero(element, type))
    if (kind === 'items') return listOf(shapeOf(type, ''), elementZero(type, ''))
    if (kind === 'message') return ofType(type)
    if (kind.startsWith('schema-or-')) return schemaUnion(kind)
    return scalars[kind] ?? unknownKind(kind)
  }

  /** What null stands for within a list or as the value of a map. */
  function elementZero(kind: string, type: string): () => unknown {
    if (kind === 'message') return () => ofType(type)({}, false)
    const zero = kind in zeros ? zeros[kind] : kind === 'bytes' ? '' : null
    return () => zero
  }

  function schemaUnion(kind: string): Shape {
    const schema = ofType(schemaProps)
    return (value, strict) => {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        // What is inside is read by a decoder of its own, which is never strict.
        return schema(value, false)
      }
      if (kind === 'schema-or-bool') return typeof value === 'boolean' ? value : refuse()
      // The union is there, with nothing in it; it does not outlive the trip to the store.
      if (!Array.isArray(value) || value.length === 0) return null
      return value.map((item) => (kind === 'schema-or-list' ? schema(item ?? {}, false) : asString(item ?? '', strict)))
    }
  }

  return ofType
}

function unknownKind(kind: string): never {
  throw new TypeError(`no shape for fields of kind ${kind}`)
}

function listOf(shape: Shape, zero: () => unknown): Shape {
  return (value, strict) => {
    if (!Array.isArray(value)) throw irregular
    const output = new Array(value.length)
    for (let i = 0; i < value.length; i++) output[i] = value[i] === null || value[i] === undefined ? zero() : shape(value[i], strict)
    return output
  }
}

/** Members in the order of their keys, as Go writes maps. */
function mapOf(shape: Shape, zero: () => unknown): Shape {
  return (value, strict) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw irregular
    const input = value as Record<string, unknown>
    const output: Record<string, unknown> = {}
    const keys = Object.keys(input)
    if (keys.length > 1) keys.sort()
    for (const key of keys) {
      const member = input[key]
      setMember(output, key, member === null || member === undefined ? zero() : shape(member, strict))
    }
    return output
  }
}
