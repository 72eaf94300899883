import type { Random } from '../../random-objects.ts'
import { changed, looseSchema, randomContent, tightSchema } from '../../random-schemas.ts'
import type { Area, Asked, Part, Round, Told } from '../area.ts'
import { definitionsPath, tableMedia } from '../common.ts'
import { mutate } from '../mutate.ts'
import { jsonPatchOf } from '../patches.ts'

const defaults: Record<string, Part> = {
  string: ['x', 'long', ''],
  integer: [0, 7, -1],
  array: [[], ['a'], ['a', 'a'], [{ k: 'z' }]],
  object: [{}, { a: 'x' }, { a: 'x', bogus: 1 }],
}

/** Defaults, here and there; some of which do not fit. */
function withDefaults(random: Random, schema: Part): Part {
  for (const part of Object.values<Part>(schema.properties ?? {})) {
    withDefaults(random, part)
    if (part.items !== undefined) withDefaults(random, part.items)
    const values = defaults[part.type]
    if (values !== undefined && part.default === undefined && random.chance(0.06)) part.default = random.pick(values)
    if (random.chance(0.05)) part.nullable = true
  }
  return schema
}

/** A definition of a kind of the round's own, most often a sound one. */
function definitionOf(random: Random, name: string, changes: number): Part {
  const schema = withDefaults(random, random.chance(0.7) ? tightSchema(random) : looseSchema())
  const [group, scope] = [`${name}.io`, 'Namespaced']
  const names = { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' }
  const subresources = {
    ...(random.chance(0.5) ? { status: {} } : {}),
    ...(random.chance(0.2) ? { scale: { specReplicasPath: '.spec.number', statusReplicasPath: '.status.replicas' } } : {}),
  }
  const columns = [{ name: 'Text', type: 'string', jsonPath: '.spec.text' }]
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: schema },
    subresources,
    ...(random.chance(0.3) ? { additionalPrinterColumns: columns } : {}),
    ...(random.chance(0.2) ? { selectableFields: [{ jsonPath: '.spec.text' }] } : {}),
  }
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: { group, scope, names, versions: [version] },
  }
  const made = mutate(random, definition, changes)
  // The real server's handler panics where properties are null.
  return JSON.parse(JSON.stringify(made).replaceAll('"properties":null', '"properties":{}'))
}

const strategies = ['application/merge-patch+json', 'application/json-patch+json', 'application/apply-patch+yaml']

function* writesOf(random: Random, list: string, type: Part): Round {
  const metadata = { name: 'one' }
  let content: Part = randomContent(random)
  let told = yield { method: 'POST', path: query(random, list), body: { ...type, metadata, ...content } }
  for (let i = 0; i < 7; i++) {
    content = changed(random, content)
    const path = `${list}/one${random.chance(0.2) ? '/status' : random.chance(0.05) ? '/scale' : ''}`
    const bogus = random.chance(0.2) ? { bogus: 1 } : {}
    const body = { ...type, metadata, ...content, ...bogus }
    if (told.status === 404 || random.chance(0.1)) told = yield { method: 'POST', path: query(random, list), body }
    else if (random.chance(0.3)) told = yield* putOf(random, path, body)
    else told = yield patchOf(random, path, body)
  }
  yield { path: list, headers: { accept: tableMedia }, managedFields: false }
  yield { path: `${list}?fieldSelector=spec.text%3Dx`, managedFields: false }
}

function* putOf(random: Random, path: string, body: Part): Generator<Asked, Told, Told> {
  yield { path: path.replace(/\/(status|scale)$/, ''), setup: true, save: { RV: 'metadata.resourceVersion' } }
  const metadata = { ...body.metadata, resourceVersion: '$RV' }
  return yield { method: 'PUT', path: query(random, path), body: { ...body, metadata } }
}

function patchOf(random: Random, path: string, body: Part): Asked {
  const contentType = random.pick(strategies)
  const isJsonPatch = contentType === 'application/json-patch+json'
  const isApply = contentType.includes('apply')
  const manager = isApply ? random.pick(['fieldManager=a', 'fieldManager=b', 'fieldManager=b&force=true']) : ''
  return {
    method: 'PATCH',
    path: `${query(random, path)}&${manager}`,
    contentType,
    body: isJsonPatch ? jsonPatchOf(random, body) : body,
  }
}

const query = (random: Random, path: string) =>
  `${path}?fieldValidation=${random.pick(['Warn', 'Strict', 'Ignore'])}${random.chance(0.2) ? '&dryRun=All' : ''}`

/** Definitions with random schemas, and custom resources that are written against them. */
export const customs: Area = {
  *round(random, namespace, name) {
    yield { method: 'POST', path: `${definitionsPath}?dryRun=All`, body: definitionOf(random, name, random.pick([1, 1, 2, 3])) }
    const body = definitionOf(random, name, 0)
    const told = yield { method: 'POST', path: definitionsPath, body, drop: ['status'] }
    if (told.status !== 201) return
    const list = `/apis/${name}.io/v1/namespaces/${namespace}/things`
    yield { path: list, retry: 20_000, setup: true }
    yield* writesOf(random, list, { apiVersion: `${name}.io/v1`, kind: 'Thing' })
    yield { method: 'DELETE', path: `${definitionsPath}/things.${name}.io`, setup: true }
  },
}
