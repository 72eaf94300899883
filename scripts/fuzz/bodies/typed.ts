import fc from 'fast-check'
import { containerOf, createTypeTable, type Field } from '../../../packages/emulator/src/apimachinery/scheme/types.ts'
import { loadFacts } from '../../../packages/emulator/src/facts/load.ts'
import { celExpression } from './expressions.ts'
import { hostileValue, type Json, Members, type Tree, treeOf } from './json.ts'
import { address, anyText, duration, fieldSelector, labelSelector, name, oddKey, pattern, pem, qualified, quantity, time } from './texts.ts'

/** The fields of all types of the API. */
export const types = createTypeTable(loadFacts())

/** What a text is likely to be, by the field's name. */
const texts: readonly [RegExp, fc.Arbitrary<string>][] = [
  [/^(expression|messageExpression|valueExpression)$/, celExpression],
  [/^(pattern)$/, pattern],
  [/[sS]elector$/, fc.oneof(labelSelector, fieldSelector)],
  [/(IP|ip|cidr|CIDR|IPs)$/, address],
  [/^(caBundle|request|certificate)$/, pem],
  [/(Duration|duration)$/, duration],
  [/(name|Name|namespace|Namespace|plural|singular|group|resources|verbs)$/, name],
  [/^(key|topologyKey)$/, qualified],
]

const enums = fc.constantFrom(
  ...[
    'Always',
    'Never',
    'OnFailure',
    'TCP',
    'UDP',
    'ClusterIP',
    'ExternalName',
    'LoadBalancer',
    'In',
    'Exists',
    'Gt',
    'Delete',
    'Retain',
    'True',
    'RollingUpdate',
  ],
  ...[
    'Recreate',
    'Apply',
    'Update',
    'FieldsV1',
    'IPv4',
    'IPv6',
    'ReadWriteOnce',
    'Block',
    'Cluster',
    'Local',
    'NoExecute',
    'Fail',
    'Deny',
    'string',
    'object',
    'array',
  ],
)

const numbers = fc.constantFrom(
  0,
  1,
  -1,
  80,
  65_535,
  65_536,
  2_147_483_647,
  -2_147_483_648,
  2_147_483_648,
  9_007_199_254_740_991,
  1.5,
  1e300,
)

function textFor(field: string): fc.Arbitrary<string> {
  const likely = texts.find(([pattern]) => pattern.test(field))?.[1]
  return fc.oneof({ weight: 2, arbitrary: likely ?? enums }, { weight: 1, arbitrary: enums }, { weight: 1, arbitrary: anyText })
}

const made = new Map<string, fc.Arbitrary<Tree>>()

/** Objects of a type: a few of its fields, with values of the right kind, most of which make no sense. */
export function typedObject(type: string, depth = 0): fc.Arbitrary<Tree> {
  const key = `${type} ${Math.min(depth, 5)}`
  const known = made.get(key)
  if (known !== undefined) return known
  const { fields } = types.get(type)
  const most = depth === 0 ? 6 : depth < 3 ? 4 : depth < 5 ? 2 : 0
  const arbitrary =
    fields.length === 0 || most === 0
      ? fc.constant<Tree>(new Members([]))
      : fc
          .uniqueArray(fc.nat({ max: fields.length - 1 }), { maxLength: most })
          .chain((chosen) => fc.tuple(...chosen.map((at) => member(fields[at] as Field, depth))).map((pairs) => new Members(pairs) as Tree))
  made.set(key, arbitrary)
  return arbitrary
}

function member(field: Field, depth: number): fc.Arbitrary<[string, Tree]> {
  const value = fc.oneof({ weight: 14, arbitrary: fieldValue(field, depth) }, { weight: 1, arbitrary: hostileValue })
  return value.map((tree) => [field.name, tree])
}

function fieldValue(field: Field, depth: number): fc.Arbitrary<Tree> {
  const { container, element } = containerOf(field.kind)
  const one = elementOf(element, field, depth)
  if (container === 'list') return fc.array(one, { maxLength: 3 })
  if (container === 'map') return fc.array(fc.tuple(fc.oneof(qualified, anyText), one), { maxLength: 3 }).map((pairs) => new Members(pairs))
  return one
}

function elementOf(kind: string, { name: field, type }: Field, depth: number): fc.Arbitrary<Tree> {
  switch (kind) {
    case 'bool':
      return fc.boolean()
    case 'string':
      return textFor(field)
    case 'bytes':
      return fc.oneof(
        pem.map((text) => Buffer.from(text).toString('base64')),
        anyText,
      )
    case 'quantity':
      return fc.oneof(quantity, numbers)
    case 'time':
    case 'microtime':
      return time
    case 'intstr':
      return fc.oneof<fc.Arbitrary<Tree>[]>(numbers, fc.constantFrom('50%', '-1%', '101%', '%', 'http', '1'), anyText)
    case 'message':
      return fc.oneof(
        { weight: 30, arbitrary: fc.constant(type).chain((name) => typedObject(name, depth + 1)) },
        { weight: 1, arbitrary: fc.constant(null) },
      )
    case 'raw':
    case 'fields':
      return fc.oneof(hostileValue, fields)
    case 'items':
      return fc.array(anyText, { maxLength: 3 })
    case 'schema-or-bool':
    case 'schema-or-list':
    case 'schema-or-strings':
      return fc.oneof<fc.Arbitrary<Tree>[]>(
        fc.boolean(),
        fc.constant(type).chain((name) => typedObject(name, depth + 1)),
        fc.array(anyText, { maxLength: 2 }),
      )
    default:
      return numbers
  }
}

/** Sets of fields as managedFields hold them. */
const fields: fc.Arbitrary<Tree> = fc
  .constantFrom<Json[]>(
    { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } } },
    { 'k:{"name":"a"}': { '.': {} } },
    { 'k:{': {} },
    { 'v:"x"': {}, 'i:99999999999': {}, 'i:-1': {}, 'x:y': {} },
    { 'f:__proto__': { 'f:x': {} }, __proto__: 1, constructor: { '.': {} } },
    { '.': { '.': { '.': {} } } },
    'text',
  )
  .map(treeOf)

/** The whole of an object of any kind, with its kind and version in place. */
export function typedManifest(apiVersion: string, kind: string, objectName: fc.Arbitrary<string>): fc.Arbitrary<Tree> {
  const type = types.ofKind(apiVersion, kind)
  const body = type === undefined ? hostileValue : typedObject(type)
  return fc.tuple(body, objectName, fc.option(oddKey, { freq: 9 })).map(([tree, named, odd]) => {
    if (!(tree instanceof Members)) return tree
    const rest = tree.pairs.filter(([key]) => !['apiVersion', 'kind', 'metadata'].includes(key))
    const metadata = tree.pairs.find(([key, value]) => key === 'metadata' && value instanceof Members)?.[1] as Members | undefined
    const own: [string, Tree][] = [...(metadata?.pairs.filter(([key]) => key !== 'name' && key !== 'namespace') ?? []), ['name', named]]
    const extra: [string, Tree][] = odd === null ? [] : [[odd, 'x']]
    return new Members([['apiVersion', apiVersion], ['kind', kind], ['metadata', new Members(own)], ...rest, ...extra])
  })
}
