import { describe, expect, it } from 'vitest'
import { loadFacts } from '../../facts/load.ts'
import { StatusError } from '../status-error.ts'
import { patchByStrategicMerge } from './apply-patch.ts'
import { createSchemaSource } from './schema.ts'

const facts = loadFacts()

function schemaOf(group: string, version: string, kind: string) {
  const found = facts.schemaOf({ group, version, kind })
  if (found === undefined) throw new Error(`no schema of ${kind}`)
  return createSchemaSource(found.components).component(found.name)
}

const deployment = schemaOf('apps', 'v1', 'Deployment')
const pod = schemaOf('', 'v1', 'Pod')

const template = (spec: unknown) => ({ spec: { template: { spec } } })
const podSpec = () => ({
  containers: [
    {
      name: 'web',
      image: 'nginx:1',
      ports: [
        { containerPort: 80, name: 'http' },
        { containerPort: 443, name: 'https' },
      ],
      args: ['one', 'two'],
    },
    { name: 'side', image: 'side:1' },
  ],
  volumes: [
    { name: 'tmp', emptyDir: {} },
    { name: 'conf', configMap: { name: 'conf' } },
  ],
})
const live = () => ({ metadata: { name: 'x', labels: { app: 'x' } }, ...template(podSpec()) })

// biome-ignore lint/suspicious/noExplicitAny: any object
const patch = (value: unknown): any => patchByStrategicMerge(live(), JSON.stringify(value), 'Warn', deployment).object
const containers = (value: unknown) => patch(template(value)).spec.template.spec.containers

function failure(value: unknown): string {
  try {
    patch(value)
  } catch (error) {
    if (error instanceof StatusError) return `${error.code} ${error.message}`
    throw error
  }
  return 'no error'
}

describe('lists of a strategic merge patch', () => {
  const [web, side] = podSpec().containers

  it('merges elements by their key', () => {
    expect(containers({ containers: [{ name: 'web', image: 'nginx:2', args: ['three'] }] })).toEqual([
      { ...web, image: 'nginx:2', args: ['three'] },
      side,
    ])
  })

  it('puts new elements first', () => {
    expect(containers({ containers: [{ name: 'new', image: 'new:1' }] })).toEqual([{ name: 'new', image: 'new:1' }, web, side])
  })

  it('merges lists in lists', () => {
    const [merged] = containers({ containers: [{ name: 'web', ports: [{ containerPort: 443, name: 'tls' }] }] })
    expect(merged.ports).toEqual([
      { containerPort: 80, name: 'http' },
      { containerPort: 443, name: 'tls' },
    ])
  })

  it('deletes and replaces by directive', () => {
    expect(containers({ containers: [{ name: 'side', $patch: 'delete' }] })).toEqual([web])
    expect(containers({ containers: [{ name: 'only', image: 'only:1' }, { $patch: 'replace' }] })).toEqual([
      { name: 'only', image: 'only:1' },
    ])
  })

  it('orders by directive', () => {
    const ordered = containers({
      '$setElementOrder/containers': [{ name: 'side' }, { name: 'web' }],
      containers: [{ name: 'side', image: 'side:2' }],
    })
    expect(ordered).toEqual([{ ...side, image: 'side:2' }, web])
  })

  it('keeps the named members only', () => {
    const { volumes } = patch(template({ volumes: [{ $retainKeys: ['name', 'secret'], name: 'conf', secret: { secretName: 's' } }] })).spec
      .template.spec
    expect(volumes[1]).toEqual({ name: 'conf', secret: { secretName: 's' } })
  })

  it.each([
    ['a set', { finalizers: ['e.com/three', 'e.com/one'] }, ['e.com/three', 'e.com/one', 'e.com/two']],
    ['deletions', { '$deleteFromPrimitiveList/finalizers': ['e.com/one'] }, ['e.com/two']],
    ['an order', { '$setElementOrder/finalizers': ['e.com/two', 'e.com/one'], finalizers: [] }, ['e.com/two', 'e.com/one']],
  ])('merges scalars: %s', (_name, metadata, finalizers) => {
    const current = { metadata: { finalizers: ['e.com/one', 'e.com/two'] } }
    const { object } = patchByStrategicMerge(current, JSON.stringify({ metadata }), 'Warn', pod)
    expect(object).toEqual({ metadata: { finalizers } })
  })
})

it('replaces and deletes maps by directive', () => {
  expect(patch({ metadata: { labels: { $patch: 'replace', fresh: 'yes' } } }).metadata.labels).toEqual({ fresh: 'yes' })
  expect(patch({ metadata: { labels: { $patch: 'delete' } } }).metadata.labels).toEqual({})
})

it('reports unknown and duplicate fields', () => {
  const { strictErrors } = patchByStrategicMerge(live(), '{"spec":{"replikas":3,"replikas":4}}', 'Warn', deployment)
  expect(strictErrors).toEqual(['duplicate field "spec.replikas"', 'unknown field "spec.replikas"'])
})

it.each([
  [{ metadata: { labels: { $patch: 'merge', fresh: 'yes' } } }, '500 unknown patch type: merge in map: map[$patch:merge fresh:yes]'],
  [template({ containers: [{ image: 'x' }] }), '500 map: map[image:x] does not contain declared merge key: name'],
  [
    template({ '$setElementOrder/containers': [{ name: 'side' }], containers: [{ name: 'web', image: 'side:2' }] }),
    "500 The order in patch list:\n[map[image:side:2 name:web]]\n doesn't match $setElementOrder list:\n[map[name:side]]\n",
  ],
  [{ spec: { replicas: 'three' } }, '422  "" is invalid: patch: Invalid value: "map[spec:map[replicas:three]]": unrecognized type: int32'],
  [
    { metadata: { labels: ['a'] } },
    '422  "" is invalid: patch: Invalid value: "map[metadata:map[labels:[a]]]": cannot restore map from slice',
  ],
])('fails as the API server does: %j', (value, message) => {
  expect(failure(value)).toBe(message)
})
