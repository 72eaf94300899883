import { expect, test } from 'vitest'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { Attributes } from '../attributes.ts'
import { createNodeAuthorizer } from './authorizer.ts'

const objects: Record<string, KubeObject[]> = {
  pods: [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'ns' },
      spec: {
        nodeName: 'n1',
        serviceAccountName: 'sa',
        imagePullSecrets: [{ name: 'pull' }],
        containers: [
          { name: 'c', envFrom: [{ secretRef: { name: 'env' } }], env: [{ valueFrom: { configMapKeyRef: { name: 'cm', key: 'k' } } }] },
        ],
        volumes: [
          { name: 'v', secret: { secretName: 'mounted' } },
          { name: 'w', persistentVolumeClaim: { claimName: 'claim' } },
        ],
      },
    },
  ],
  persistentvolumes: [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'pv' },
      spec: { claimRef: { namespace: 'ns', name: 'claim' }, csi: { nodeStageSecretRef: { name: 'stage', namespace: 'ns' } } },
    },
  ],
}
const authorizer = createNodeAuthorizer({
  source: { list: ({ resource }) => objects[resource] ?? [] },
  rules: () => [{ apiGroups: [''], resources: ['services'], verbs: ['get', 'list', 'watch'] }],
})
const user = { name: 'system:node:n1', uid: '', groups: ['system:nodes', 'system:authenticated'], extra: {} }
const ask = (verb: string, resource: string, name = '', more: Partial<Attributes> = {}) =>
  authorizer.authorize({
    user,
    verb,
    resourceRequest: true,
    group: '',
    version: '*',
    resource,
    subresource: '',
    namespace: 'ns',
    name,
    path: '',
    ...more,
  })

test.each([
  ['secrets', 'env'],
  ['secrets', 'mounted'],
  ['secrets', 'pull'],
  ['secrets', 'stage'],
  ['configmaps', 'cm'],
  ['serviceaccounts', 'sa'],
  ['persistentvolumeclaims', 'claim'],
  ['persistentvolumes', 'pv'],
  ['pods', 'p'],
  ['services', 'any'],
])('a node may get what its Pods need: %s %s', (resource, name) => {
  expect(ask('get', resource, name).verdict).toBe('allow')
})

test.each<[string, string, string, Partial<Attributes>, string]>([
  ['get', 'secrets', 'x', {}, "no relationship found between node 'n1' and this object"],
  ['list', 'secrets', '', {}, 'No Object name found'],
  ['update', 'secrets', 'env', {}, 'can only read resources of this type'],
  ['list', 'pods', '', {}, 'can only list/watch pods with spec.nodeName field selector'],
  ['list', 'nodes', '', {}, "node 'n1' cannot read all nodes, only its own Node object"],
  ['get', 'nodes', 'n2', {}, "node 'n1' cannot read 'n2', only its own Node object"],
  ['get', 'deployments', 'd', { group: 'apps' }, ''],
])('denied: %s %s %s %j', (verb, resource, name, more, reason) => {
  const decision = ask(verb, resource, name, more)
  expect(decision).toEqual({ verdict: 'noOpinion', reason })
})

test('a node lists its own Pods, and others are no nodes', () => {
  expect(ask('list', 'pods', '', { fieldSelector: [{ key: 'spec.nodeName', operator: 'In', values: ['n1'] }] }).verdict).toBe('allow')
  expect(ask('get', 'services', 's', { user: { ...user, groups: [] } })).toEqual({ verdict: 'noOpinion', reason: '' })
  expect(ask('get', 'services', 's', { user: { ...user, name: 'system:node:' } }).reason).toBe('unknown node for user "system:node:"')
})
