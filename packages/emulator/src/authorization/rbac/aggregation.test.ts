import { expect, test } from 'vitest'
import type { KubeObject } from '../../apimachinery/object.ts'
import { aggregateAll, aggregatedRules } from './aggregation.ts'
import type { PolicyRule } from './policy-rule.ts'

const role = (name: string, labels: Record<string, string>, rules: PolicyRule[], select?: Record<string, string>): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name, labels },
  rules,
  ...(select === undefined ? {} : { aggregationRule: { clusterRoleSelectors: [{ matchLabels: select }] } }),
})
const pods: PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }
const as: PolicyRule = { apiGroups: ['a.example'], resources: ['as'], verbs: ['*'] }
const bs: PolicyRule = { apiGroups: ['b.example'], resources: ['bs'], verbs: ['get'] }
const parts = [role('part-b', { agg: 'true' }, [bs, pods]), role('part-a', { agg: 'true' }, [pods, as]), role('other', {}, [bs])]

test('rules come in the order of roles, each once', () => {
  const all = role('all', { agg: 'true' }, [bs], { agg: 'true' })
  expect(aggregatedRules(all, [all, ...parts])).toEqual([pods, as, bs])
  expect(aggregatedRules({ ...all, rules: [pods, as, bs] }, [all, ...parts])).toBeUndefined()
  expect(aggregatedRules(parts[0]!, parts)).toBeUndefined()
})

test('roles may aggregate aggregated ones', () => {
  const roles = aggregateAll([role('top', {}, [], { level: 'middle' }), role('middle', { level: 'middle' }, [], { agg: 'true' }), ...parts])
  expect(roles.find(({ metadata }) => metadata.name === 'top')?.rules).toEqual([pods, as, bs])
})
