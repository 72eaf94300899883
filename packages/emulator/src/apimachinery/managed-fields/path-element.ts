import { memoize } from '../memoize.ts'
import { compareBytes, goJson, isObject, type JsonObject } from '../patch/json-object.ts'
import type { ListShape } from '../patch/schema.ts'

/** One step of a path, as FieldsV1 writes it: `f:NAME`, `k:{"KEY":VALUE}`, `v:VALUE`, `i:INDEX`. */
export type PathElement = string

/** A value that does not have the shape that its schema says, in the words of structured-merge-diff. */
export class SchemaMismatch extends Error {}

export const fieldElement = (name: string): PathElement => `f:${name}`

/** How an element of a list is told apart from the others.
 * @throws SchemaMismatch
 */
export function listElement(item: unknown, list: ListShape): PathElement {
  if (list.keys.length > 0) return keyedElement(item, list)
  if (isObject(item)) throw new SchemaMismatch("associative list without keys has an element that's a map type")
  if (Array.isArray(item)) throw new SchemaMismatch('not supported: associative list with lists as elements')
  if (item === null || item === undefined) throw new SchemaMismatch("associative list without keys has an element that's an explicit null")
  return `v:${goJson(item)}`
}

const inOrder = memoize((keys: readonly string[]): readonly string[] => [...keys].sort(compareBytes))

function keyedElement(item: unknown, list: ListShape): PathElement {
  if (item === null || item === undefined) throw new SchemaMismatch('associative list with keys may not have a null element')
  if (!isObject(item)) throw new SchemaMismatch('associative list with keys may not have non-map elements')
  let text = ''
  for (const key of inOrder(list.keys)) {
    const value = Object.hasOwn(item, key) ? item[key] : list.element().map?.fields.get(key)?.default
    if (value !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${goJson(value)}`
  }
  if (text !== '') return `k:{${text}}`
  const keys = list.keys.map((key) => JSON.stringify(key)).join(' ')
  throw new SchemaMismatch(
    `associative list with keys has an element that omits all key fields [${keys}] (and doesn't have default values for any key fields)`,
  )
}

const RANK: Record<string, number> = { f: 0, k: 1, v: 2, i: 3 }

/** The order of path elements: fields, keys, values, indices; each by what it holds. */
export function comparePathElements(left: PathElement, right: PathElement): number {
  if (left === right) return 0
  const type = left.charAt(0)
  if (type !== right.charAt(0)) return (RANK[type] ?? 4) - (RANK[right.charAt(0)] ?? 4)
  if (type === 'f') return compareBytes(left, right)
  const [a, b] = [JSON.parse(left.slice(2)), JSON.parse(right.slice(2))]
  return type === 'k' ? compareKeys(Object.entries(a), Object.entries(b)) : compareScalars(a, b)
}

function compareKeys(left: [string, unknown][], right: [string, unknown][]): number {
  for (const [index, [name, value]] of left.entries()) {
    const other = right[index]
    if (other === undefined) return 1
    const order = compareBytes(name, other[0]) || compareScalars(value, other[1])
    if (order !== 0) return order
  }
  return left.length - right.length
}

const scalarRank = (value: unknown) => ['number', 'string', 'boolean'].indexOf(typeof value)

function compareScalars(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'string' && typeof right === 'string') return compareBytes(left, right)
  return scalarRank(left) - scalarRank(right) || Number(left) - Number(right)
}

/** The element as messages show it: `.name`, `[name="web"]`, `[="a"]`, `[0]`. Numbers that come from managedFields are floats to the API
 * server, those of an object are not.
 */
export function showPathElement(element: PathElement, showNumber: (value: number) => string = goFloat): string {
  const content = element.slice(2)
  if (element.startsWith('f:')) return `.${content}`
  if (element.startsWith('i:')) return `[${content}]`
  const value: unknown = JSON.parse(content)
  if (element.startsWith('v:')) return `[=${showScalar(value, showNumber)}]`
  return `[${Object.entries(value as JsonObject)
    .map(([name, member]) => `${name}=${showScalar(member, showNumber)}`)
    .join(',')}]`
}

/** As value.ToString writes it; keys are scalars only in objects that are sound. */
function showScalar(value: unknown, showNumber: (value: number) => string): string {
  if (typeof value === 'number') return showNumber(value)
  if (Array.isArray(value)) return `[${value.map((each) => showScalar(each, showNumber)).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  return Object.entries(value)
    .map(([name, member]) => `${name}=${showScalar(member, showNumber)}`)
    .join('')
}

/** A number as Go's `%v` prints a float64: with an exponent from a million on. */
function goFloat(value: number): string {
  const [mantissa = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 6) return String(value)
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** Reads an element that a client wrote, and writes it as the server does. Undefined: of a type that is ignored.
 * @throws Error when it is malformed
 */
export function canonicalPathElement(text: string): PathElement | undefined {
  if (text.length < 2) throw new Error('key must be 2 characters long:')
  if (text.charAt(1) !== ':') throw new Error(`missing colon: ${text}`)
  const content = text.slice(2)
  switch (text.charAt(0)) {
    case 'f':
      return text
    case 'v':
      return `v:${goJson(JSON.parse(content))}`
    case 'k': {
      const value: unknown = JSON.parse(content)
      if (!isObject(value)) throw new Error('expect { or n')
      const fields = Object.keys(value).sort(compareBytes)
      return `k:{${fields.map((name) => `${JSON.stringify(name)}:${goJson(value[name])}`).join(',')}}`
    }
    case 'i':
      if (!/^[+-]?\d+$/.test(content)) throw new Error(`strconv.Atoi: parsing ${JSON.stringify(content)}: invalid syntax`)
      return `i:${Number(content)}`
    default:
      return undefined
  }
}
