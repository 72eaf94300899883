/** The worst case of what evaluating an expression costs (cel-go checker/cost.go, apiserver cel/library/cost.go). */
import type { Expression, Fold } from './ast.ts'
import type { Checked } from './checker.ts'
import { add, addAll, type Estimate, exactly, factor, maxUint64, multiply, union, unknown } from './estimate.ts'
import { estimateLibraryCall } from './library-cost.ts'
import type { Overload } from './overload.ts'
import { costs, regexFactor, traversalFactor } from './runtime-cost.ts'
import type { CelType } from './types.ts'
import { isTagged } from './values.ts'

/** How large a value can be, by its path: a variable, then fields, `@items`, `@keys` or `@values`. */
export type SizeHints = (path: readonly string[]) => Estimate | undefined

/** An argument of a call, for whoever estimates the call. */
export interface ArgumentNode {
  expression: Expression | undefined
  path: readonly string[] | undefined
  type: CelType
  size: Estimate | undefined
}

export interface CallEstimate {
  cost: Estimate
  size?: Estimate
}

interface EntrySize {
  list: boolean
  key: Estimate
  value: Estimate
}

interface Local {
  path: readonly string[]
  size: Estimate | undefined
  entry: EntrySize | undefined
}

export function estimateCost(checked: Checked, hints: SizeHints): Estimate {
  return createEstimator(checked, hints)(checked.root)
}

