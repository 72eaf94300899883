import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { StrategyContext } from '../strategy.ts'
import { rbacStrategies } from './index.ts'

const context = {} as StrategyContext
const objectOf = (fields: object): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: '',
  metadata: { name: 'x' },
  ...fields,
})

/** The errors as a message shows them, of an object with defaults applied. */
function errorsOf(resource: string, fields: object, old?: object): string[] {
  const strategy = rbacStrategies[resource]!
  const object = objectOf(fields)
  strategy.applyDefaults?.(object)
  const before = old === undefined ? undefined : objectOf(old)
  if (before !== undefined) strategy.applyDefaults?.(before)
  const errors = before === undefined ? strategy.validate!(object, context) : strategy.validateUpdate!(object, before, context)
  return errors.map(({ field, message }) => `${field}: ${message}`)
}

describe('rules', () => {
  const invalid: [string, string, object, string[]][] = [
    [
      'empty',
      'roles',
      {},
      [
        'rules[0].verbs: Required value: verbs must contain at least one value',
        'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
        'rules[0].resources: Required value: resource rules must supply at least one resource',
      ],
    ],
    [
      'URL in a namespace',
      'roles',
      { nonResourceURLs: ['/metrics'], verbs: ['get'] },
      ['rules[0].nonResourceURLs: Invalid value: ["/metrics"]: namespaced rules cannot apply to non-resource URLs'],
    ],
    [
      'URL and resources',
      'clusterroles',
      { nonResourceURLs: ['/metrics'], apiGroups: [''], verbs: ['get'] },
      ['rules[0].nonResourceURLs: Invalid value: ["/metrics"]: rules cannot apply to both regular resources and non-resource URLs'],
    ],
    ['unknown verbs and resources', 'roles', { apiGroups: ['no.such'], resources: ['things/part'], verbs: ['dance'] }, []],
  ]
  test.each(invalid)('%s', (_name, resource, rule, errors) => {
    expect(errorsOf(resource, { rules: [rule] })).toEqual(errors)
  })
})

test('aggregation needs selectors, and valid ones', () => {
  expect(errorsOf('clusterroles', { aggregationRule: {} })).toEqual([
    'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
  ])
  expect(
    errorsOf('clusterroles', { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Near' }] }] } }),
  ).toEqual([
    'aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator',
    'aggregationRule.clusterRoleSelectors[0]: Invalid value: null: invalid label selector.',
  ])
})

describe('bindings', () => {
  const role = { kind: 'Role', name: 'r' }
  test('groups of APIs are defaulted by the kind of subject', () => {
    const binding = objectOf({
      roleRef: { ...role },
      subjects: [
        { kind: 'User', name: 'u' },
        { kind: 'Group', name: 'g' },
        { kind: 'ServiceAccount', name: 's' },
      ],
    })
    rbacStrategies['rolebindings']!.applyDefaults!(binding)
    expect(binding.roleRef.apiGroup).toBe('rbac.authorization.k8s.io')
    expect(binding.subjects.map(({ apiGroup }: { apiGroup?: string }) => apiGroup)).toEqual([
      'rbac.authorization.k8s.io',
      'rbac.authorization.k8s.io',
      undefined,
    ])
  })

  test('all errors, in order', () => {
    expect(errorsOf('rolebindings', { roleRef: { apiGroup: 'x', kind: 'Y', name: '' }, subjects: [{ kind: 'Z', name: '' }] })).toEqual([
      'roleRef.apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"',
      'roleRef.kind: Unsupported value: "Y": supported values: "Role", "ClusterRole"',
      'roleRef.name: Required value',
      'subjects[0].name: Required value',
      'subjects[0].kind: Unsupported value: "Z": supported values: "ServiceAccount", "User", "Group"',
    ])
    expect(errorsOf('rolebindings', {})).toEqual([
      'roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole"',
      'roleRef.name: Required value',
    ])
  })

  test('cluster-wide bindings are of ClusterRoles, and name the namespace of accounts', () => {
    expect(errorsOf('clusterrolebindings', { roleRef: role, subjects: [{ kind: 'ServiceAccount', name: 's' }] })).toEqual([
      'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
      'subjects[0].namespace: Required value',
    ])
  })

  test('the role stays', () => {
    const metadata = { name: 'x', namespace: 'n', resourceVersion: '1' }
    expect(errorsOf('rolebindings', { metadata, roleRef: { kind: 'Role', name: 'other' } }, { metadata, roleRef: role })).toEqual([
      'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"other"}: cannot change roleRef',
    ])
  })
})
