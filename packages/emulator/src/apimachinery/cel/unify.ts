/** Whether types fit each other, where some of them are parameters (cel-go checker/types.go). */
import { type CelType, dynType, paramsOf, sameType } from './types.ts'

/** What parameters have been found to stand for, by name. */
export type Bindings = Map<string, CelType>

const isDynOrError = ({ kind }: CelType) => kind === 'dyn' || kind === 'error'

/** Tries to make `from` fit `to`; on success, `bindings` know what that takes. */
export function assignable(bindings: Bindings, from: readonly CelType[], to: readonly CelType[]): Bindings | undefined {
  if (from.length !== to.length) return undefined
  const copy = new Map(bindings)
  return from.every((type, i) => fits(copy, type, to[i]!)) ? copy : undefined
}

function fits(bindings: Bindings, a: CelType, b: CelType): boolean {
  if (b.kind === 'param') {
    const [valid, bound] = bind(bindings, a, b)
    if (valid) return true
    if (bound) return false
  }
  if (a.kind === 'param') return bind(bindings, b, a)[0]
  if (isDynOrError(a) || isDynOrError(b)) return true
  if (a.kind === 'null') return isNullable(b)
  if (b.kind === 'null') return isNullable(a)
  if (a.kind !== b.kind) return false
  if (a.kind === 'type') return true
  if ('name' in a && 'name' in b && a.name !== b.name) return false
  const [x, y] = [paramsOf(a), paramsOf(b)]
  return x.length === y.length && x.every((param, i) => fits(bindings, param, y[i]!))
}

const nullable: ReadonlySet<CelType['kind']> = new Set(['null', 'opaque', 'object', 'duration', 'timestamp'])
const isNullable = ({ kind }: CelType) => nullable.has(kind)

function bind(bindings: Bindings, type: CelType, param: CelType & { kind: 'param' }): [valid: boolean, bound: boolean] {
  if (sameType(type, param)) return [true, true]
  const bound = bindings.get(param.name)
  if (bound !== undefined) {
    if (sameType(type, bound)) return [true, true]
    if (!fits(bindings, type, bound)) return [false, true]
    const general = mostGeneral(type, bound)
    if (!occurs(bindings, param, general)) bindings.set(param.name, general)
    return [true, true]
  }
  if (occurs(bindings, param, type)) return [false, false]
  bindings.set(param.name, type)
  return [true, false]
}

function occurs(bindings: Bindings, param: CelType & { kind: 'param' }, within: CelType): boolean {
  if (sameType(param, within)) return true
  if (within.kind === 'param') {
    const bound = bindings.get(within.name)
    return bound !== undefined && occurs(bindings, param, bound)
  }
  return paramsOf(within).some((each) => occurs(bindings, param, each))
}

export const mostGeneral = (a: CelType, b: CelType): CelType => (isLessSpecific(a, b) ? a : b)

function isLessSpecific(a: CelType, b: CelType): boolean {
  if (a.kind === 'dyn' || a.kind === 'param') return true
  if (b.kind === 'dyn' || b.kind === 'param' || a.kind !== b.kind) return false
  if (a.kind === 'type') return true
  if ('name' in a && 'name' in b && a.name !== b.name) return false
  return paramsOf(a).every((param, i) => isLessSpecific(param, paramsOf(b)[i]!))
}

/** Puts what is known in the place of parameters; `toDyn`: the rest are dyn. */
export function substitute(bindings: Bindings, type: CelType, toDyn: boolean): CelType {
  if (type.kind === 'param') {
    const bound = bindings.get(type.name)
    if (bound !== undefined) return substitute(bindings, bound, toDyn)
    return toDyn ? dynType : type
  }
  if (!('params' in type) || type.params.length === 0) return type
  return { ...type, params: type.params.map((each) => substitute(bindings, each, toDyn)) } as unknown as CelType
}
