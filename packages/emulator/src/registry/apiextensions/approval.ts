import { type FieldError, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { CustomResourceDefinition, NewCondition } from '../custom/definition-object.ts'

const annotation = 'api-approved.kubernetes.io'
const protectedDomains = ['k8s.io', 'kubernetes.io']
const request = 'see https://github.com/kubernetes/enhancements/pull/1111'

interface Approval {
  state: 'missing' | 'bypassed' | 'approved' | 'invalid'
  reason: string
}

/** Groups of the Kubernetes community need an approval (KEP-1111). */
export function validateApproval(crd: CustomResourceDefinition, old: CustomResourceDefinition | undefined): FieldError[] {
  if (!isProtected(crd)) return []
  const text = givenApproval(crd)
  const { state, reason } = approvalOf(text)
  if (old !== undefined && approvalOf(givenApproval(old)).state === state) return []
  const path = fieldPath('metadata').child('annotations').key(annotation)
  if (state === 'missing') return [required(path, reason)]
  return state === 'invalid' ? [invalid(path, text, reason)] : []
}

const isProtected = ({ spec: { group = '' } }: CustomResourceDefinition) =>
  protectedDomains.some((domain) => group === domain || group.endsWith(`.${domain}`))

const givenApproval = ({ metadata }: CustomResourceDefinition): string => metadata.annotations?.[annotation] ?? ''

const conditionReasons = {
  missing: 'MissingAnnotation',
  bypassed: 'UnapprovedAnnotation',
  approved: 'ApprovedAnnotation',
  invalid: 'InvalidAnnotation',
}

/** How a definition stands with the community's groups; undefined for groups of others. */
export function approvalCondition(crd: CustomResourceDefinition): NewCondition | undefined {
  if (!isProtected(crd)) return undefined
  const { state, reason } = approvalOf(givenApproval(crd))
  const status = state === 'approved' ? 'True' : 'False'
  return { type: 'KubernetesAPIApprovalPolicyConformant', status, reason: conditionReasons[state], message: reason }
}

function approvalOf(text: string): Approval {
  const must = `protected groups must have approval annotation "${annotation}"`
  if (text === '') return { state: 'missing', reason: `${must}, ${request}` }
  if (text.startsWith('unapproved')) return { state: 'bypassed', reason: `not approved: ${JSON.stringify(text)}` }
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?\s]+/i.test(text)) return { state: 'approved', reason: `approved in ${text}` }
  return { state: 'invalid', reason: `${must} with either a URL or a reason starting with "unapproved", ${request}` }
}
