/** Evaluates checked expressions, and counts what that costs (cel-go interpreter). */
import { type Expression, type Fold, qualifiedName } from './ast.ts'
import type { Checked } from './checker.ts'
import { functions, typeConstants } from './environment.ts'
import { findMember } from './functions/operators.ts'
import { CelError } from './issues.ts'
import type { Overload } from './overload.ts'
import { callCost, costs } from './runtime-cost.ts'
import {
  type CelMap,
  type CelObject,
  type CelValue,
  isList,
  isOfType,
  isTagged,
  listValue,
  mapValue,
  none,
  some,
  typeName,
} from './values.ts'

/** Values by the names of variables. */
export type Activation = ReadonlyMap<string, CelValue>

export const costLimitExceeded = 'operation cancelled: actual cost limit exceeded'

/** What an evaluation cost until it failed stands in `cost` of the budget. */
export interface Budget {
  cost: number
  limit: number
}

/** @throws CelError for what cannot be evaluated, or costs too much */
export function evaluate(checked: Checked, activation: Activation, budget: Budget): CelValue {
  return createEvaluator(checked, budget)(checked.root, new Map(activation))
}

type Scope = Map<string, CelValue>

function createEvaluator({ overloads, qualified, variables }: Checked, budget: Budget) {
  const dotted = new Set([...variables].filter((name) => name.includes('.')))

  const spend = (cost: number) => {
    budget.cost += cost
    if (budget.cost > budget.limit) throw new CelError(costLimitExceeded)
  }

  function run(expression: Expression, scope: Scope): CelValue {
    switch (expression.kind) {
      case 'literal':
        return expression.value
      case 'ident':
        return identifier(expression.name.replace(/^\./, ''), scope)
      case 'select':
        return select(expression, scope)
      case 'call':
        return call(expression, scope)
      case 'list':
        return list(expression, scope)
      case 'map':
        return map(expression, scope)
      case 'struct':
        return struct(expression, scope)
      default:
        return fold(expression, scope)
    }
  }

  function identifier(name: string, scope: Scope): CelValue {
    spend(costs.select)
    const value = scope.get(name) ?? (scope.has(name) ? null : typeConstants.get(name)?.value)
    if (value === undefined) throw new CelError(`no such attribute(s): ${name}`)
    if (isTagged(value, 'broken')) throw new CelError(value.message)
    return value
  }

  function select(expression: Expression & { kind: 'select' }, scope: Scope): CelValue {
    const { operand, field, testOnly } = expression
    const constant = constantOf(expression)
    if (constant !== undefined && !testOnly) return constant
    const name = dotted.size === 0 ? undefined : qualifiedName(expression)
    if (name !== undefined && dotted.has(name)) return identifier(name, scope)
    const target = run(operand, scope)
    if (isTagged(target, 'optional')) {
      const found = target.value === undefined ? undefined : member(target.value, field, true)
      return testOnly ? found !== undefined : found === undefined ? none : some(found)
    }
    const found = member(target, field, testOnly)
    if (testOnly) return found !== undefined
    spend(costs.select)
    return sound(found!)
  }

  const sound = (value: CelValue): CelValue => {
    if (isTagged(value, 'broken')) throw new CelError(value.message)
    return value
  }

  /** Undefined for what is missing, if that is no error. */
  function member(target: CelValue, field: string, optional: boolean): CelValue | undefined {
    if (!isTagged(target, 'map') && !isTagged(target, 'object')) {
      // What can have no members has none.
      if (optional && !Array.isArray(target)) return undefined
      throw new CelError(`no such key: ${field}`)
    }
    const found = findMember(target as CelMap | CelObject, field)
    if (found === undefined && !optional) throw new CelError(`no such key: ${field}`)
    return found
  }

  function call(expression: Expression & { kind: 'call' }, scope: Scope): CelValue {
    const { name, args } = expression
    switch (name) {
      case '_&&_':
        return logical(args, scope, false)
      case '_||_':
        return logical(args, scope, true)
      case '_?_:_':
        return conditional(args, scope)
      case '@not_strictly_false':
        return notStrictlyFalse(args[0]!, scope)
      case '_?._': {
        const target = run(args[0]!, scope)
        const inner = isTagged(target, 'optional') ? target.value : target
        spend(costs.select)
        const found = inner === undefined ? undefined : member(inner, (args[1] as { value: string }).value, true)
        return found === undefined ? none : some(found)
      }
      default:
        return invoke(expression, scope)
    }
  }

  function invoke({ id, name, target, args }: Expression & { kind: 'call' }, scope: Scope): CelValue {
    const full = qualified.get(id)
    const called = full ?? name.replace(/^\./, '')
    const isMember = target !== undefined && full === undefined
    const values = [...(isMember ? [run(target, scope)] : []), ...args.map((argument) => run(argument, scope))]
    const overload = overloadFor(overloads.get(id) ?? [], values) ?? overloadFor(formsOf(called, isMember), values)
    if (overload === undefined) throw new CelError(noSuchOverload(called, values))
    if (called === '_==_' || called === '_!=_' || overload.id.startsWith('add_')) spend(callCost(called, overload.id, values, null))
    const value = overload.evaluate(...values)
    if (called !== '_==_' && called !== '_!=_' && !overload.id.startsWith('add_')) spend(callCost(called, overload.id, values, value))
    return sound(value)
  }

  const formsOf = (name: string, isMember: boolean) => (functions.get(name) ?? []).filter(({ member: ofTarget }) => ofTarget === isMember)

  const overloadFor = (forms: readonly Overload[], values: readonly CelValue[]): Overload | undefined =>
    forms.find(({ params }) => params.length === values.length && params.every((param, i) => isOfType(values[i]!, param)))

  /** Arithmetic between types that do not go together says less than other calls. */
  function noSuchOverload(name: string, values: readonly CelValue[]): string {
    if (/^_[-+*/%<>]=?_$|^-_$|^!_$|^_\[_\]$|^@in$/.test(name)) return 'no such overload'
    return `no such overload: ${name}(${values.map(typeName).join(', ')})`
  }

  /** An error on one side does not count if the other side decides. */
  function logical(args: readonly Expression[], scope: Scope, decisive: boolean): CelValue {
    let failure: unknown
    for (const argument of args) {
      try {
        const value = run(argument, scope)
        if (value === decisive) return decisive
        if (typeof value !== 'boolean') failure ??= new CelError('no such overload')
      } catch (error) {
        if (!(error instanceof CelError) || error.message === costLimitExceeded) throw error
        failure ??= error
      }
    }
    if (failure !== undefined) throw failure
    return !decisive
  }

  function conditional([condition, yes, no]: readonly Expression[], scope: Scope): CelValue {
    const value = run(condition!, scope)
    if (typeof value !== 'boolean') throw new CelError('no such overload')
    return run(value ? yes! : no!, scope)
  }

  function notStrictlyFalse(argument: Expression, scope: Scope): boolean {
    spend(1)
    try {
      return run(argument, scope) !== false
    } catch (error) {
      if (!(error instanceof CelError) || error.message === costLimitExceeded) throw error
      return true
    }
  }

  function list({ elements, optional }: Expression & { kind: 'list' }, scope: Scope): CelValue {
    const items = elements.flatMap((element, i) => {
      const value = run(element, scope)
      if (!optional.has(i) || !isTagged(value, 'optional')) return [value]
      return value.value === undefined ? [] : [value.value]
    })
    spend(costs.list)
    return listValue(items)
  }

  function map({ entries }: Expression & { kind: 'map' }, scope: Scope): CelValue {
    const members: [CelValue, CelValue][] = []
    for (const { key, value, optional } of entries) {
      const [at, found] = [run(key, scope), run(value, scope)]
      if (!optional || !isTagged(found, 'optional')) members.push([at, found])
      else if (found.value !== undefined) members.push([at, found.value])
    }
    spend(costs.map)
    return mapValue(members)
  }

  function struct({ name, fields }: Expression & { kind: 'struct' }, scope: Scope): CelValue {
    const members = new Map<string, CelValue>()
    for (const field of fields) {
      const found = run(field.value, scope)
      if (!field.optional || !isTagged(found, 'optional')) members.set(field.name, found)
      else if (found.value !== undefined) members.set(field.name, found.value)
    }
    spend(costs.struct)
    return { tag: 'object', fields: members, type: name }
  }

  function fold(expression: Fold, scope: Scope): CelValue {
    const { range, iterVar, iterVar2, accuVar, accuInit, condition, step, result } = expression
    const over = run(range, scope)
    const inner: Scope = new Map(scope)
    let failure: CelError | undefined
    const set = (evaluateNext: () => CelValue) => {
      try {
        inner.set(accuVar, evaluateNext())
        failure = undefined
      } catch (error) {
        if (!(error instanceof CelError) || error.message === costLimitExceeded) throw error
        failure = error
        inner.set(accuVar, { tag: 'broken', message: error.message })
      }
    }
    set(() => run(accuInit, scope))
    for (const [first, second] of iterationsOf(over, iterVar2 !== undefined)) {
      inner.set(iterVar, first)
      if (iterVar2 !== undefined) inner.set(iterVar2, second)
      if (run(condition, inner) !== true) break
      set(() => run(step, inner))
    }
    if (failure !== undefined && result.kind === 'ident' && result.name === accuVar) throw failure
    return run(result, inner)
  }

  return run
}

/** The name of a type that a selection spells. */
function constantOf(expression: Expression & { kind: 'select' }): CelValue | undefined {
  if (expression.operand.kind !== 'ident' && expression.operand.kind !== 'select') return undefined
  const parts: string[] = []
  for (let at: Expression = expression; ; at = at.operand) {
    if (at.kind === 'ident') {
      parts.unshift(at.name.replace(/^\./, ''))
      return typeConstants.get(parts.join('.'))?.value
    }
    if (at.kind !== 'select') return undefined
    parts.unshift(at.field)
  }
}

function* iterationsOf(value: CelValue, two: boolean): Generator<[CelValue, CelValue]> {
  if (isList(value)) {
    for (const [i, item] of value.items.entries()) yield two ? [BigInt(i), item] : [item, null]
  } else if (isTagged(value, 'map')) for (const { key, value: member } of value.entries.values()) yield [key, member]
  else if (isTagged(value, 'object')) for (const [key, member] of value.fields) yield [key, member]
  else throw new CelError(`got '${typeName(value)}', expected iterable type`)
}
