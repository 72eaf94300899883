import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { Attributes } from '../attributes.ts'
import { createRbacAuthorizer } from './authorizer.ts'
import type { RbacResource } from './rule-resolver.ts'
import { attributes, type DrawNames, rbacObjects } from './testing/arbitraries.ts'
import { evaluateNaively } from './testing/naive-evaluator.ts'

const names: DrawNames = { namespaces: ['a', 'b'], prefix: 'p' }
const resources: Record<string, RbacResource> = {
  Role: 'roles',
  ClusterRole: 'clusterroles',
  RoleBinding: 'rolebindings',
  ClusterRoleBinding: 'clusterrolebindings',
}
const listOf = (objects: readonly KubeObject[]) => ({
  list: ({ resource }: { resource: string }) => objects.filter(({ kind }) => resources[kind] === resource),
})

function expectSame(authorizer: ReturnType<typeof createRbacAuthorizer>, objects: readonly KubeObject[], asked: Attributes) {
  const { verdict, reason } = authorizer.authorize(asked)
  const naive = evaluateNaively(objects, asked)
  expect(verdict === 'allow').toBe(naive.allowed)
  if (naive.allowed) expect(naive.reasons).toContain(reason)
  else {
    const texts = reason.replace(/^RBAC: \[?|\]$/g, '').split(', ')
    expect(texts.filter((text) => text !== '').sort()).toEqual(naive.reasons.sort())
  }
}

test('decides as the documentation says, whatever the objects and the requests', () => {
  const draw = fc.record({ objects: rbacObjects(names), asked: fc.array(attributes(names), { minLength: 20, maxLength: 40 }) })
  fc.assert(
    fc.property(draw, ({ objects, asked }) => {
      const authorizer = createRbacAuthorizer(listOf(objects))
      for (const one of asked) expectSame(authorizer, objects, one)
    }),
    { numRuns: 500 },
  )
})

test('changes one by one lead where a fresh start would', () => {
  const draw = fc.record({
    before: rbacObjects(names),
    after: rbacObjects(names),
    asked: fc.array(attributes(names), { minLength: 20, maxLength: 20 }),
  })
  const keyOf = ({ kind, metadata }: KubeObject) => `${kind}/${metadata.namespace}/${metadata.name}`
  fc.assert(
    fc.property(draw, ({ before, after, asked }) => {
      const authorizer = createRbacAuthorizer(listOf(before))
      for (const one of asked) expectSame(authorizer, before, one)
      const kept = new Set(after.map(keyOf))
      const tell = (object: KubeObject, now: KubeObject | undefined) =>
        authorizer.objectChanged(resources[object.kind]!, object.metadata.namespace ?? '', object.metadata.name ?? '', now)
      for (const object of before) if (!kept.has(keyOf(object))) tell(object, undefined)
      for (const object of after) tell(object, object)
      for (const one of asked) expectSame(authorizer, after, one)
    }),
    { numRuns: 200 },
  )
})