function createEstimator({ types, overloads, qualified }: Checked, hints: SizeHints) {
  const paths = new Map<number, readonly string[]>()
  const sizes = new Map<number, Estimate>()
  const entries = new Map<number, EntrySize>()
  const locals = new Map<string, Local[]>()

  const typeAt = ({ id }: Expression): CelType => types.get(id) ?? { kind: 'dyn' }
  const localOf = (name: string) => locals.get(name)?.at(-1)
  const push = (name: string, local: Local) => {
    const known = locals.get(name)
    if (known === undefined) locals.set(name, [local])
    else known.push(local)
  }
  const pop = (name: string) => void locals.get(name)?.pop()

  const pathOf = (expression: Expression): readonly string[] => {
    const local = expression.kind === 'ident' ? localOf(expression.name) : undefined
    return local?.path ?? paths.get(expression.id) ?? []
  }

  function cost(expression: Expression): Estimate {
    switch (expression.kind) {
      case 'literal':
        return exactly(0)
      case 'ident':
        paths.set(expression.id, localOf(expression.name)?.path ?? [expression.name])
        return exactly(costs.select)
      case 'select':
        return selectCost(expression)
      case 'call':
        return callCost(expression)
      case 'list':
        return listCost(expression)
      case 'map':
        return mapCost(expression)
      case 'struct':
        return expression.fields.reduce((total, { value }) => add(total, cost(value)), exactly(costs.struct))
      default:
        return isBinding(expression) ? bindingCost(expression) : foldCost(expression)
    }
  }

  function selectCost(expression: Expression & { kind: 'select' }): Estimate {
    const { operand, field, testOnly } = expression
    if (typeAt(expression).kind === 'type') {
      // The name of a type, dots and all.
      paths.set(expression.id, [field])
      return exactly(costs.select)
    }
    const inner = cost(operand)
    if (testOnly) return inner
    const { kind } = typeAt(operand)
    paths.set(expression.id, [...pathOf(operand), field])
    return kind === 'map' || kind === 'object' || kind === 'param' ? add(inner, exactly(costs.select)) : inner
  }

  const nodeOf = (expression: Expression): ArgumentNode => {
    const path = pathOf(expression)
    const size = sizeOf(expression)
    return { expression, path: path.length === 0 || path[0] === '@result' ? undefined : path, type: typeAt(expression), size }
  }

  function callCost(call: Expression & { kind: 'call' }): Estimate {
    const { name, args } = call
    if (name === 'dyn') {
      const inner = cost(args[0]!)
      copySizes(call, args[0]!)
      return add(exactly(1), inner)
    }
    const argCosts = args.map(cost)
    const nodes = args.map(nodeOf)
    const forms = overloads.get(call.id)
    if (name === '_?._') return add(exactly(1), addAll(argCosts))
    if (forms === undefined || forms.length === 0) return exactly(0)
    const full = qualified.get(call.id)
    const target = full === undefined ? call.target : undefined
    const targetCost = target === undefined ? exactly(0) : cost(target)
    const targetNode = target === undefined ? undefined : nodeOf(target)
    let total: Estimate = { min: maxUint64, max: 0 }
    let size: Estimate | undefined
    for (const form of forms) {
      const estimate = formCost(call, full ?? name, form, targetNode, nodes, argCosts)
      total = union(total, estimate.cost)
      if (estimate.size !== undefined) size = size === undefined ? estimate.size : union(size, estimate.size)
      if (form.id === 'index_list' || form.id === 'index_map') {
        size = entryOf(args[0]!)?.value
        paths.set(call.id, [...pathOf(args[0]!), form.id === 'index_list' ? '@items' : '@values'])
      }
      size ??= sizeOf(call)
    }
    if (size !== undefined) sizes.set(call.id, size)
    return add(targetCost, total)
  }

  function formCost(
    call: Expression & { kind: 'call' },
    name: string,
    form: Overload,
    target: ArgumentNode | undefined,
    args: readonly ArgumentNode[],
    argCosts: readonly Estimate[],
  ): CallEstimate {
    const sum = addAll(argCosts)
    const library = estimateLibraryCall(name, form.id, target, args, hints)
    if (library !== undefined) return { ...library, cost: add(library.cost, sum) }
    const own = ownCost(call, form.id, target, args, argCosts)
    if (own !== undefined) return own.withArguments ? { ...own, cost: add(own.cost, sum) } : own
    return { cost: add(exactly(1), sum) }
  }

  function ownCost(
    call: Expression & { kind: 'call' },
    overload: string,
    target: ArgumentNode | undefined,
    args: readonly ArgumentNode[],
    argCosts: readonly Estimate[],
  ): (CallEstimate & { withArguments?: true }) | undefined {
    const size = (i: number) => args[i]?.size ?? unknown
    const targetSize = target?.size ?? unknown
    switch (overload) {
      case 'string_format':
        return { cost: factor(targetSize, traversalFactor), withArguments: true }
      case 'string_to_bytes':
        return { cost: factor(size(0), traversalFactor), size: { min: size(0).min, max: size(0).max * 4 }, withArguments: true }
      case 'bytes_to_string':
        return { cost: factor(size(0), traversalFactor), size: { min: Math.floor(size(0).min / 4), max: size(0).max }, withArguments: true }
      case 'strings_quote':
        return { cost: factor(size(0), traversalFactor), size: { min: size(0).min + 2, max: size(0).max * 2 + 2 }, withArguments: true }
      case 'starts_with_string':
      case 'ends_with_string':
        return { cost: factor(size(0), traversalFactor), withArguments: true }
      case 'in_list':
        return { cost: factor(size(1), 1), withArguments: true }
      case 'matches_string': {
        const text = factor(add(targetSize, exactly(1)), traversalFactor)
        return { cost: multiply(text, factor(size(0), regexFactor)), withArguments: true }
      }
      case 'contains_string':
        return { cost: multiply(factor(targetSize, traversalFactor), factor(size(0), traversalFactor)), withArguments: true }
      case 'logical_or':
      case 'logical_and':
        return { cost: { min: argCosts[0]!.min, max: add(argCosts[0]!, argCosts[1]!).max } }
      case 'conditional': {
        noteEntry(call, unionEntries(entryOf(call.args[1]!), entryOf(call.args[2]!)))
        return { cost: add(argCosts[0]!, union(argCosts[1]!, argCosts[2]!)), size: union(size(1), size(2)) }
      }
      case 'add_string':
      case 'add_bytes':
      case 'add_list': {
        const sum = add(size(0), size(1))
        noteEntry(call, unionEntries(entryOf(call.args[0]!), entryOf(call.args[1]!)))
        return { cost: overload === 'add_list' ? exactly(1) : factor(sum, traversalFactor), size: sum, withArguments: true }
      }
      default:
        return isComparison(overload) ? { cost: comparisonCost(size(0), size(1)), withArguments: true } : undefined
    }
  }

  function listCost(expression: Expression & { kind: 'list' }): Estimate {
    const sum = addAll(expression.elements.map(cost))
    const start: Estimate = { min: expression.elements.length === 0 ? 0 : maxUint64, max: 0 }
    const value = expression.elements.map((element) => sizeOf(element) ?? unknown).reduce(union, start)
    entries.set(expression.id, { list: true, key: exactly(1), value })
    return add(sum, exactly(costs.list))
  }

  function mapCost(expression: Expression & { kind: 'map' }): Estimate {
    const members = expression.entries
    const sum = addAll(members.flatMap(({ key, value }) => [cost(key), cost(value)]))
    const start: Estimate = { min: members.length === 0 ? 0 : maxUint64, max: 0 }
    const key = members.map((member) => sizeOf(member.key) ?? unknown).reduce(union, start)
    const value = members.map((member) => sizeOf(member.value) ?? unknown).reduce(union, start)
    entries.set(expression.id, { list: false, key, value })
    return add(sum, exactly(costs.map))
  }

  function foldCost(fold: Fold): Estimate {
    let sum = add(cost(fold.range), cost(fold.accuInit))
    push(fold.accuVar, { path: pathOf(fold.accuInit), size: sizeOf(fold.accuInit), entry: entryOf(fold.accuInit) })
    pushIteration(fold)
    const loop = add(cost(fold.condition), cost(fold.step))
    const stepEntry = entryOf(fold.step)
    pop(fold.iterVar)
    if (fold.iterVar2 !== undefined) pop(fold.iterVar2)
    sum = add(sum, cost(fold.result))
    pop(fold.accuVar)
    const rounds = sizeOf(fold.range) ?? unknown
    sum = add(sum, multiply(rounds, loop))
    if (fold.accuInit.kind === 'literal') {
      const size = sizeOf(fold.accuInit)
      if (size !== undefined) sizes.set(fold.id, size)
    } else if (fold.accuInit.kind === 'list' || fold.accuInit.kind === 'map') {
      sizes.set(fold.id, rounds)
      noteEntry(fold, stepEntry)
    }
    return sum
  }

  function pushIteration({ range, iterVar, iterVar2 }: Fold): void {
    const entry = entryOf(range)
    const isList = entry === undefined ? typeAt(range).kind === 'list' : entry.list
    const path = pathOf(range)
    const keys: Local = { path: [...path, isList ? '@indices' : '@keys'], size: entry?.key, entry: undefined }
    const values: Local = { path: [...path, isList ? '@items' : '@values'], size: entry?.value, entry: undefined }
    if (iterVar2 !== undefined) {
      push(iterVar, keys)
      push(iterVar2, values)
    } else push(iterVar, isList ? values : keys)
  }

  const isBinding = ({ range, condition, accuVar }: Fold) =>
    range.kind === 'list' &&
    range.elements.length === 0 &&
    condition.kind === 'literal' &&
    condition.value === false &&
    accuVar !== '@result'

  function bindingCost(fold: Fold): Estimate {
    const sum = add(cost(fold.range), cost(fold.accuInit))
    push(fold.accuVar, { path: pathOf(fold.accuInit), size: sizeOf(fold.accuInit), entry: entryOf(fold.accuInit) })
    const result = cost(fold.result)
    copySizes(fold, fold.result)
    pop(fold.accuVar)
    return add(sum, result)
  }

  function sizeOf(expression: Expression): Estimate | undefined {
    const known = sizes.get(expression.id) ?? ownSize(expression)
    if (known !== undefined) return known
    const path = pathOf(expression)
    const hinted = path.length === 0 ? undefined : hints(path)
    if (hinted !== undefined) {
      sizes.set(expression.id, hinted)
      return hinted
    }
    if (isScalar(typeAt(expression))) return exactly(1)
    return expression.kind === 'ident' ? localOf(expression.name)?.size : undefined
  }

  function entryOf(expression: Expression): EntrySize | undefined {
    return entries.get(expression.id) ?? (expression.kind === 'ident' ? localOf(expression.name)?.entry : undefined)
  }

  function noteEntry({ id }: Expression, entry: EntrySize | undefined): void {
    if (entry !== undefined) entries.set(id, entry)
  }

  function copySizes(to: Expression, from: Expression): void {
    const size = sizeOf(from)
    if (size !== undefined) sizes.set(to.id, size)
    noteEntry(to, entryOf(from))
  }

  return cost
}

