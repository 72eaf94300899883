import type { Random } from '../../random-objects.ts'
import { changed, randomContent, tightSchema } from '../../random-schemas.ts'
import type { Area, Asked, Part, Round } from '../area.ts'
import { definitionsPath, tableMedia } from '../common.ts'
import { schemaSoup } from '../schema-soup.ts'

/** Schemas that are right, nearly right or wrong, by what they are about. */
const pieces: readonly ((random: Random) => Part)[] = [
  (random) => ({
    'x-kubernetes-int-or-string': true,
    ...some(random, [{ pattern: '^1' }, { type: 'string' }, { default: 1 }, { default: {} }]),
  }),
  (random) => ({
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    ...some(random, [{ 'x-kubernetes-preserve-unknown-fields': true }, { properties: { spec: { type: 'object' } } }, { nullable: true }]),
    ...some(random, [{ default: { apiVersion: 'v1', kind: 'X' } }, { default: { metadata: { name: 'A_' } } }]),
  }),
  (random) => ({
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    ...some(random, [{ default: { a: { b: 1 } } }, { nullable: true }, { additionalProperties: true }, { required: ['a'] }]),
  }),
  (random) => ({
    type: 'object',
    'x-kubernetes-map-type': random.pick(['atomic', 'granular', 'x']),
    additionalProperties: { type: 'string' },
  }),
  (random) => ({
    type: 'array',
    'x-kubernetes-list-type': random.pick(['set', 'map', 'atomic', 'x']),
    items: random.pick<Part>([
      { type: 'string' },
      { type: 'object', properties: { k: { type: 'string' } }, required: ['k'] },
      { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { k: { type: 'string', default: 'x' } } },
      { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
      { type: 'string', nullable: true },
    ]),
    ...some(random, [
      { 'x-kubernetes-list-map-keys': ['k'] },
      { 'x-kubernetes-list-map-keys': ['k', 'k'] },
      { default: [] },
      { maxItems: 3 },
    ]),
  }),
  (random) => ({ type: 'string', format: random.pick(['date-time', 'date', 'uuid', 'byte', 'ipv4', 'cidr', 'x', 'duration', 'password']) }),
  (random) => ({
    type: random.pick(['integer', 'number']),
    format: random.pick(['int32', 'int64', 'double', 'float']),
    maximum: 5,
    minimum: 7,
  }),
  (random) => ({ type: 'string', enum: ['a', 'b'], default: random.pick(['a', 'c', null]), nullable: random.chance(0.5) }),
  (random) => ({ type: 'string', maxLength: 9, 'x-kubernetes-validations': [ruleOf(random)] }),
  (random) => ({
    type: 'object',
    properties: { a: { type: 'string', maxLength: 5 }, 'b-c': { type: 'integer' }, in: { type: 'string' } },
    'x-kubernetes-validations': [ruleOf(random), ruleOf(random)],
  }),
  (random) => ({
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'object', properties: { c: { type: 'integer' } } } },
    [random.pick(['allOf', 'anyOf', 'oneOf'])]: [
      random.pick<Part>([
        { required: ['a'] },
        { properties: { a: { enum: ['x'] } } },
        { properties: { z: { minLength: 1 } } },
        { type: 'object' },
      ]),
      random.pick<Part>([{ required: ['b'] }, { not: { required: ['a'] } }, { properties: { b: { properties: { c: { minimum: 2 } } } } }]),
    ],
  }),
]

const some = (random: Random, parts: readonly Part[]): Part => Object.assign({}, ...parts.filter(() => random.chance(0.4)))

const texts = [
  ...[
    'self == oldSelf',
    'self.size() > 1',
    'has(self.a)',
    'self.a == "x"',
    "self.startsWith('x')",
    'oldSelf.hasValue() ? self == oldSelf.value() : true',
  ],
  ...['self.b__dash__c > 1', 'self.__in__ == "x"', 'self.none', 'self +', '1', ' ', 'true', 'self.all(k, k != "x")', 'self.a.matches("[")'],
  ...[
    'self.a < self.b__dash__c',
    'cel.bind(x, self.a, x == "x")',
    'self.a.lowerAscii() == self.a',
    'isQuantity(self.a)',
    'url(self.a).getHost() == "x"',
  ],
]

function ruleOf(random: Random): Part {
  const maybe = (odds: number, part: Part): Part => (random.chance(odds) ? part : {})
  return {
    rule: random.pick(texts),
    ...maybe(0.3, { message: random.pick(['own text', ' ', 'two\nlines', '']) }),
    ...maybe(0.3, { messageExpression: random.pick(['"made up"', '"a" + self.a', '1', 'self.none', ' ', '"x\\ny"']) }),
    ...maybe(0.2, { reason: random.pick(['FieldValueForbidden', 'FieldValueRequired', 'x']) }),
    ...maybe(0.2, { fieldPath: random.pick(['.a', '.b-c', "['b-c']", '.none', 'a', '.a.b', '.', ' ']) }),
    ...maybe(0.3, { optionalOldSelf: random.chance(0.5) }),
  }
}

