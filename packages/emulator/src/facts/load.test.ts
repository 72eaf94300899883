import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { loadFacts } from './load.ts'

const facts = loadFacts()

describe('loadFacts', () => {
  it('is shared, and names the versions there are', () => {
    expect(loadFacts('1.36')).toBe(facts)
    expect(() => loadFacts('1.2')).toThrow('no facts of Kubernetes 1.2; there are facts of 1.36')
  })

  it('has resources in the order of discovery', () => {
    expect(facts.groups[0]?.group).toBe('')
    expect(facts.groups.find((g) => g.group === 'autoscaling')?.versions.map((v) => v.version)).toEqual(['v2', 'v1'])
    expect(facts.resource('', 'v1', 'configmaps')).toMatchObject({ kind: 'ConfigMap', namespaced: true, shortNames: ['cm'] })
    expect(facts.resourceOfKind({ group: 'apps', version: 'v1', kind: 'Deployment' })?.subresources[0]).toEqual({
      name: 'scale',
      responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      verbs: ['get', 'patch', 'update'],
    })
  })

  // As the server's discovery documents of 1.36 give them.
  it.each([
    ['', 'v1', 'configmaps', 'qFsyl6wFWjQ='],
    ['', 'v1', 'events', 'r2yiGXH7wu8='],
    ['events.k8s.io', 'v1', 'events', 'r2yiGXH7wu8='],
    ['autoscaling', 'v1', 'horizontalpodautoscalers', 'qwQve8ut294='],
    ['autoscaling', 'v2', 'horizontalpodautoscalers', 'qwQve8ut294='],
    ['apps', 'v1', 'deployments', '8aSe+NMegvE='],
    ['', 'v1', 'bindings', undefined],
  ])('has the storage version hash of %s/%s %s', (group, version, resource, hash) => {
    expect(facts.resource(group, version, resource)?.storageVersionHash).toBe(hash)
  })

  it('gives schemas of a group version, parsed one at a time', () => {
    const found = facts.schemaOf({ group: '', version: 'v1', kind: 'Pod' })
    expect(found?.name).toBe('io.k8s.api.core.v1.Pod')
    expect(found?.components['io.k8s.api.core.v1.PodSpec']?.['properties'].containers['x-kubernetes-patch-merge-key']).toBe('name')
    expect(facts.schemaOf({ group: '', version: 'v1', kind: 'Nope' })).toBeUndefined()
    expect(facts.schemas({ group: 'nope', version: 'v1' })).toBeUndefined()
  })

  it('gives OpenAPI documents ready to send', () => {
    const document = facts.openApiDocument('apis/apps/v1')
    expect(JSON.parse(gunzipSync(document as Buffer).toString()).openapi).toBe('3.0.0')
    expect(facts.openApiIndex.paths['apis/apps/v1']?.serverRelativeURL).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{128}$/)
    expect(facts.openApiDocument('../resources')).toBeUndefined()
    const { swagger, definitions } = JSON.parse(gunzipSync(facts.openApiV2()).toString())
    expect(swagger).toBe('2.0')
    expect(definitions['io.k8s.api.core.v1.Pod'].properties.spec).toEqual({ $ref: '#/definitions/io.k8s.api.core.v1.PodSpec' })
  })
})
