import { authorization } from './functions/authorization.ts'
import { conversions } from './functions/conversions.ts'
import { kubernetes } from './functions/kubernetes.ts'
import { lists } from './functions/lists.ts'
import { network } from './functions/network.ts'
import { operators } from './functions/operators.ts'
import { optionals } from './functions/optionals.ts'
import { strings } from './functions/strings.ts'
import { times } from './functions/times.ts'
import { type FunctionTable, functionTable } from './overload.ts'
import { type CelType, dynType, libraryTypes, listOf, mapOf, optionalOf, typeOf } from './types.ts'
import type { CelTypeValue, CelValue } from './values.ts'

/** All functions of Kubernetes' CEL, in the order in which cel-go looks through their forms. */
export const functions: FunctionTable = functionTable([
  ...operators,
  ...conversions,
  ...times,
  ...strings,
  ...lists,
  ...optionals,
  ...network,
  ...kubernetes,
  ...authorization,
])

const named: readonly (readonly [name: string, type: CelType])[] = [
  ...(['bool', 'int', 'uint', 'double', 'string', 'bytes'] as const).map((kind) => [kind, { kind }] as const),
  ['dyn', dynType],
  ['null_type', { kind: 'null' }],
  ['google.protobuf.Duration', { kind: 'duration' }],
  ['google.protobuf.Timestamp', { kind: 'timestamp' }],
  ['list', listOf(dynType)],
  ['map', mapOf(dynType, dynType)],
  ['type', { kind: 'type', params: [] }],
  ['optional_type', optionalOf(dynType)],
  ['net.IP', libraryTypes['IP']!],
  ['net.CIDR', libraryTypes['CIDR']!],
]

/** The names of types are values too: `type(x) == string`. */
export const typeConstants: ReadonlyMap<string, { type: CelType; value: CelValue }> = new Map(
  named.map(([name, type]) => [name, { type: typeOf(type), value: { tag: 'type', name } satisfies CelTypeValue }]),
)
