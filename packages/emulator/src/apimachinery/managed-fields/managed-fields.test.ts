import { describe, expect, it } from 'vitest'
import { loadFacts } from '../../facts/load.ts'
import type { KubeObject, ManagedFieldsEntry } from '../object.ts'
import { customResourceSchema } from '../patch/custom-schema.ts'
import { createSchemaSource } from '../patch/schema.ts'
import { createScheme } from '../scheme/scheme.ts'
import { StatusError } from '../status-error.ts'
import { applyObject } from './apply.ts'
import { pathSet } from './ownership.ts'
import { updateManagedFields } from './update.ts'

const facts = loadFacts()
const scheme = createScheme(facts)

function kindOf(group: string, version: string, kind: string) {
  const gvk = { group, version, kind }
  const found = facts.schemaOf(gvk)
  if (found === undefined) throw new Error(`no schema of ${kind}`)
  return {
    gvk,
    schema: createSchemaSource(found.components).component(found.name),
    zero: scheme.normalize(gvk, { metadata: {} } as KubeObject),
  }
}

const configMap = kindOf('', 'v1', 'ConfigMap')
const deployment = kindOf('apps', 'v1', 'Deployment')

const listSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        keyed: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name', 'port'],
          items: { type: 'object', properties: { name: { type: 'string' }, port: { type: 'integer' }, note: { type: 'string' } } },
        },
        atomic: { type: 'array', items: { type: 'string' } },
        whole: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { a: { type: 'string' }, b: { type: 'string' } } },
        size: { type: 'integer' },
      },
    },
  },
}
const list = {
  gvk: { group: 'example.com', version: 'v1', kind: 'List' },
  schema: customResourceSchema(listSchema, createSchemaSource(facts.schemas({ group: '', version: 'v1' }) ?? {})),
  zero: { apiVersion: 'example.com/v1', kind: 'List', metadata: {} } as KubeObject,
}

type TestKind = typeof configMap

/** One object, and everybody who writes it. Times count up by the second. */
function scenario(kind: TestKind) {
  let live: KubeObject | undefined
  let clock = 0
  const apiVersion = `${kind.gvk.group === '' ? '' : `${kind.gvk.group}/`}${kind.gvk.version}`
  const now = () => new Date(Date.UTC(2030, 0, 1) + clock++ * 1000).toISOString().replace('.000', '')
  const common = () => ({ ...kind, live: live ?? kind.zero, now: now(), resetFields: pathSet('status') })
  const keep = (object: KubeObject, managedFields: ManagedFieldsEntry[] | undefined) => {
    live = { ...object, metadata: { ...object.metadata, uid: 'u', ...(managedFields === undefined ? {} : { managedFields }) } }
    if (managedFields === undefined) delete live.metadata.managedFields
    return live
  }
  return {
    apply(body: object, manager = 'm1', force = false) {
      const applied = { apiVersion, kind: kind.gvk.kind, metadata: { name: 'x' }, ...body }
      const { object, managedFields } = applyObject({ ...common(), applied, manager, force })
      return keep(object, managedFields)
    },
    write(body: object, manager: string) {
      const updated = { apiVersion, kind: kind.gvk.kind, metadata: { name: 'x', uid: 'u' }, ...body } as KubeObject
      if (live?.metadata.managedFields !== undefined) updated.metadata.managedFields ??= live.metadata.managedFields
      return keep(updated, updateManagedFields({ ...common(), apiVersion, updated, manager }))
    },
    /** Fields by manager, without the rest. */
    owners() {
      return Object.fromEntries(
        (live?.metadata.managedFields ?? []).map(({ manager, operation, fieldsV1 }) => [`${manager} ${operation}`, fieldsV1]),
      )
    },
  }
}

function failure(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof StatusError) return `${error.code} ${error.message}`
    throw error
  }
  return 'no error'
}

const leaf = {}
const data = (value: Record<string, string>) => ({ data: value })

