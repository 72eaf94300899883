/** What calls cost when they are made (cel-go interpreter/runtimecost.go, apiserver cel/library/cost.go). */
import { type CelValue, isList, isTagged, sizeOf } from './values.ts'

export const costs = { select: 1, list: 10, map: 30, struct: 40 } as const
export const traversalFactor = 0.1
export const regexFactor = 0.25

const traverse = (size: number) => Math.ceil(size * traversalFactor)

const traversed: ReadonlySet<string> = new Set([
  'url',
  'lowerAscii',
  'upperAscii',
  'substring',
  'trim',
  'cidr',
  'isIP',
  'isCIDR',
  'quantity',
  'isQuantity',
  'semver',
  'isSemver',
])
const overLists: ReadonlySet<string> = new Set(['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf'])

export function callCost(name: string, overload: string, args: readonly CelValue[], result: CelValue): number {
  const size = (i: number) => (args[i] === undefined ? 1 : sizeOf(args[i]))
  if (overLists.has(name)) return traversalCost(args[0]!)
  if (traversed.has(name) || (name === 'ip' && overload !== 'cidr_ip')) return traverse(size(0))
  switch (name) {
    case 'replace':
    case 'split':
    case 'ip.isCanonical':
      return Math.ceil(size(0) * 2 * traversalFactor)
    case 'join':
      return Math.ceil(sizeOf(result) * 2 * traversalFactor)
    case 'find':
    case 'findAll':
    case 'matches':
      return Math.ceil((1 + size(0)) * traversalFactor) * Math.ceil(size(1) * regexFactor)
    case 'contains':
      return traverse(size(0)) * traverse(size(1))
    case 'startsWith':
    case 'endsWith':
    case 'format':
    case 'strings.quote':
      return traverse(size(0))
    case '@in':
      return overload === 'in_list' ? size(1) : 1
    case 'sets.contains':
    case 'sets.intersects':
      return size(0) * size(1) + 1
    case 'sets.equivalent':
      return size(0) * size(1) * 2 + 1
    case 'distinct':
    case 'sort':
      return size(0) * size(0) * 2 + 11
    case 'flatten':
    case 'reverse':
    case 'slice':
    case 'lists.range':
      return sizeOf(result) + 11
    case 'validate':
      return Math.ceil(traverse(size(1)) * 128 * regexFactor)
    case '_==_':
    case '_!=_':
      return traverse(Math.min(size(0), size(1)))
    default:
      return byOverload(overload, size)
  }
}

function byOverload(overload: string, size: (i: number) => number): number {
  if (overload === 'add_string' || overload === 'add_bytes') return traverse(size(0) + size(1))
  if (overload === 'string_to_bytes' || overload === 'bytes_to_string') return traverse(size(0))
  return /^(less|greater).*_(string|bytes)$/.test(overload) ? traverse(Math.min(size(0), size(1))) : 1
}

/** Of walking through all of a value. */
function traversalCost(value: CelValue): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return Math.floor(value.length * traversalFactor)
  if (isList(value)) return value.items.reduce<number>((sum, item) => sum + traversalCost(item), 0)
  if (isTagged(value, 'map')) {
    return [...value.entries.values()].reduce((sum, { key, value: member }) => sum + traversalCost(key) + traversalCost(member), 0)
  }
  return 1
}
