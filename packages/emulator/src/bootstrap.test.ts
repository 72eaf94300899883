import { expect, test } from 'vitest'
import { bodyReaders } from './apimachinery/scheme/body-readers.ts'
import { createBodyDecoder } from './apimachinery/scheme/decode-body.ts'
import { createScheme } from './apimachinery/scheme/scheme.ts'
import { bootstrapObjects } from './bootstrap.ts'
import { loadFacts } from './facts/load.ts'
import { builtInCodec } from './registry/built-in-codec.ts'
import { createCatalog } from './registry/catalog.ts'
import { createRegistry } from './registry/registry.ts'
import { createMemoryStorage } from './storage/memory-storage.ts'

test("a fresh server's own objects are stored in the canonical form, and their parts shared", () => {
  const facts = loadFacts()
  const scheme = createScheme(facts)
  const bodies = createBodyDecoder(facts, scheme, bodyReaders)
  const fresh = () => {
    const catalog = createCatalog(facts, (resource, stored) => builtInCodec(scheme, bodies, resource, stored))
    const admission = { admit: async () => {}, validate: async () => {} }
    const registry = createRegistry({ catalog, storage: createMemoryStorage(), clock: { now: Date.now }, admission })
    bootstrapObjects(registry, facts)
    return registry
  }
  const registry = fresh()
  for (const definition of registry.catalog.stored()) {
    const { codec, group, resource } = definition
    for (const object of registry.lookupAll({ group, resource }, '')) {
      expect(codec.toStorage).toBeUndefined()
      expect(JSON.stringify(object)).toBe(JSON.stringify(codec.normalize(structuredClone(object))))
    }
  }
  const role = { group: 'rbac.authorization.k8s.io', resource: 'clusterroles' }
  const [one, other] = [registry, fresh()].map((each) => each.lookup(role, '', 'admin')!)
  expect(one!['rules']).toBe(other!['rules'])
  expect(one!.metadata.uid).not.toBe(other!.metadata.uid)
})
