/** Finds the types of an expression, and which forms of functions it calls (cel-go checker/checker.go). */
import { type Expression, type Fold, qualifiedName } from './ast.ts'
import { functions, typeConstants } from './environment.ts'
import { CelCompileError, formatIssues, type Issue } from './issues.ts'
import type { Overload } from './overload.ts'
import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  dynType,
  errorType,
  formatType,
  intType,
  listOf,
  mapOf,
  nullType,
  optionalOf,
  sameType,
  stringType,
  uintType,
} from './types.ts'
import { assignable, type Bindings, mostGeneral, substitute } from './unify.ts'
import { type CelValue, isTagged } from './values.ts'

/** An expression whose types are known. By ids of expressions. */
export interface Checked {
  root: Expression
  types: ReadonlyMap<number, CelType>
  /** The forms that a call may turn out to be of. */
  overloads: ReadonlyMap<number, readonly Overload[]>
  /** Calls of functions with dots in their names, whose target is part of the name. */
  qualified: ReadonlyMap<number, string>
  /** The variables that it refers to. */
  variables: ReadonlySet<string>
}

export type Variables = ReadonlyMap<string, CelType>

/** The types of objects that expressions may make, by name. */
export type Structs = (name: string) => (CelType & { kind: 'object' }) | undefined

/** @throws CelCompileError with all that does not fit together */
export function check(root: Expression, source: string, variables: Variables, structs: Structs): Checked {
  const checker = createChecker(variables, structs)
  checker.visit(root)
  const { issues, types, bindings, overloads, qualified, used } = checker
  if (issues.length > 0) throw new CelCompileError(formatIssues([...source], issues))
  const resolved = new Map([...types].map(([id, type]) => [id, substitute(bindings(), type, true)]))
  return { root, types: resolved, overloads, qualified, variables: used }
}

const literalType = (value: CelValue): CelType => {
  if (value === null) return nullType
  if (typeof value === 'bigint') return intType
  if (typeof value === 'number') return doubleType
  if (typeof value === 'string') return stringType
  if (typeof value === 'boolean') return boolType
  return isTagged(value, 'uint') ? uintType : bytesType
}

function unwrapOptional(type: CelType): [type: CelType, optional: boolean] {
  return type.kind === 'opaque' && type.name === 'optional_type' ? [type.params[0]!, true] : [type, false]
}

