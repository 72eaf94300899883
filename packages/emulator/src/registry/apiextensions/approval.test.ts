import { expect, test } from 'vitest'
import type { CustomResourceDefinition } from '../custom/definition-object.ts'
import { approvalCondition } from './approval.ts'

const conditionOf = (group: string, approved?: string) => {
  const annotations = approved === undefined ? {} : { 'api-approved.kubernetes.io': approved }
  const crd = { metadata: { name: `a.${group}`, annotations }, spec: { group } } as unknown as CustomResourceDefinition
  const condition = approvalCondition(crd)
  return condition && `${condition.type} ${condition.status} ${condition.reason}: ${condition.message}`
}

test("definitions in the community's groups tell how they are approved", () => {
  expect(conditionOf('example.dev')).toBeUndefined()
  expect(conditionOf('ask8s.io', 'https://example.dev')).toBeUndefined()
  expect(conditionOf('gateway.networking.k8s.io', 'https://github.com/kubernetes-sigs/gateway-api/pull/3328')).toBe(
    'KubernetesAPIApprovalPolicyConformant True ApprovedAnnotation: approved in https://github.com/kubernetes-sigs/gateway-api/pull/3328',
  )
  expect(conditionOf('kubernetes.io', 'unapproved, for now')).toBe(
    'KubernetesAPIApprovalPolicyConformant False UnapprovedAnnotation: not approved: "unapproved, for now"',
  )
  expect(conditionOf('x.kubernetes.io')).toMatch(
    'KubernetesAPIApprovalPolicyConformant False MissingAnnotation: protected groups must have',
  )
  expect(conditionOf('x.kubernetes.io', 'yes')).toMatch(
    'KubernetesAPIApprovalPolicyConformant False InvalidAnnotation: protected groups must',
  )
})