const columns: readonly Part[] = [
  { name: 'Text', type: 'string', jsonPath: '.spec.text' },
  { name: 'Number', type: 'integer', jsonPath: '.spec.number', priority: 1 },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  { name: 'First', type: 'string', jsonPath: '.spec.map[0].k' },
  { name: 'Where', type: 'string', jsonPath: '.spec.map[?(@.k=="a")].v' },
  { name: 'All', type: 'string', jsonPath: '.spec.atomic' },
  { name: 'Each', type: 'string', jsonPath: '.spec.atomic[*]' },
  { name: 'Inner', type: 'string', jsonPath: '.spec.inner' },
  { name: 'Either', type: 'number', jsonPath: '.spec.either', format: 'int32' },
  { name: 'Flag', type: 'boolean', jsonPath: '.spec.text', description: 'is it' },
  { name: 'Odd', type: 'string', jsonPath: '.spec["text"]' },
  { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
]
const selectable = [
  '.spec.text',
  '.spec.number',
  '.status.phase',
  '.spec.either',
  '.spec.open.a',
  '.spec.table.one',
  '.metadata.name',
  '.spec.none',
  'x',
]

/** A version with a schema that most often lets the contents of `random-schemas.ts` through. */
function versionOf(random: Random, name: string, piece: Part | undefined): Part {
  const schema = tightSchema(random)
  if (piece !== undefined) schema.properties.spec.properties.piece = piece
  return {
    name,
    served: true,
    storage: name === 'v1',
    schema: { openAPIV3Schema: schema },
    subresources: some(random, [{ status: {} }, { scale: { specReplicasPath: '.spec.number', statusReplicasPath: '.status.replicas' } }]),
    ...some(random, [{ additionalPrinterColumns: random.some(columns) }, { deprecated: true }]),
    ...(random.chance(0.2) ? { selectableFields: random.some(selectable).map((jsonPath) => ({ jsonPath })) } : {}),
  }
}

function definitionOf(random: Random, name: string, piece: Part | undefined): Part {
  const versions = [versionOf(random, 'v1', piece)]
  if (random.chance(0.4)) {
    const alike = random.chance(0.3)
    versions.push(alike ? { ...structuredClone(versions[0]), name: 'v2', storage: false } : versionOf(random, 'v2', undefined))
  }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${name}.io` },
    spec: {
      group: `${name}.io`,
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList', shortNames: ['th'], categories: ['all'] },
      versions,
    },
  }
}

function* inVersions(random: Random, group: string, lists: readonly string[]): Round {
  for (let i = 0; i < 4; i++) {
    const list = random.pick(lists)
    const version = list.split('/')[3]
    const body = { apiVersion: `${group}/${version}`, kind: 'Thing', metadata: { name: 'one' }, ...changed(random, randomContent(random)) }
    const query = `fieldValidation=${random.pick(['Warn', 'Strict', 'Ignore'])}`
    yield* writeOf(random, list, query, { ...body, ...(random.chance(0.3) ? { bogus: { a: 1 } } : {}) })
    const seen = random.pick(lists)
    yield { path: `${seen}/one` }
    yield { path: random.chance(0.5) ? seen : `${seen}/one`, headers: { accept: tableMedia }, managedFields: false }
    yield { path: `${seen}?fieldSelector=${random.pick(selectable).slice(1)}%3Dx`, managedFields: false }
  }
}

function* writeOf(random: Random, list: string, query: string, body: Part): Generator<Asked> {
  switch (random.below(4)) {
    case 0:
      yield { method: 'PATCH', path: `${list}/one?${query}`, body, contentType: 'application/merge-patch+json' }
      return
    case 1:
      yield { path: `${list}/one`, setup: true, save: { RV: 'metadata.resourceVersion' } }
      yield { method: 'PUT', path: `${list}/one?${query}`, body: { ...body, metadata: { ...body.metadata, resourceVersion: '$RV' } } }
      return
    case 2:
      yield { method: 'POST', path: `${list}?${query}`, body }
      return
    default: {
      const manager = random.pick(['a', 'b', 'b&force=true'])
      yield { method: 'PATCH', path: `${list}/one?${query}&fieldManager=${manager}`, body, contentType: 'application/apply-patch+yaml' }
    }
  }
}

/** Definitions with rarer schemas, columns and versions; their updates; and what is served by them. */
export const definitions: Area = {
  *round(random, namespace, name) {
    for (let i = 0; i < 6; i++) {
      const piece = random.chance(0.5) ? schemaSoup(random) : random.pick(pieces)(random)
      yield { method: 'POST', path: `${definitionsPath}?dryRun=All`, body: definitionOf(random, name, piece), drop: ['status'] }
    }
    const body = definitionOf(random, name, undefined)
    const told = yield { method: 'POST', path: definitionsPath, body, drop: ['status'] }
    if (told.status !== 201) return
    const path = `${definitionsPath}/things.${name}.io`
    for (let i = 0; i < 2; i++) {
      const { spec } = definitionOf(random, name, random.pick(pieces)(random))
      yield { method: 'PATCH', path: `${path}?dryRun=All`, body: { spec }, contentType: 'application/merge-patch+json', drop: ['status'] }
    }
    const lists = body.spec.versions.map((version: Part) => `/apis/${name}.io/${version.name}/namespaces/${namespace}/things`)
    for (const list of lists) yield { path: list, retry: 20_000, setup: true }
    yield* inVersions(random, `${name}.io`, lists)
    yield { method: 'DELETE', path, setup: true }
  },
}
