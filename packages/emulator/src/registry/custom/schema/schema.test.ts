import { beforeAll, expect, test } from 'vitest'
import { loadPatterns } from '../../../apimachinery/regular-expression.ts'
import { applySchemaDefaults, pruneNulls } from './defaults.ts'
import { pruneUnknown } from './prune.ts'
import type { JsonMap, JsonSchema } from './types.ts'

beforeAll(loadPatterns)

const object = (properties: Record<string, JsonSchema>, more: JsonSchema = {}): JsonSchema => ({ type: 'object', properties, ...more })
const text: JsonSchema = { type: 'string' }

test.each<[name: string, schema: JsonSchema, given: JsonMap, kept: JsonMap, dropped: string[]]>([
  ['unknown fields go', object({ a: text }), { a: 'x', b: 1, metadata: {} }, { a: 'x', metadata: {} }, ['b']],
  [
    'in items, too',
    object({ l: { type: 'array', items: object({ a: text }) } }),
    { l: [{ a: 'x', b: 1 }] },
    { l: [{ a: 'x' }] },
    ['l[0].b'],
  ],
  [
    'they stay where they are to be preserved, but not in what is specified',
    object({ o: object({ a: object({}) }, { 'x-kubernetes-preserve-unknown-fields': true }) }),
    { o: { b: 1, a: { c: 2 } } },
    { o: { b: 1, a: {} } },
    ['o.a.c'],
  ],
  [
    'maps keep all members',
    object({ m: { type: 'object', additionalProperties: object({ a: text }) } }),
    { m: { x: { a: 'y', b: 1 } } },
    { m: { x: { a: 'y' } } },
    ['m.x.b'],
  ],
  [
    'an embedded resource has its type and metadata',
    object({ e: object({}, { 'x-kubernetes-embedded-resource': true }) }),
    { e: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: {} } },
    { e: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } } },
    ['e.spec'],
  ],
])('pruning: %s', (_, schema, given, kept, dropped) => {
  expect(pruneUnknown(given, schema)).toEqual(dropped)
  expect(given).toEqual(kept)
})

test.each<[name: string, schema: JsonSchema, given: JsonMap, expected: JsonMap]>([
  ['missing fields are filled in', object({ a: { ...text, default: 'x' } }), {}, { a: 'x' }],
  ['those inside of a default, too', object({ o: object({ a: { ...text, default: 'x' } }, { default: {} }) }), {}, { o: { a: 'x' } }],
  ['but nothing in what is not there', object({ o: object({ a: { ...text, default: 'x' } }) }), {}, {}],
  ['null gives way to a default', object({ a: { ...text, default: 'x' } }), { a: null }, { a: 'x' }],
  ['unless it is allowed', object({ a: { ...text, nullable: true, default: 'x' } }), { a: null }, { a: null }],
  ['null without a default goes', object({ a: text }), { a: null }, {}],
  [
    'items and members of maps have defaults',
    object({
      l: { type: 'array', items: object({ a: { ...text, default: 'x' } }) },
      m: { type: 'object', additionalProperties: object({ b: { default: 1 } }) },
    }),
    { l: [{}], m: { k: {} } },
    { l: [{ a: 'x' }], m: { k: { b: 1 } } },
  ],
])('defaults: %s', (_, schema, given, expected) => {
  pruneNulls(given, schema)
  applySchemaDefaults(given, schema)
  expect(given).toEqual(expected)
})