function unionEntries(a: EntrySize | undefined, b: EntrySize | undefined): EntrySize | undefined {
  return a === undefined || b === undefined ? undefined : { list: a.list, key: union(a.key, b.key), value: union(a.value, b.value) }
}

const isComparison = (overload: string) =>
  overload === 'equals' || overload === 'not_equals' || /^(less|less_equals|greater|greater_equals)_(string|bytes)$/.test(overload)

function comparisonCost(a: Estimate, b: Estimate): Estimate {
  const smallest = Math.min(a.max, b.max)
  return factor({ min: smallest > 0 ? 1 : 0, max: smallest }, traversalFactor)
}

/** What an expression says of its own size. */
function ownSize(expression: Expression): Estimate | undefined {
  if (expression.kind === 'list') return exactly(expression.elements.length)
  if (expression.kind === 'map') return exactly(expression.entries.length)
  if (expression.kind !== 'literal') return undefined
  const { value } = expression
  if (typeof value === 'string') return exactly([...value].length)
  return value instanceof Uint8Array
    ? exactly(value.length)
    : isTagged(value, 'uint') || typeof value !== 'object' || value === null
      ? exactly(1)
      : undefined
}

const scalars: ReadonlySet<CelType['kind']> = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint'])

function isScalar(type: CelType): boolean {
  if (type.kind === 'opaque' && type.name === 'optional_type') return isScalar(type.params[0]!)
  return scalars.has(type.kind)
}
