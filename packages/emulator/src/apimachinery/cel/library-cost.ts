/** What calls of library functions may cost (apiserver cel/library/cost.go, cel-go ext/{lists,sets}.go). */
import type { ArgumentNode, CallEstimate, SizeHints } from './cost-estimate.ts'
import { add, type Estimate, exactly, factor, maxUint64, multiply, unknown } from './estimate.ts'
import { costs, regexFactor, traversalFactor } from './runtime-cost.ts'
import { type CelType, paramsOf } from './types.ts'

const one: CallEstimate = { cost: exactly(1) }
const traverse = (size: Estimate, rounds = 1): Estimate => factor(size, rounds * traversalFactor)

const cheap = new Set(
  (
    'masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast format.named ' +
    'sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch ' +
    'getScheme getHostname getHost getPort getEscapedPath getQuery'
  ).split(' '),
)
const parsers = new Set(['cidr', 'isIP', 'isCIDR', 'quantity', 'isQuantity', 'semver', 'isSemver'])
const scans = new Set(['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf'])
const maxFormatRegex = 128
/** Bytes of an address. */
const address: Estimate = { min: 4, max: 16 }

/** Undefined for functions of the language itself. */
export function estimateLibraryCall(
  name: string,
  overload: string,
  target: ArgumentNode | undefined,
  args: readonly ArgumentNode[],
  hints: SizeHints,
): CallEstimate | undefined {
  const sizeOf = (node: ArgumentNode | undefined): Estimate => {
    if (node === undefined) return unknown
    return node.size ?? (node.path === undefined || node.path.length === 0 ? undefined : hints(node.path)) ?? unknown
  }
  const listing = estimateListCall(overload, target, args, sizeOf)
  if (listing !== undefined) return listing
  if (cheap.has(name)) return one
  if (scans.has(name) && target !== undefined) return scan(target, sizeOf)
  if (parsers.has(name)) return { cost: traverse(sizeOf(args[0])) }
  const own = sizeOf(target)
  switch (name) {
    case 'url':
      return { cost: traverse(sizeOf(args[0])), size: sizeOf(args[0]) }
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
      return { cost: traverse(own), size: own }
    case 'replace':
      return { cost: traverse(own, 2), size: replacedSize(own, sizeOf(args[0]), sizeOf(args[1])) }
    case 'split':
      return { cost: traverse(own, 2), size: { min: 0, max: literalInt(args[1]) ?? own.max } }
    case 'join':
      return join(target, args, sizeOf)
    case 'find':
    case 'findAll': {
      const cost = multiply(traverse(add(own, exactly(1))), factor(sizeOf(args[0]), regexFactor))
      return { cost, size: { min: 0, max: own.max } }
    }
    case 'ip':
      return overload === 'cidr_ip' ? one : { cost: traverse(sizeOf(args[0])) }
    case 'ip.isCanonical':
      return { cost: traverse(sizeOf(args[0]), 2) }
    case 'containsIP':
    case 'containsCIDR':
      return contains(name, overload, sizeOf(args[0]))
    case 'validate':
      return { cost: factor(traverse(sizeOf(args[0])), maxFormatRegex * regexFactor) }
    case '_==_':
      return equality(args)
    default:
      return undefined
  }
}

type SizeOf = (node: ArgumentNode | undefined) => Estimate

function elementOf(list: ArgumentNode): ArgumentNode | undefined {
  const [type] = paramsOf(list.type)
  if (type === undefined) return undefined
  return { expression: undefined, path: list.path === undefined ? undefined : [...list.path, '@items'], type, size: undefined }
}

const isText = ({ kind }: CelType) => kind === 'string' || kind === 'bytes'

function scan(target: ArgumentNode, sizeOf: SizeOf): CallEstimate {
  const element = elementOf(target)
  if (element === undefined) return { cost: traverse(sizeOf(target)) }
  const each = isText(element.type) ? add(exactly(1), traverse(sizeOf(element))) : exactly(1)
  return { cost: multiply(sizeOf(target), each) }
}

