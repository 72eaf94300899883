import type { Random } from './random-objects.ts'

// biome-ignore lint/suspicious/noExplicitAny: parts of schemas and objects
type Part = any

/** A schema that lets everything of its shape through. */
const loose: Part = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        text: { type: 'string' },
        number: { type: 'integer' },
        either: { 'x-kubernetes-int-or-string': true },
        inner: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'integer' } } },
        open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { a: { type: 'string' } } },
        table: { type: 'object', additionalProperties: { type: 'string' } },
        atomic: { type: 'array', items: { type: 'string' } },
        set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        map: { type: 'array', ...keyed('k'), items: item() },
        pairs: { type: 'array', ...keyed('k', 'n'), items: item() },
      },
    },
    status: {
      type: 'object',
      properties: { phase: { type: 'string' }, conditions: { type: 'array', ...keyed('k'), items: item() } },
    },
  },
}

function keyed(...keys: string[]): Part {
  return { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys }
}

function item(): Part {
  const properties = { k: { type: 'string', default: 'a' }, n: { type: 'integer', default: 1 }, v: { type: 'string' } }
  return { type: 'object', properties }
}

export const looseSchema = (): Part => structuredClone(loose)

const rule = (random: Random, self: string): Part => ({
  rule: self,
  ...(random.chance(0.3) ? { message: 'own text' } : random.chance(0.3) ? { messageExpression: `'made ' + 'up'` } : {}),
  ...(random.chance(0.2)
    ? { reason: random.pick(['FieldValueForbidden', 'FieldValueRequired', 'FieldValueDuplicate', 'FieldValueInvalid']) }
    : {}),
})

const transition = (random: Random, self: string): Part =>
  random.chance(0.5)
    ? rule(random, self)
    : { ...rule(random, `!oldSelf.hasValue() || (${self.replaceAll('oldSelf', 'oldSelf.value()')})`), optionalOldSelf: true }

type Tighten = (random: Random, schema: Part) => void

/** Ways to forbid what was allowed, by the type of the value. */
const ways: Record<string, readonly Tighten[]> = {
  string: [
    (_, schema) => Object.assign(schema, { maxLength: 2 }),
    (_, schema) => Object.assign(schema, { minLength: 2 }),
    (_, schema) => Object.assign(schema, { pattern: '^x' }),
    (_, schema) => Object.assign(schema, { enum: ['x', 'yy', 'a'] }),
    (_, schema) => Object.assign(schema, { anyOf: [{ pattern: '^x' }, { maxLength: 1 }] }),
    (_, schema) => Object.assign(schema, { not: { enum: ['long', 'a'] } }),
    (random, schema) => rules(schema, { ...rule(random, `self.startsWith('x')`) }),
    (random, schema) => rules(schema, transition(random, 'self == oldSelf')),
  ],
  integer: [
    (_, schema) => Object.assign(schema, { minimum: 3 }),
    (_, schema) => Object.assign(schema, { maximum: 2, exclusiveMaximum: true }),
    (_, schema) => Object.assign(schema, { multipleOf: 2 }),
    (random, schema) => rules(schema, rule(random, 'self > 2')),
    (random, schema) => rules(schema, transition(random, 'self >= oldSelf')),
  ],
  object: [
    (_, schema) => Object.assign(schema, { minProperties: 3 }),
    (_, schema) => Object.assign(schema, { maxProperties: 1 }),
    (random, schema) => requireSome(random, schema),
    (random, schema) => requireSome(random, schema),
    (random, schema) =>
      rules(
        schema,
        rule(
          random,
          firstOf(schema, (name, type) => (type === 'string' ? `!has(self.${name}) || self.${name} == 'x'` : `has(self.${name})`)),
        ),
      ),
    (random, schema) => (isOpen(schema) ? undefined : rules(schema, transition(random, 'self == oldSelf'))),
    (random, schema) => oneOf(random, schema),
    (random, schema) => allOf(random, schema),
  ],
  array: [
    (_, schema) => Object.assign(schema, { maxItems: 1 }),
    (_, schema) => Object.assign(schema, { minItems: 2 }),
    (random, schema) => rules(Object.assign(schema, { maxItems: 5 }), rule(random, 'self.size() < 2')),
    (random, schema) => rules(Object.assign(schema, { maxItems: 5 }), transition(random, 'self.size() >= oldSelf.size()')),
  ],
}

