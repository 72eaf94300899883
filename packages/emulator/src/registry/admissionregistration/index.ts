import type { Strategy } from '../strategy.ts'
import { mutatingAdmissionPolicy } from './mutating-admission-policy.ts'
import { mutatingAdmissionPolicyBinding, validatingAdmissionPolicyBinding } from './policy-binding.ts'
import { validatingAdmissionPolicy } from './validating-admission-policy.ts'
import { mutatingWebhookConfiguration, validatingWebhookConfiguration } from './webhook-configuration.ts'

/** Strategies of the group admissionregistration.k8s.io, by resource. */
export const admissionregistrationStrategies: Record<string, Strategy> = {
  validatingwebhookconfigurations: validatingWebhookConfiguration,
  mutatingwebhookconfigurations: mutatingWebhookConfiguration,
  validatingadmissionpolicies: validatingAdmissionPolicy,
  validatingadmissionpolicybindings: validatingAdmissionPolicyBinding,
  mutatingadmissionpolicies: mutatingAdmissionPolicy,
  mutatingadmissionpolicybindings: mutatingAdmissionPolicyBinding,
}
