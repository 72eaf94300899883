import { describe, expect, it } from 'vitest'
import { loadFacts } from '../../facts/load.ts'
import { createScheme } from './scheme.ts'

const scheme = createScheme(loadFacts())
const core = (kind: string) => ({ group: '', version: 'v1', kind })
const apps = (kind: string) => ({ group: 'apps', version: 'v1', kind })

/** As text, for the order of members counts. */
const canonical = (gvk: ReturnType<typeof core>, json: unknown) => JSON.stringify(scheme.decode(gvk, json).object)

// Expectations as a server of 1.36 stores and shows these objects, defaults aside.
describe('the canonical form', () => {
  it('orders fields as Go does, and maps by key', () => {
    const json = { data: { b: '2', a: '1' }, metadata: { namespace: 'n', name: 'x' }, apiVersion: 'v1', kind: 'ConfigMap' }
    expect(canonical(core('ConfigMap'), json)).toBe(
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x","namespace":"n"},"data":{"a":"1","b":"2"}}',
    )
  })

  it('writes the zero values that Go writes, and only those', () => {
    expect(canonical(core('Pod'), { spec: { containers: [{ name: 'c', image: '', args: [], resources: null }], nodeName: null } })).toBe(
      '{"kind":"Pod","apiVersion":"v1","metadata":{},"spec":{"containers":[{"name":"c","resources":{}}]},"status":{}}',
    )
    expect(canonical(apps('Deployment'), {})).toBe(
      '{"kind":"Deployment","apiVersion":"apps/v1","metadata":{},"spec":{"selector":null,"template":{"metadata":{},"spec":{"containers":null}},"strategy":{}},"status":{}}',
    )
  })

  it('keeps pointers to zero values', () => {
    const spec = { replicas: 0, paused: false, selector: {}, template: {} }
    expect(scheme.decode(apps('Deployment'), { spec }).object['spec']).toMatchObject({ replicas: 0, selector: {} })
    expect(scheme.decode(apps('Deployment'), { spec }).object['spec']).not.toHaveProperty('paused')
  })

  it('writes quantities, times and base64 canonically', () => {
    const pod = { metadata: { creationTimestamp: '2020-01-01T00:00:00.5+01:00' }, spec: { overhead: { cpu: '2000m', memory: '1024Mi' } } }
    const { object } = scheme.decode(core('Pod'), pod)
    expect(object.metadata.creationTimestamp).toBe('2019-12-31T23:00:00Z')
    expect(object['spec'].overhead).toEqual({ cpu: '2', memory: '1Gi' })
    expect(scheme.decode(core('Secret'), { data: { a: 'QR==', b: '' } }).object['data']).toEqual({ a: 'QQ==', b: '' })
  })

  it('takes ports by number or name, and free JSON as it is', () => {
    const ports = [{ port: 80, targetPort: 'http' }, { port: 81, targetPort: 8081 }, { port: 82 }]
    expect(scheme.decode(core('Service'), { spec: { ports } }).object['spec'].ports).toEqual([
      { port: 80, targetPort: 'http' },
      { port: 81, targetPort: 8081 },
      { port: 82, targetPort: 0 },
    ])
    const data = { z: [1, null], a: { b: 1.5 } }
    expect(JSON.stringify(scheme.decode(apps('ControllerRevision'), { data, revision: 3 }).object['data'])).toBe(JSON.stringify(data))
  })

  it('reads schemas of CRDs, with bools and lists in the places of schemas', () => {
    const openAPIV3Schema = { type: 'object', additionalProperties: true, properties: { a: { type: 'array', items: { type: 'string' } } } }
    const crd = { spec: { group: 'g', names: {}, scope: 'Namespaced', versions: [{ name: 'v1', schema: { openAPIV3Schema } }] } }
    const { object } = scheme.decode({ group: 'apiextensions.k8s.io', version: 'v1', kind: 'CustomResourceDefinition' }, crd)
    expect(object['spec'].versions[0].schema.openAPIV3Schema).toEqual(openAPIV3Schema)
  })

  it('is stable, and tells unknown fields only when strict', () => {
    const json = { spec: { containers: [{ name: 'a', image: 'b', extra: 1 }] } }
    const { object, strictErrors } = scheme.decode(core('Pod'), json, { strict: true })
    expect(strictErrors).toEqual(['unknown field "spec.containers[0].extra"'])
    expect(scheme.decode(core('Pod'), json).strictErrors).toEqual([])
    expect(scheme.normalize(core('Pod'), object)).toEqual(object)
  })

  it('keeps __proto__ a plain key', () => {
    const { object } = scheme.decode(core('ConfigMap'), JSON.parse('{"data":{"__proto__":"x"}}'))
    expect(JSON.stringify(object['data'])).toBe('{"__proto__":"x"}')
    expect(Object.getPrototypeOf(object['data'])).toBe(Object.prototype)
  })
})
