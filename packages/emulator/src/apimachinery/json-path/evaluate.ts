import type { PathNode } from './parse.ts'

/**
 * What a path leads to in a JSON value, in order; nothing where keys are missing.
 * @throws Error for an index that is out of bounds, and for what is not a list but used as one
 */
export function evaluateJsonPath(nodes: readonly PathNode[], value: unknown): unknown[] {
  return walk(nodes, [value])
}

const walk = (nodes: readonly PathNode[], values: unknown[]): unknown[] => nodes.reduce((found, node) => step(node, found), values)

function step(node: PathNode, values: unknown[]): unknown[] {
  switch (node.type) {
    case 'literal':
      return [node.value]
    case 'field':
      return values.filter(isMap).flatMap((map) => (Object.hasOwn(map, node.name) ? [map[node.name]] : []))
    case 'slice':
      return values.filter((value) => value !== null).flatMap((value) => slice(listOf(value), node))
    case 'filter':
      return values.flatMap((value) => listOf(value).filter((item) => passes(node, item)))
    case 'union':
      return node.branches.flatMap((branch) => walk(branch, values))
    case 'wildcard':
      return values.flatMap(childrenOf)
    case 'recursive':
      return values.flatMap(descend)
  }
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function childrenOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  return isMap(value) ? Object.values(value) : []
}

/** All that has something in it, from the outside in. */
function descend(value: unknown): unknown[] {
  const children = childrenOf(value)
  return children.length === 0 ? [] : [value, ...children.flatMap(descend)]
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error(`${typeof value} is not array or slice`)
  return value
}

function slice(list: unknown[], { start, end, step: by }: PathNode & { type: 'slice' }): unknown[] {
  const { length } = list
  const from = start.value === undefined ? 0 : start.value < 0 ? start.value + length : start.value
  let to = end.value ?? length
  if (to < 0 || (to === 0 && end.derived)) to += length
  if (from === to) return []
  if (from < 0 || from >= length) throw new Error(`array index out of bounds: index ${from}, length ${length}`)
  if (to < 0 || to > length) throw new Error(`array index out of bounds: index ${to - 1}, length ${length}`)
  if (from > to) throw new Error(`starting index ${from} is greater than ending index ${to}`)
  const width = by.value ?? 1
  if (width <= 0) throw new Error('step must be > 0')
  return list.slice(from, to).filter((_, i) => i % width === 0)
}

type Scalar = string | number | boolean

const comparisons: Readonly<Record<string, (left: Scalar, right: Scalar) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
}

function passes({ left, operator, right }: PathNode & { type: 'filter' }, item: unknown): boolean {
  if (operator === 'exists') return exists(left, item)
  const operands = [walk(left, [item]), walk(right, [item])]
  if (operands.some(({ length }) => length === 0)) return false
  if (operands.some(({ length }) => length > 1)) throw new Error('can only compare one element at a time')
  const compare = comparisons[operator]
  if (compare === undefined) throw new Error(`unrecognized filter operator ${operator}`)
  const [one, other] = operands.map(([value]) => value) as [Scalar, Scalar]
  if (typeof one !== typeof other || typeof one === 'object') throw new Error('incompatible types for comparison')
  if (typeof one === 'boolean' && operator !== '==' && operator !== '!=') throw new Error('invalid type for comparison')
  return compare(one, other)
}

function exists(path: readonly PathNode[], item: unknown): boolean {
  try {
    return walk(path, [item]).length > 0
  } catch {
    return false
  }
}
