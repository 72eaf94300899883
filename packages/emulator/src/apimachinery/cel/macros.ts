/** Macros: calls that become other expressions before types are looked at (cel-go parser/macro.go, ext/comprehensions.go). */
import type { Expression, Fold } from './ast.ts'
import type { CelValue } from './values.ts'

export class MacroError extends Error {
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

export interface MacroCall {
  name: string
  target: Expression | undefined
  args: readonly Expression[]
  /** Where the new expressions are said to stand. */
  at: number
  id(): number
}

const accu = '@result'

/** Makes expressions at the place of a macro. */
interface Factory {
  ident(name: string): Expression
  literal(value: CelValue): Expression
  call(name: string, ...args: Expression[]): Expression
  member(name: string, target: Expression, ...args: Expression[]): Expression
  list(...elements: Expression[]): Expression
  emptyMap(): Expression
  fold(parts: Omit<Fold, 'kind' | 'id' | 'at'>): Expression
}

function factoryOf({ at, id }: MacroCall): Factory {
  return {
    ident: (name) => ({ kind: 'ident', id: id(), at, name }),
    literal: (value) => ({ kind: 'literal', id: id(), at, value }),
    call: (name, ...args) => ({ kind: 'call', id: id(), at, name, target: undefined, args }),
    member: (name, target, ...args) => ({ kind: 'call', id: id(), at, name, target, args }),
    list: (...elements) => ({ kind: 'list', id: id(), at, elements, optional: new Set() }),
    emptyMap: () => ({ kind: 'map', id: id(), at, entries: [] }),
    fold: (parts) => ({ kind: 'fold', id: id(), at, ...parts }),
  }
}

type Parts = Pick<Fold, 'accuInit' | 'condition' | 'step' | 'result'>

const always = (make: Factory) => make.literal(true)
const result = (make: Factory) => make.ident(accu)
const append = (make: Factory, element: Expression) => make.call('_+_', make.ident(accu), make.list(element))

const quantifiers: Readonly<Record<string, (make: Factory, predicate: Expression) => Parts>> = {
  all: (make, predicate) => ({
    accuInit: make.literal(true),
    condition: make.call('@not_strictly_false', make.ident(accu)),
    step: make.call('_&&_', make.ident(accu), predicate),
    result: result(make),
  }),
  exists: (make, predicate) => ({
    accuInit: make.literal(false),
    condition: make.call('@not_strictly_false', make.call('!_', make.ident(accu))),
    step: make.call('_||_', make.ident(accu), predicate),
    result: result(make),
  }),
  exists_one: existsOne,
  existsOne,
}

function existsOne(make: Factory, predicate: Expression): Parts {
  return {
    accuInit: make.literal(0n),
    condition: always(make),
    step: make.call('_?_:_', predicate, make.call('_+_', make.ident(accu), make.literal(1n)), make.ident(accu)),
    result: make.call('_==_', make.ident(accu), make.literal(1n)),
  }
}

const filtered = (make: Factory, filter: Expression | undefined, step: Expression) =>
  filter === undefined ? step : make.call('_?_:_', filter, step, make.ident(accu))

/** Macros of one variable, by the number of their arguments. */
const single: Readonly<Record<string, (make: Factory, args: readonly Expression[], variable: string) => Parts>> = {
  'map/2': (make, [, transform]) => collect(make, undefined, append(make, transform!)),
  'map/3': (make, [, filter, transform]) => collect(make, filter, append(make, transform!)),
  'filter/2': (make, [, predicate], variable) => collect(make, predicate, append(make, make.ident(variable))),
}

const collect = (make: Factory, filter: Expression | undefined, step: Expression): Parts => ({
  accuInit: make.list(),
  condition: always(make),
  step: filtered(make, filter, step),
  result: result(make),
})

const insert = (make: Factory, filter: Expression | undefined, ...entry: Expression[]): Parts => ({
  accuInit: make.emptyMap(),
  condition: always(make),
  step: filtered(make, filter, make.call('cel.@mapInsert', make.ident(accu), ...entry)),
  result: result(make),
})

/** Macros of two variables: of an index or key, and a value. */
const double: Readonly<Record<string, (make: Factory, args: readonly Expression[], key: string) => Parts>> = {
  'transformList/3': (make, [, , transform]) => collect(make, undefined, append(make, transform!)),
  'transformList/4': (make, [, , filter, transform]) => collect(make, filter, append(make, transform!)),
  'transformMap/3': (make, [, , transform], key) => insert(make, undefined, make.ident(key), transform!),
  'transformMap/4': (make, [, , filter, transform], key) => insert(make, filter, make.ident(key), transform!),
  'transformMapEntry/3': (make, [, , entry]) => insert(make, undefined, entry!),
  'transformMapEntry/4': (make, [, , filter, entry]) => insert(make, filter, entry!),
}

/**
 * The expression that a call stands for; undefined if it is no macro.
 * @throws MacroError for arguments that the macro does not take
 */
export function expandMacro(call: MacroCall): Expression | undefined {
  const { name, target, args } = call
  const make = factoryOf(call)
  if (target === undefined) return name === 'has' && args.length === 1 ? presence(call) : undefined
  if (name === 'optMap' || name === 'optFlatMap') return args.length === 2 ? optional(call, make) : undefined
  const quantifier = Object.hasOwn(quantifiers, name) ? quantifiers[name] : undefined
  if (quantifier !== undefined && args.length === 2 && name !== 'existsOne') {
    return overOne(make, target, args, quantifier(make, args[1]!))
  }
  if (quantifier !== undefined && args.length === 3) return overTwo(make, target, args, quantifier(make, args[2]!))
  const one = single[`${name}/${args.length}`]
  if (one !== undefined) return overOne(make, target, args, one(make, args, variableOf(args[0]!)))
  const two = double[`${name}/${args.length}`]
  return two === undefined ? undefined : overTwo(make, target, args, two(make, args, variableOf(args[0]!)))
}

function variableOf(argument: Expression): string {
  if (argument.kind !== 'ident') throw new MacroError(argument.at, 'argument must be a simple name')
  if (argument.name === accu || argument.name === '__result__') {
    throw new MacroError(argument.at, 'iteration variable overwrites accumulator variable')
  }
  return argument.name
}

const overOne = (make: Factory, range: Expression, args: readonly Expression[], parts: Parts): Expression =>
  make.fold({ range, iterVar: variableOf(args[0]!), iterVar2: undefined, accuVar: accu, ...parts })

function overTwo(make: Factory, range: Expression, args: readonly Expression[], parts: Parts): Expression {
  const [iterVar, iterVar2] = [variableOf(args[0]!), variableOf(args[1]!)]
  if (iterVar === iterVar2) throw new MacroError(args[1]!.at, `duplicate variable name: ${iterVar}`)
  return make.fold({ range, iterVar, iterVar2, accuVar: accu, ...parts })
}

function presence({ args, at, id }: MacroCall): Expression {
  const [argument] = args
  if (argument?.kind !== 'select') throw new MacroError(argument!.at, 'invalid argument to has() macro')
  return { kind: 'select', id: id(), at, operand: argument.operand, field: argument.field, testOnly: true }
}

/** `target.optMap(x, f)`: none stays none, a value becomes what f makes of it. */
function optional({ name, target, args }: MacroCall, make: Factory): Expression {
  const variable = args[0]!
  if (variable.kind !== 'ident') throw new MacroError(variable.at, `${name}() variable name must be a simple identifier`)
  const bound = make.fold({
    range: make.list(),
    iterVar: '#unused',
    iterVar2: undefined,
    accuVar: variable.name,
    accuInit: make.member('value', target!),
    condition: make.literal(false),
    step: make.ident(variable.name),
    result: args[1]!,
  })
  const some = name === 'optMap' ? make.call('optional.of', bound) : bound
  return make.call('_?_:_', make.member('hasValue', target!), some, make.call('optional.none'))
}
