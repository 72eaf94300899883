import type { Random } from '../random-objects.ts'
import type { Part } from './area.ts'

const types = ['string', 'integer', 'number', 'boolean', 'object', 'array', 'object', 'array']
const fields = ['a', 'b-c', 'metadata', 'kind', 'k']
const values: readonly Part[] = ['x', '', 1, 1.5, true, null, [], ['x'], {}, { a: 'x' }, { k: 1 }, [{ k: 'x' }], '2020-01-01T00:00:00Z']
const rules = [
  'self == oldSelf',
  'has(self.a)',
  'self.size() < 3',
  'self > 1',
  'self.a == self.k',
  'self.exists(x, x == "x")',
  'true',
  'oldSelf == null',
]

/** Keywords, and what may stand after them; by their weight in a schema. */
const keywords: Record<string, (random: Random, depth: number) => Part> = {
  nullable: (random) => random.chance(0.6),
  default: (random) => random.pick(values),
  enum: (random) => random.some(values),
  format: (random) => random.pick(['date-time', 'int32', 'byte', 'ipv6', 'x', '']),
  pattern: (random) => random.pick(['^x', '[', '']),
  maximum: (random) => random.pick([0, 5, -1.5]),
  minimum: (random) => random.pick([0, 5, 9]),
  exclusiveMinimum: () => true,
  multipleOf: (random) => random.pick([2, 0.5, 0]),
  maxLength: (random) => random.pick([0, 3]),
  minItems: (random) => random.pick([0, 2]),
  maxItems: (random) => random.pick([1, 4]),
  maxProperties: () => 2,
  uniqueItems: (random) => random.chance(0.5),
  required: (random) => random.some(fields),
  title: () => 'title',
  description: () => 'text',
  example: (random) => random.pick(values),
  not: (random, depth) => nested(random, depth),
  allOf: (random, depth) => [nested(random, depth), nested(random, depth)],
  anyOf: (random, depth) => random.pick([[{ type: 'integer' }, { type: 'string' }], [nested(random, depth)]]),
  oneOf: (random, depth) => [nested(random, depth), nested(random, depth)],
  'x-kubernetes-preserve-unknown-fields': (random) => random.chance(0.85),
  'x-kubernetes-embedded-resource': (random) => random.chance(0.85),
  'x-kubernetes-int-or-string': (random) => random.chance(0.85),
  'x-kubernetes-list-type': (random) => random.pick(['set', 'map', 'atomic']),
  'x-kubernetes-list-map-keys': (random) => random.pick([['k'], ['k', 'a'], []]),
  'x-kubernetes-map-type': (random) => random.pick(['atomic', 'granular']),
  'x-kubernetes-validations': (random) => [{ rule: random.pick(rules), ...(random.chance(0.3) ? { optionalOldSelf: true } : {}) }],
}

function withSome(random: Random, schema: Part, depth: number, count: number): Part {
  for (let i = 0; i < count; i++) {
    const name = random.pick(Object.keys(keywords))
    schema[name] = keywords[name]!(random, depth + 1)
  }
  return schema
}

/** What stands in an alternative: mostly values, not types. */
function nested(random: Random, depth: number): Part {
  const schema = random.chance(0.1) ? { type: random.pick(types) } : {}
  if (depth < 4 && random.chance(0.4)) Object.assign(schema, { properties: { [random.pick(fields)]: nested(random, depth + 1) } })
  return withSome(random, schema, depth, random.below(2))
}

/** A schema of random keywords, now and then a sound one. */
export function schemaSoup(random: Random, depth = 0): Part {
  const type = random.pick(types)
  const schema: Part = random.chance(0.96) ? { type } : {}
  const inner = () => schemaSoup(random, depth + 1)
  if (type === 'object' && depth < 3) {
    if (random.chance(0.7)) schema.properties = Object.fromEntries(random.some(fields).map((name) => [name, inner()]))
    else if (random.chance(0.6)) schema.additionalProperties = random.chance(0.8) ? inner() : random.chance(0.5)
  }
  if (type === 'array' && random.chance(0.95)) schema.items = depth < 3 ? inner() : { type: 'string' }
  return withSome(random, schema, depth, random.pick([0, 0, 0, 0, 1, 1, 2]))
}
