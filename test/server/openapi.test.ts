import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator } from 'inpod'
import { expect, test } from 'vitest'
import { call } from './call.ts'

const properties = { spec: { type: 'object', properties: { size: { type: 'integer', default: 3 } } } }
const definition = (scope: 'Namespaced' | 'Cluster', plural: string, kind: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.shop.example.com` },
  spec: {
    group: 'shop.example.com',
    scope,
    names: { plural, kind },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties } },
        subresources: { status: {} },
      },
    ],
  },
})

test('custom resources are in the index, and have a document with their paths and schemas', async () => {
  await using emulator = await startEmulator({
    manifests: [definition('Namespaced', 'widgets', 'Widget'), definition('Cluster', 'stores', 'Store')],
  })
  const index = (await call(emulator, 'GET', '/openapi/v3')).body.paths
  const url = index['apis/shop.example.com/v1'].serverRelativeURL
  expect(url).toMatch(/^\/openapi\/v3\/apis\/shop\.example\.com\/v1\?hash=[0-9A-F]{128}$/)
  const { status, body } = await call(emulator, 'GET', url)
  expect(status).toBe(200)
  expect(body.info).toEqual({ title: 'Kubernetes CRD Swagger', version: 'v0.1.0' })
  const base = '/apis/shop.example.com/v1'
  expect(Object.keys(body.paths)).toEqual([
    `${base}/namespaces/{namespace}/widgets`,
    `${base}/namespaces/{namespace}/widgets/{name}`,
    `${base}/namespaces/{namespace}/widgets/{name}/status`,
    `${base}/stores`,
    `${base}/stores/{name}`,
    `${base}/stores/{name}/status`,
    `${base}/widgets`,
  ])
  const { patch } = body.paths[`${base}/namespaces/{namespace}/widgets/{name}`]
  expect(patch).toMatchObject({
    tags: ['shopExampleCom_v1'],
    operationId: 'patchShopExampleComV1NamespacedWidget',
    'x-kubernetes-group-version-kind': { group: 'shop.example.com', version: 'v1', kind: 'Widget' },
  })
  expect(Object.keys(patch.requestBody.content)).toEqual([
    'application/apply-patch+yaml',
    'application/json-patch+json',
    'application/merge-patch+json',
  ])
  const { schemas } = body.components
  expect(schemas['com.example.shop.v1.Widget']).toMatchObject({
    type: 'object',
    properties: { ...properties, kind: { type: 'string' } },
    'x-kubernetes-group-version-kind': [{ group: 'shop.example.com', kind: 'Widget', version: 'v1' }],
  })
  expect(schemas['com.example.shop.v1.StoreList'].properties.items.items.$ref).toBe('#/components/schemas/com.example.shop.v1.Store')
  const missing = [...JSON.stringify(body).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].filter(([, name]) => !(name! in schemas))
  expect(missing).toEqual([])
  expect(Object.keys(schemas).filter((name) => name.startsWith('io.k8s.api.'))).toEqual([])
})

test('the document goes with the definition', async () => {
  await using emulator = await startEmulator()
  const before = emulator.snapshot()
  await emulator.apply(definition('Cluster', 'stores', 'Store'))
  const path = '/openapi/v3/apis/shop.example.com/v1'
  expect((await call(emulator, 'GET', path)).status).toBe(200)
  const protobuf = 'application/com.github.proto-openapi.spec.v3@v1.0+protobuf'
  const { headers } = await call(emulator, 'GET', path, { accept: protobuf })
  expect(headers['content-type']).toBe('application/com.github.proto-openapi.spec.v3.v1.0+protobuf')
  emulator.restore(before)
  expect((await call(emulator, 'GET', path)).status).toBe(404)
  expect((await call(emulator, 'GET', '/openapi/v3')).body.paths['apis/shop.example.com/v1']).toBeUndefined()
})

test('version 2 has custom resources as a kube-apiserver published them', async () => {
  const { manifests, definitions, paths } = JSON.parse(readFileSync(join(import.meta.dirname, 'openapi-v2.json'), 'utf8'))
  await using emulator = await startEmulator()
  const builtIn = (await call(emulator, 'GET', '/openapi/v2')).body
  for (const manifest of manifests) await emulator.apply(manifest)
  const { body } = await call(emulator, 'GET', '/openapi/v2')
  const isCustom = ([name]: [string, unknown]) => name.includes('published')
  expect(Object.fromEntries(Object.entries(body.definitions).filter(isCustom))).toEqual(definitions)
  expect(Object.keys(body.paths).filter((path) => path.includes('published'))).toEqual(paths)
  const { post } = body.paths['/apis/published.example.com/v1/namespaces/{namespace}/things']
  expect(post).toMatchObject({
    consumes: ['application/json', 'application/yaml'],
    parameters: [
      { in: 'body', schema: { $ref: '#/definitions/com.example.published.v1.Thing' } },
      { name: 'dryRun', type: 'string' },
      {},
      {},
    ],
  })
  for (const { metadata } of manifests) {
    await call(emulator, 'DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${metadata.name}`)
  }
  await expect.poll(async () => (await call(emulator, 'GET', '/openapi/v2')).body).toEqual(builtIn)
})