describe('apply', () => {
  it('creates and owns what it names, without the maps that hold it', () => {
    const { apply, owners } = scenario(configMap)
    apply({ metadata: { name: 'x', labels: { l: 'x' } }, ...data({ a: '1' }) })
    expect(owners()).toEqual({ 'm1 Apply': { 'f:data': { 'f:a': leaf }, 'f:metadata': { 'f:labels': { 'f:l': leaf } } } })
  })

  it('removes what is left out', () => {
    const { apply } = scenario(configMap)
    apply(data({ a: '1', b: '2' }))
    expect(apply(data({ a: '1' })).data).toEqual({ a: '1' })
  })

  it('shares a field that has the same value, without a time for the new owner', () => {
    const { apply } = scenario(configMap)
    apply(data({ a: '1' }))
    expect(apply(data({ a: '1' }), 'm2').metadata.managedFields?.map(({ manager, time }) => [manager, time])).toEqual([
      ['m2', undefined],
      ['m1', '2030-01-01T00:00:00Z'],
    ])
  })

  it('keeps what another applier owns, and takes it away with the last one', () => {
    const { apply, owners } = scenario(configMap)
    apply(data({ a: '1' }))
    apply(data({ a: '1', b: '2' }), 'm2')
    expect(apply({ data: {} }).data).toEqual({ a: '1', b: '2' })
    expect(owners()).toEqual({ 'm1 Apply': { 'f:data': leaf }, 'm2 Apply': { 'f:data': { 'f:a': leaf, 'f:b': leaf } } })
    expect(apply(data({ b: '2' }), 'm2').data).toEqual({ b: '2' })
  })

  it('forces, and takes the field from the other', () => {
    const { apply, owners } = scenario(configMap)
    apply(data({ a: '1', b: '2' }))
    apply(data({ a: '9' }), 'm2', true)
    expect(owners()).toEqual({ 'm1 Apply': { 'f:data': { 'f:b': leaf } }, 'm2 Apply': { 'f:data': { 'f:a': leaf } } })
  })

  it('gives an untracked object to before-first-apply', () => {
    const { apply, write } = scenario(configMap)
    write(data({ a: '1' }), 'w')
    write({ metadata: { name: 'x', uid: 'u', managedFields: [{}] }, ...data({ a: '1' }) }, 'w')
    expect(failure(() => apply(data({ a: '2' })))).toBe(
      '409 Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a',
    )
  })

  it('merges sets and keyed lists', () => {
    const { apply, owners } = scenario(list)
    apply({ spec: { set: ['b', 'a'], keyed: [{ name: 'x', port: 1, note: 'n' }], atomic: ['q'], whole: { a: '1' } } })
    const { spec } = apply(
      {
        spec: {
          set: ['c', 'a'],
          keyed: [
            { name: 'y', port: 1 },
            { name: 'x', port: 1 },
          ],
        },
      },
      'm2',
    )
    expect(spec.set).toEqual(['b', 'c', 'a'])
    expect(spec.keyed).toEqual([
      { name: 'y', port: 1 },
      { name: 'x', port: 1, note: 'n' },
    ])
    const key = { '.': leaf, 'f:name': leaf, 'f:port': leaf }
    expect(owners()['m2 Apply']).toEqual({
      'f:spec': {
        'f:keyed': { 'k:{"name":"x","port":1}': key, 'k:{"name":"y","port":1}': key },
        'f:set': { 'v:"a"': leaf, 'v:"c"': leaf },
      },
    })
  })

  it('migrates kubectl from client-side apply', () => {
    const { apply, write } = scenario(configMap)
    const annotation = 'kubectl.kubernetes.io/last-applied-configuration'
    const last = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: '1' } }
    write(
      { metadata: { name: 'x', uid: 'u', annotations: { [annotation]: JSON.stringify(last) } }, data: { a: '1' } },
      'kubectl-client-side-apply',
    )
    const applied = apply(data({ a: '2' }), 'kubectl')
    expect(applied.data).toEqual({ a: '2' })
    expect(applied.metadata.annotations?.[annotation]).toBe(
      '{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"x"}}\n',
    )
  })
})

describe('conflicts and errors of apply', () => {
  it.each([
    [[data({ a: '9' })], '409 Apply failed with 1 conflict: conflict with "m1": .data.a'],
    [[data({ a: '9', b: '9' })], '409 Apply failed with 2 conflicts: conflicts with "m1":\n- .data.a\n- .data.b'],
    [[{ dota: {} }], '500 failed to create typed patch object (/x; /v1, Kind=ConfigMap): .dota: field not declared in schema'],
    [
      [{ data: { a: ['x'] } }],
      '500 failed to create typed patch object (/x; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:[]interface {}{"x"}}',
    ],
    [[{ data: 'x' }], '500 failed to create typed patch object (/x; /v1, Kind=ConfigMap): .data: expected map, got &{x}'],
    [[{ kind: 'Secret' }], '400 invalid object type: /v1, Kind=Secret'],
    [[{ apiVersion: undefined }], '400 invalid object type: /, Kind=ConfigMap'],
    [[{ metadata: { name: 'x', managedFields: [] } }], '400 metadata.managedFields must be nil'],
  ])('%j', ([body], message) => {
    const { apply } = scenario(configMap)
    apply(data({ a: '1', b: '2' }))
    expect(failure(() => apply(body as object, 'm2'))).toBe(message)
  })

  it.each([
    [{ set: ['a', 'a'] }, '.spec.set: duplicate entries for key [="a"]'],
    [
      {
        keyed: [
          { name: 'x', port: 1 },
          { name: 'x', port: 1 },
        ],
      },
      '.spec.keyed: duplicate entries for key [name="x",port=1]',
    ],
    [{ size: 'big' }, '.spec.size: expected numeric (int or float), got string'],
  ])('%j', (spec, message) => {
    expect(failure(() => scenario(list).apply({ spec }))).toBe(
      `500 failed to create typed patch object (/x; example.com/v1, Kind=List): ${message}`,
    )
  })

  it('names elements of lists', () => {
    const template = (image: string, value: string) => ({
      template: { spec: { containers: [{ name: 'web', image, env: [{ name: 'A', value }] }] } },
    })
    const { apply } = scenario(deployment)
    apply({ spec: template('nginx:1', '1') })
    const path = '.spec.template.spec.containers[name="web"]'
    expect(failure(() => apply({ spec: template('nginx:2', '9') }, 'm2'))).toBe(
      `409 Apply failed with 2 conflicts: conflicts with "m1":\n- ${path}.image\n- ${path}.env[name="A"].value`,
    )
  })
})

