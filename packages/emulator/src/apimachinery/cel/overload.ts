import { type CelType, parseType, splitTypes } from './types.ts'
import type { CelValue } from './values.ts'

/** One form of a function. */
export interface Overload {
  id: string
  /** Called as `target.f()`; the target is the first argument. */
  member: boolean
  params: readonly CelType[]
  result: CelType
  /** Names of its type parameters. */
  generics: readonly string[]
  evaluate(...args: CelValue[]): CelValue
}

export type FunctionTable = ReadonlyMap<string, readonly Overload[]>

/** `id`, `string.startsWith(string): bool` or `size(string): int`, and what it does. */
// biome-ignore lint/suspicious/noExplicitAny: the signature says what the arguments are
export type OverloadRow = readonly [id: string, signature: string, evaluate: (...args: any[]) => CelValue]

/** Reads rows into a table: functions by name, their forms in order. */
export function functionTable(rows: readonly OverloadRow[]): FunctionTable {
  const table = new Map<string, Overload[]>()
  for (const [id, signature, evaluate] of rows) {
    const { name, ...rest } = parseSignature(signature)
    const known = table.get(name) ?? []
    known.push({ id, ...rest, evaluate })
    table.set(name, known)
  }
  return table
}

/** A member's name follows the type of its target after `::`. */
function parseSignature(signature: string): Omit<Overload, 'id' | 'evaluate'> & { name: string } {
  const match = /^(?:(.*)::)?(\S+?)\((.*)\): (.*)$/.exec(signature)
  if (match === null) throw new Error(`no signature: ${signature}`)
  const [, target, name = '', args = '', result = ''] = match
  const params = splitTypes(args).map(parseType)
  const all = target === undefined ? params : [parseType(target), ...params]
  const generics = [
    ...new Set(
      signature
        .replace(/^.*::|\b[A-Z]\w+/g, '')
        .concat(target ?? '')
        .match(/\b[A-Z]\b/g) ?? [],
    ),
  ]
  return { name, member: target !== undefined, params: all, result: parseType(result), generics }
}