function createChecker(variables: Variables, structs: Structs) {
  const types = new Map<number, CelType>()
  const overloads = new Map<number, Overload[]>()
  const qualified = new Map<number, string>()
  const used = new Set<string>()
  const issues: Issue[] = []
  const scopes: Map<string, CelType>[] = []
  let bindings: Bindings = new Map()
  let freeVariables = 0
  /** Within how many arguments of `format`: values of several types may stand there side by side. */
  let formats = 0

  const report = (at: number, message: string) => void issues.push({ at, message })
  const undeclared = (at: number, name: string) => report(at, `undeclared reference to '${name}' (in container '')`)
  const mismatch = (at: number, expected: CelType, found: CelType) =>
    report(at, `expected type '${formatType(expected)}' but found '${formatType(found)}'`)
  const typeAt = ({ id }: Expression) => types.get(id) ?? errorType
  const freshVariable = (): CelType => ({ kind: 'param', name: `_var${freeVariables++}` })

  const isAssignable = (from: CelType, to: CelType): boolean => {
    const found = assignable(bindings, [from], [to])
    if (found !== undefined) bindings = found
    return found !== undefined
  }

  const lookup = (name: string): CelType | undefined => {
    const bare = name.replace(/^\./, '')
    for (let i = scopes.length - 1; i >= 0; i--) {
      const found = scopes[i]!.get(bare)
      if (found !== undefined) return found
    }
    const variable = variables.get(bare)
    if (variable !== undefined) used.add(bare)
    return variable ?? typeConstants.get(bare)?.type
  }

  function visit(expression: Expression): void {
    types.set(expression.id, typeOfExpression(expression))
  }

  function typeOfExpression(expression: Expression): CelType {
    switch (expression.kind) {
      case 'literal':
        return literalType(expression.value)
      case 'ident': {
        const found = lookup(expression.name)
        if (found === undefined) undeclared(expression.at, expression.name)
        return found ?? errorType
      }
      case 'select':
        return selectType(expression)
      case 'call':
        return callType(expression)
      case 'list':
        return listType(expression)
      case 'map':
        return mapType(expression)
      case 'struct':
        return structType(expression)
      default:
        return foldType(expression)
    }
  }

  function selectType(expression: Expression & { kind: 'select' }): CelType {
    const name = qualifiedName(expression)
    const constant = name === undefined || expression.testOnly ? undefined : typeConstants.get(name.replace(/^\./, ''))
    if (constant !== undefined) return constant.type
    // Variables may have dots in their names; the longest name counts.
    const variable = name === undefined ? undefined : variables.get(name)
    if (variable !== undefined) {
      used.add(name!)
      return variable
    }
    const type = fieldType(expression, expression.operand, expression.field, false)
    return expression.testOnly ? boolType : substitute(bindings, type, false)
  }

  function fieldType({ at }: Expression, operand: Expression, field: string, optional: boolean): CelType {
    visit(operand)
    const [target, wasOptional] = unwrapOptional(substitute(bindings, typeAt(operand), false))
    const type = memberType(target, field, at)
    return wasOptional || optional ? optionalOf(type) : type
  }

  function memberType(target: CelType, field: string, at: number): CelType {
    switch (target.kind) {
      case 'map':
        return target.params[1]
      case 'object': {
        const found = target.fields?.().get(field)
        if (found === undefined)
          report(at, target.fields ? `undefined field '${field}'` : `unexpected failed resolution of '${target.name}'`)
        return found ?? errorType
      }
      case 'param':
        isAssignable(dynType, target)
        return dynType
      default:
        if (target.kind !== 'dyn' && target.kind !== 'error') report(at, `type '${formatType(target)}' does not support field selection`)
        return dynType
    }
  }

  function callType(call: Expression & { kind: 'call' }): CelType {
    if (call.name === '_?._') return substitute(bindings, fieldType(call, call.args[0]!, literalText(call.args[1]!), true), false)
    if (call.name === 'format') formats++
    for (const argument of call.args) visit(argument)
    if (call.name === 'format') formats--
    if (call.target === undefined) return resolve(call, call.name.replace(/^\./, ''), undefined)
    const prefix = qualifiedName(call.target)
    const full = prefix === undefined ? undefined : `${prefix.replace(/^\./, '')}.${call.name}`
    if (full !== undefined && functions.has(full)) {
      qualified.set(call.id, full)
      return resolve(call, full, undefined)
    }
    visit(call.target)
    return resolve(call, call.name, call.target)
  }

  const literalText = (expression: Expression) => (expression.kind === 'literal' ? String(expression.value) : '')

  function resolve(call: Expression & { kind: 'call' }, name: string, target: Expression | undefined): CelType {
    const forms = functions.get(name)
    if (forms === undefined) {
      undeclared(call.at, name)
      return errorType
    }
    const args = [...(target === undefined ? [] : [target]), ...call.args]
    if (name === '_&&_' || name === '_||_') return logicalType(call, forms, args)
    const argTypes = args.map(typeAt)
    const matching: Overload[] = []
    let result: CelType | undefined
    for (const form of forms) {
      if (form.member !== (target !== undefined)) continue
      const fresh: Bindings = new Map(form.generics.map((generic) => [generic, freshVariable()]))
      const params = form.params.map((param) => substitute(fresh, param, false))
      const found = assignable(bindings, argTypes, params)
      if (found === undefined) continue
      bindings = found
      matching.push(form)
      const type = substitute(bindings, substitute(fresh, form.result, false), false)
      if (result === undefined) result = type
      else if (result.kind !== 'dyn' && !sameType(type, result)) result = dynType
    }
    overloads.set(call.id, matching)
    if (result !== undefined) return result
    const shown = argTypes.map((type) => formatType(substitute(bindings, type, true)))
    const signature = target === undefined ? `(${shown.join(', ')})` : `${shown[0]}.(${shown.slice(1).join(', ')})`
    report(call.at, `found no matching overload for '${name}' applied to '${signature}'`)
    return errorType
  }

  function logicalType(call: Expression, forms: readonly Overload[], args: readonly Expression[]): CelType {
    let failed = false
    for (const argument of args) {
      const type = typeAt(argument)
      if (isAssignable(type, boolType)) continue
      mismatch(argument.at, boolType, type)
      failed = true
    }
    overloads.set(call.id, [...forms])
    return failed ? errorType : boolType
  }

  function elementType(expression: Expression, optional: boolean): CelType {
    visit(expression)
    const type = typeAt(expression)
    if (!optional) return type
    const [inner, isOptional] = unwrapOptional(type)
    if (!isOptional && inner.kind !== 'dyn') mismatch(expression.at, optionalOf(inner), inner)
    return inner
  }

  function join(at: number, previous: CelType | undefined, current: CelType): CelType {
    if (previous === undefined) return current
    if (isAssignable(previous, current)) return mostGeneral(previous, current)
    if (formats > 0) return dynType
    mismatch(at, previous, current)
    return errorType
  }

  function listType({ elements, optional }: Expression & { kind: 'list' }): CelType {
    let type: CelType | undefined
    for (const [i, element] of elements.entries()) type = join(element.at, type, elementType(element, optional.has(i)))
    return listOf(type ?? freshVariable())
  }

  function mapType({ entries }: Expression & { kind: 'map' }): CelType {
    let keys: CelType | undefined
    let values: CelType | undefined
    for (const { key, value, optional } of entries) {
      visit(key)
      keys = join(key.at, keys, typeAt(key))
      values = join(value.at, values, elementType(value, optional))
    }
    return mapOf(keys ?? freshVariable(), values ?? freshVariable())
  }

  function structType({ name, at, fields }: Expression & { kind: 'struct' }): CelType {
    const type = structs(name)
    if (type === undefined) undeclared(at, name)
    for (const field of fields) {
      const found = elementType(field.value, field.optional)
      const expected = type?.fields?.().get(field.name)
      if (type === undefined) continue
      if (expected === undefined) report(field.at, `undefined field '${field.name}'`)
      else if (!isAssignable(expected, found)) {
        const shown = `'${formatType(expected)}' but provided type is '${formatType(substitute(bindings, found, true))}'`
        report(field.at, `expected type of field '${field.name}' is ${shown}`)
      }
    }
    return type ?? errorType
  }

  function foldType(fold: Fold): CelType {
    visit(fold.range)
    visit(fold.accuInit)
    const accuType = typeAt(fold.accuInit)
    const [first, second] = iterationTypes(fold, substitute(bindings, typeAt(fold.range), false))
    scopes.push(new Map([[fold.accuVar, accuType]]))
    const variables: [string, CelType][] = [[fold.iterVar, first]]
    if (fold.iterVar2 !== undefined) variables.push([fold.iterVar2, second])
    scopes.push(new Map(variables))
    visit(fold.condition)
    assertType(fold.condition, boolType)
    visit(fold.step)
    assertType(fold.step, accuType)
    scopes.pop()
    visit(fold.result)
    scopes.pop()
    return substitute(bindings, typeAt(fold.result), false)
  }

  function iterationTypes({ range, iterVar2 }: Fold, type: CelType): [CelType, CelType] {
    switch (type.kind) {
      case 'list':
        return iterVar2 === undefined ? [type.params[0], dynType] : [intType, type.params[0]]
      case 'map':
        return [type.params[0], type.params[1]]
      case 'dyn':
      case 'error':
      case 'param':
        isAssignable(dynType, type)
        return [dynType, dynType]
      default:
        report(range.at, `expression of type '${formatType(type)}' cannot be range of a comprehension (must be list, map, or dynamic)`)
        return [errorType, errorType]
    }
  }

  function assertType(expression: Expression, type: CelType): void {
    if (!isAssignable(type, typeAt(expression))) mismatch(expression.at, type, typeAt(expression))
  }

  return { visit, issues, types, bindings: () => bindings, overloads, qualified, used }
}