describe('updates', () => {
  it('owns what it creates, with the maps that hold it', () => {
    const { write, owners } = scenario(configMap)
    write(data({ a: '1' }), 'w')
    expect(owners()).toEqual({ 'w Update': { 'f:data': { '.': leaf, 'f:a': leaf } } })
  })

  it('passes fields on to whom changes them', () => {
    const { write, owners } = scenario(configMap)
    write(data({ a: '1' }), 'one')
    write(data({ a: '2', b: '3' }), 'two')
    expect(owners()).toEqual({ 'one Update': { 'f:data': leaf }, 'two Update': { 'f:data': { 'f:a': leaf, 'f:b': leaf } } })
  })

  it('takes applied fields over', () => {
    const { apply, write, owners } = scenario(configMap)
    apply(data({ a: '1' }), 'same')
    write(data({ a: '1', b: '2' }), 'same')
    expect(owners()).toEqual({ 'same Apply': { 'f:data': { 'f:a': leaf } }, 'same Update': { 'f:data': { 'f:b': leaf } } })
    write(data({ a: '5', b: '2' }), 'same')
    expect(owners()).toEqual({ 'same Update': { 'f:data': { 'f:a': leaf, 'f:b': leaf } } })
  })

  it('changes nothing where nothing changed', () => {
    const { write } = scenario(configMap)
    const { managedFields } = write(data({ a: '1' }), 'one').metadata
    expect(write(data({ a: '1' }), 'two').metadata.managedFields).toEqual(managedFields)
  })

  it.each([[[{}]], [[]]])('forgets on request: %j', (managedFields) => {
    const { write } = scenario(configMap)
    write(data({ a: '1' }), 'w')
    expect(write({ metadata: { name: 'x', uid: 'u', managedFields }, ...data({ a: '2' }) }, 'w').metadata.managedFields).toBeUndefined()
  })

  it('keeps the known entries where the client sends nonsense', () => {
    const { write, owners } = scenario(configMap)
    write(data({ a: '1' }), 'w')
    write({ metadata: { name: 'x', uid: 'u', managedFields: [{ manager: 'x', operation: 'Steal' }] }, ...data({ a: '1' }) }, 'w')
    expect(Object.keys(owners())).toEqual(['w Update'])
  })

  it('puts the oldest of many writers together', () => {
    const { write, owners } = scenario(configMap)
    for (let index = 0; index < 13; index++)
      write(data(Object.fromEntries(Array.from({ length: index + 1 }, (_, key) => [`k${key}`, '1']))), `w${index}`)
    expect(Object.keys(owners())).toHaveLength(10)
    expect(owners()['ancient-changes Update']).toEqual({ 'f:data': { '.': leaf, 'f:k0': leaf, 'f:k1': leaf, 'f:k2': leaf, 'f:k3': leaf } })
  })

  it('follows a schema that has become atomic', () => {
    const { write, owners } = scenario(list)
    write({ spec: { set: ['a'], size: 1 } }, 'w')
    const atomic = structuredClone(listSchema) as { properties: { spec: { properties: { set: Record<string, unknown> } } } }
    delete atomic.properties.spec.properties.set['x-kubernetes-list-type']
    const changed = customResourceSchema(atomic, createSchemaSource(facts.schemas({ group: '', version: 'v1' }) ?? {}))
    const [entry] = Object.values(owners())
    expect(entry).toEqual({ 'f:spec': { '.': leaf, 'f:set': { '.': leaf, 'v:"a"': leaf }, 'f:size': leaf } })
    const managedFields = [{ manager: 'w', operation: 'Update', apiVersion: 'example.com/v1', fieldsType: 'FieldsV1', fieldsV1: entry }]
    const live = {
      apiVersion: 'example.com/v1',
      kind: 'List',
      metadata: { uid: 'u', managedFields },
      spec: { set: ['a'], size: 1 },
    } as KubeObject
    const updated = { ...live, spec: { set: ['a'], size: 2 } }
    const entries = updateManagedFields({
      live,
      updated,
      schema: changed,
      apiVersion: 'example.com/v1',
      manager: 'w',
      now: '2030-01-01T00:00:00Z',
    })
    expect(entries?.[0]?.fieldsV1).toEqual({ 'f:spec': { '.': leaf, 'f:set': leaf, 'f:size': leaf } })
  })
})