function join(target: ArgumentNode | undefined, args: readonly ArgumentNode[], sizeOf: SizeOf): CallEstimate | undefined {
  if (target === undefined) return undefined
  const count = sizeOf(target)
  const element = elementOf(target)
  let size = element === undefined ? exactly(0) : multiply(count, sizeOf(element))
  if (args.length > 0) {
    const separators = { min: Math.max(0, count.min - 1), max: Math.max(0, count.max - 1) }
    size = add(size, multiply(sizeOf(args[0]), separators))
  }
  return { cost: traverse(size), size }
}

/** The shortest and the longest that a text can become. */
function replacedSize(text: Estimate, old: Estimate, replacement: Estimate): Estimate {
  const count: Estimate = { min: 0, max: 0 }
  const kept: Estimate = { min: 0, max: 0 }
  if (old.min === 0) {
    count.max = Math.min(text.max + 1, maxUint64)
    kept.max = text.max
  } else if (replacement.max <= old.min) kept.max = text.max
  else count.max = Math.ceil(text.max / old.min)
  if (old.max === 0) {
    count.min = text.min + 1
    kept.min = text.min
  } else if (old.max <= replacement.min) kept.min = text.min
  else count.min = Math.ceil(text.min / old.max)
  return add(multiply(count, replacement), kept)
}

function contains(name: string, overload: string, argument: Estimate): CallEstimate {
  let cost = traverse(add(address, address))
  if (name === 'containsCIDR') cost = add(add(cost, traverse(address)), exactly(1))
  return { cost: overload.endsWith('_string') ? add(cost, traverse(argument)) : cost }
}

function equality([left, right]: readonly ArgumentNode[]): CallEstimate | undefined {
  const { type } = left!
  if (!('name' in type) || !('name' in right!.type) || type.name !== right!.type.name) return undefined
  if (['net.IP', 'net.CIDR', 'kubernetes.Quantity', 'kubernetes.Semver'].includes(type.name)) return one
  if (type.name === 'kubernetes.NamedFormat') return { cost: traverse({ min: 1, max: 64 }) }
  return type.name === 'kubernetes.URL' ? { cost: traverse({ min: 1, max: right!.size?.max ?? 1 }) } : undefined
}

function literalInt(node: ArgumentNode | undefined): number | undefined {
  const expression = node?.expression
  return expression?.kind === 'literal' && typeof expression.value === 'bigint' ? Number(expression.value) : undefined
}

/** Calls that make lists. */
function estimateListCall(
  overload: string,
  target: ArgumentNode | undefined,
  args: readonly ArgumentNode[],
  sizeOf: SizeOf,
): CallEstimate | undefined {
  const allocating = (size: Estimate, by = 1): CallEstimate => ({ cost: add(factor(size, by), exactly(1 + costs.list)), size })
  const own = sizeOf(target)
  switch (overload) {
    case 'list_slice':
      return allocating(exactly(Math.max(0, (literalInt(args[1]) ?? own.max) - (literalInt(args[0]) ?? 0))))
    case 'list_flatten':
      return allocating(own)
    case 'list_flatten_int':
      return allocating(own, literalInt(args[0]) ?? maxUint64)
    case 'lists_range':
      return allocating(exactly(literalInt(args[0]) ?? maxUint64))
    case 'list_reverse':
      return allocating(own)
    case 'list_distinct':
      return allocating(multiply(own, own), 2)
    case 'list_sets_contains_list':
    case 'list_sets_intersects_list':
    case 'list_sets_equivalent_list': {
      const rounds = overload === 'list_sets_equivalent_list' ? 2 : 1
      return { cost: add(factor(multiply(sizeOf(args[0]), sizeOf(args[1])), rounds), exactly(1)) }
    }
    default: {
      const sorted = /^list_(\w+)_sort$/.exec(overload)?.[1]
      if (sorted === undefined) return undefined
      return allocating(multiply(own, own), sorted === 'string' || sorted === 'bytes' ? 2 + traversalFactor : 2)
    }
  }
}
