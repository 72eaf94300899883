import { StatusError } from '../../apimachinery/status-error.ts'
import type { Authorizer } from '../../authorization/attributes.ts'
import type { AdmissionAttributes } from '../../registry/context.ts'
import type { ResourceCatalog } from '../../registry/resource.ts'
import type { Violation } from '../cel/validations.ts'
import { isExempt, type MatchSource, matchedDefinition } from '../matching.ts'
import { type AdmissionPlugin, refusal } from '../plugin.ts'
import { type ConfigurationError, collectParams } from './params.ts'
import { type Binding, createPolicySource, type Policy } from './source.ts'

export interface PolicyDependencies extends MatchSource {
  catalog(): ResourceCatalog
  authorizer(): Authorizer
}

interface Denial {
  message: string
  reason: string
}

/** Holds requests to the policies that are bound (the ValidatingAdmissionPolicy plugin). */
export function validatingPoliciesPlugin(dependencies: PolicyDependencies): AdmissionPlugin {
  const policies = createPolicySource(dependencies, 'validating')
  return {
    validate(attributes) {
      const all = policies()
      return all.length === 0 || isExempt(attributes) ? undefined : validate(all, attributes, dependencies)
    },
  }
}

async function validate(policies: readonly Policy[], attributes: AdmissionAttributes, dependencies: PolicyDependencies): Promise<void> {
  const denials: Denial[] = []
  for (const policy of policies) denials.push(...(await denialsOf(policy, attributes, dependencies)))
  const [first] = denials
  if (first !== undefined) throw deny(attributes, first)
}

const codes: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413 }

function deny(attributes: AdmissionAttributes, { message, reason }: Denial): StatusError {
  const { status } = refusal(attributes, message)
  return new StatusError({
    code: codes[reason] ?? 422,
    reason: reason || 'Invalid',
    message: status.message!,
    details: { ...status.details, causes: [{ message }] },
  })
}

async function denialsOf(policy: Policy, attributes: AdmissionAttributes, dependencies: PolicyDependencies): Promise<Denial[]> {
  const asked = matchedDefinition(attributes, policy.match, dependencies)
  if (asked === undefined) return []
  const { violationsOf } = await import('../cel/validations.ts')
  const { spec } = policy.object
  const denials: Denial[] = []
  for (const binding of policy.bindings) {
    if (matchedDefinition(attributes, binding.match, dependencies) === undefined) continue
    const params = paramsOf(policy, binding, attributes, dependencies)
    if (!Array.isArray(params)) {
      if (spec.failurePolicy !== 'Ignore') denials.push(params)
      continue
    }
    const isNamespace = attributes.definition.group === '' && attributes.definition.resource === 'namespaces'
    const { namespace: name } = attributes
    const namespace = isNamespace || name === '' ? undefined : dependencies.lookup({ group: '', resource: 'namespaces' }, '', name)
    const authorizer = dependencies.authorizer()
    const found = params.flatMap((param) => violationsOf(policy.object, { attributes, asked, namespace, params: param, authorizer }))
    for (const violation of found) denials.push(...act(violation, policy, binding, attributes))
  }
  return denials
}

const bound = (policy: Policy, binding: Binding) => `ValidatingAdmissionPolicy '${policy.name}' with binding '${binding.name}'`

/** The objects to evaluate with, or the denial that a configuration without use is. */
function paramsOf(policy: Policy, binding: Binding, { namespace }: AdmissionAttributes, dependencies: PolicyDependencies) {
  const { paramKind } = policy.object['spec']
  try {
    return collectParams(paramKind, binding.object['spec'].paramRef, namespace, dependencies.catalog(), dependencies)
  } catch (error) {
    const { message, ofPolicy } = error as ConfigurationError
    return ofPolicy
      ? { message: `ValidatingAdmissionPolicy '${policy.name}' denied request: failed to configure policy: ${message}`, reason: '' }
      : { message: `${bound(policy, binding)} denied request: failed to configure binding: ${message}`, reason: '' }
  }
}

function act({ message, reason, always }: Violation, policy: Policy, binding: Binding, attributes: AdmissionAttributes): Denial[] {
  const actions: string[] = binding.object['spec'].validationActions ?? []
  const denial = { message: `${bound(policy, binding)} denied request: ${message}`, reason }
  if (always) return [denial]
  return actions.flatMap((action) => {
    if (action === 'Warn') {
      attributes.warn(`Validation failed for ValidatingAdmissionPolicy '${policy.name}' with binding '${binding.name}': ${message}`)
    }
    return action === 'Deny' ? [denial] : []
  })
}