/** Of an object with fields that its schema does not know, it is by chance whether comparing ends at them or at one that differs. */
const isOpen = ({ properties = {}, 'x-kubernetes-preserve-unknown-fields': preserve }: Part): boolean =>
  preserve === true || properties.spec !== undefined || properties.open !== undefined

function rules(schema: Part, added: Part): void {
  schema['x-kubernetes-validations'] = [...(schema['x-kubernetes-validations'] ?? []), added]
}

const namesOf = (schema: Part): string[] => Object.keys(schema.properties ?? {})

function firstOf(schema: Part, text: (name: string, type: string) => string): string {
  const [name] = namesOf(schema)
  return name === undefined ? 'self.size() < 2' : text(name, schema.properties[name].type)
}

function requireSome(random: Random, schema: Part): void {
  const names = random.some(namesOf(schema))
  if (names.length > 0) schema.required = names
}

function oneOf(random: Random, schema: Part): void {
  const names = random.some(namesOf(schema)).slice(0, 2)
  if (names.length > 1) schema.oneOf = names.map((name) => ({ required: [name] }))
}

function allOf(random: Random, schema: Part): void {
  const text = namesOf(schema).find((name) => schema.properties[name].type === 'string')
  if (text === undefined) return
  const inner: Part = {}
  random.pick(ways['string'] ?? [])(random, inner)
  schema.allOf = [{ properties: { [text]: inner } }]
}

/** The schema, with what is forbidden here and there. */
export function tightSchema(random: Random): Part {
  const schema = looseSchema()
  const visit = (part: Part, odds: number) => {
    const possible = ways[part.type ?? 'string'] ?? []
    if (part['x-kubernetes-int-or-string'] !== true && random.chance(odds)) random.pick(possible)(random, part)
    for (const [name, member] of Object.entries(part.properties ?? {})) {
      const isKey = part.properties.k !== undefined && (name === 'k' || name === 'n')
      if (!isKey) visit(member, 0.35)
    }
    if (part.items !== undefined) visit(part.items, 0.35)
    if (part.additionalProperties !== undefined) visit(part.additionalProperties, 0.35)
  }
  visit(schema, 0.2)
  return schema
}

const word = (random: Random) => random.pick(['a', 'x', 'xx', 'yy', 'long', 'xylo'])

function members(random: Random, all: Record<string, () => Part>): Part {
  return Object.fromEntries(
    Object.entries(all)
      .filter(() => random.chance(0.55))
      .map(([name, make]) => [name, make()]),
  )
}

const items = (random: Random, keys: readonly string[]): Part[] =>
  random
    .some(['a', 'b', 'c'])
    .map((k) => ({ k, ...(keys.includes('n') ? { n: random.below(3) } : {}), ...(random.chance(0.7) ? { v: word(random) } : {}) }))

const randomSpec = (random: Random): Part =>
  members(random, {
    text: () => word(random),
    number: () => random.below(6),
    either: () => random.pick([1, 'one']),
    inner: () => members(random, { a: () => word(random), b: () => random.below(6) }),
    open: () => members(random, { a: () => word(random), other: () => 1 }),
    table: () => members(random, { one: () => word(random), two: () => word(random), three: () => word(random) }),
    atomic: () => random.some(['a', 'x', 'xx', 'long']),
    set: () => random.some(['a', 'x', 'xx', 'long']),
    map: () => items(random, ['k']),
    pairs: () => items(random, ['k', 'n']),
  })

const randomStatus = (random: Random): Part => members(random, { phase: () => word(random), conditions: () => items(random, ['k']) })

/** An object without its name and type. */
export const randomContent = (random: Random): Part =>
  members(random, { spec: () => randomSpec(random), status: () => randomStatus(random) })

/** The same content with a part of it changed, reordered or gone. */
export function changed(random: Random, content: Part): Part {
  const next = structuredClone(content)
  const other = randomContent(random)
  for (const part of ['spec', 'status']) {
    if (other[part] === undefined) continue
    next[part] ??= {}
    for (const [name, value] of Object.entries(other[part])) if (random.chance(0.35)) next[part][name] = value
    for (const value of Object.values<Part>(next[part])) if (Array.isArray(value) && random.chance(0.3)) value.reverse()
    for (const name of Object.keys(next[part])) if (random.chance(0.1)) delete next[part][name]
  }
  return next
}
