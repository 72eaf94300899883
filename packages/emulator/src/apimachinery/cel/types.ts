/** The types of CEL, as the checker knows them. */
export type CelType =
  | { kind: 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'null' | 'duration' | 'timestamp' | 'error' }
  /** `any`: as dyn in all, but called google.protobuf.Any. */
  | { kind: 'dyn'; any?: true }
  | { kind: 'list'; params: readonly [CelType] }
  | { kind: 'map'; params: readonly [CelType, CelType] }
  /** Types of a library, and `optional_type`. */
  | { kind: 'opaque'; name: string; params: readonly CelType[] }
  | { kind: 'object'; name: string; fields?: () => ReadonlyMap<string, CelType> }
  | { kind: 'type'; params: readonly CelType[] }
  | { kind: 'param'; name: string }

const simple = <K extends CelType['kind']>(kind: K) => ({ kind }) as Extract<CelType, { kind: K }>

export const boolType = simple('bool')
export const intType = simple('int')
export const uintType = simple('uint')
export const doubleType = simple('double')
export const stringType = simple('string')
export const bytesType = simple('bytes')
export const nullType = simple('null')
export const durationType = simple('duration')
export const timestampType = simple('timestamp')
export const dynType = simple('dyn')
export const anyType: CelType = { kind: 'dyn', any: true }
export const errorType = simple('error')
export const listOf = (element: CelType): CelType => ({ kind: 'list', params: [element] })
export const mapOf = (key: CelType, value: CelType): CelType => ({ kind: 'map', params: [key, value] })
export const optionalOf = (value: CelType): CelType => ({ kind: 'opaque', name: 'optional_type', params: [value] })
export const typeOf = (type: CelType): CelType => ({ kind: 'type', params: [type] })

/** Opaque types, whose names errors and `type()` show. */
export const libraryTypes: Readonly<Record<string, CelType>> = {
  URL: { kind: 'object', name: 'kubernetes.URL' },
  Quantity: { kind: 'object', name: 'kubernetes.Quantity' },
  Semver: { kind: 'object', name: 'kubernetes.Semver' },
  Format: { kind: 'object', name: 'kubernetes.NamedFormat' },
  Authorizer: { kind: 'object', name: 'kubernetes.authorization.Authorizer' },
  PathCheck: { kind: 'object', name: 'kubernetes.authorization.PathCheck' },
  GroupCheck: { kind: 'object', name: 'kubernetes.authorization.GroupCheck' },
  ResourceCheck: { kind: 'object', name: 'kubernetes.authorization.ResourceCheck' },
  Decision: { kind: 'object', name: 'kubernetes.authorization.Decision' },
  IP: { kind: 'opaque', name: 'net.IP', params: [] },
  CIDR: { kind: 'opaque', name: 'net.CIDR', params: [] },
}

/** A type as error messages show it. */
export function formatType(type: CelType): string {
  switch (type.kind) {
    case 'list':
    case 'map':
      return `${type.kind}(${type.params.map(formatType).join(', ')})`
    case 'opaque':
      return type.params.length === 0 ? type.name : `${type.name}(${type.params.map(formatType).join(', ')})`
    case 'object':
    case 'param':
      return type.name
    case 'type':
      return type.params.length === 0 ? 'type' : `type(${formatType(type.params[0]!)})`
    case 'dyn':
      return type.any ? 'google.protobuf.Any' : 'dyn'
    case 'error':
      return '!error!'
    default:
      return type.kind
  }
}

const simpleNames = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'null', 'duration', 'timestamp', 'dyn']

/** Reads a type such as `map(string, list(A))`; single capitals are parameters. */
export function parseType(text: string): CelType {
  const trimmed = text.trim()
  if (simpleNames.includes(trimmed)) return { kind: trimmed as 'int' }
  if (/^[A-Z]$/.test(trimmed)) return { kind: 'param', name: trimmed }
  const library = libraryTypes[trimmed]
  if (library !== undefined) return library
  const match = /^(\w+)\((.*)\)$/.exec(trimmed)
  if (match === null) throw new Error(`no CEL type ${text}`)
  const params = splitTypes(match[2]!).map(parseType)
  if (match[1] === 'list') return listOf(params[0]!)
  if (match[1] === 'map') return mapOf(params[0]!, params[1]!)
  if (match[1] === 'optional') return optionalOf(params[0]!)
  if (match[1] === 'type') return typeOf(params[0]!)
  throw new Error(`no CEL type ${text}`)
}

/** Splits at the commas that are in no parentheses. */
export function splitTypes(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i <= text.length; i++) {
    const character = text[i]
    if (character === '(') depth++
    if (character === ')') depth--
    if ((character === ',' && depth === 0) || i === text.length) {
      parts.push(text.slice(start, i).trim())
      start = i + 1
    }
  }
  return parts.filter((part) => part !== '')
}

export const paramsOf = (type: CelType): readonly CelType[] => ('params' in type ? type.params : [])

/** Whether two types are the same, parameters included. */
export function sameType(a: CelType, b: CelType): boolean {
  if (a.kind !== b.kind) return false
  if ('name' in a && 'name' in b && a.name !== b.name) return false
  const [x, y] = [paramsOf(a), paramsOf(b)]
  return x.length === y.length && x.every((param, i) => sameType(param, y[i]!))
}
