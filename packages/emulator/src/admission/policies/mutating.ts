import { deepCopy, deepEqual } from '../../apimachinery/deep-copy.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { SchemaNode } from '../../apimachinery/patch/schema.ts'
import { quote } from '../../apimachinery/quote.ts'
import { StatusError } from '../../apimachinery/status-error.ts'
import type { AdmissionAttributes } from '../../registry/context.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import type { RequestValues } from '../cel/request.ts'
import { isExempt, matchedDefinition } from '../matching.ts'
import { replaceObject } from '../mutation.ts'
import { type AdmissionPlugin, type Reinvocation, refusal } from '../plugin.ts'
import { inVersion } from '../versions.ts'
import { type ConfigurationError, collectParams } from './params.ts'
import { type Binding, createPolicySource, type Policy } from './source.ts'
import type { PolicyDependencies } from './validating.ts'

export interface MutationDependencies extends PolicyDependencies {
  schemaOf(definition: ResourceDefinition): SchemaNode
}

/** One policy to be applied, with one binding and one parameter. */
interface Invocation {
  policy: Policy
  binding: Binding
  asked: ResourceDefinition
  params: KubeObject | undefined
  id: string
}

interface Failure {
  policy: Policy
  binding: Binding | undefined
  message: string
  reason: string
}

interface Rounds {
  /** To be applied again should something change after them. */
  waiting: Set<string>
  again: Set<string>
  output?: KubeObject
}

/** Changes objects as policies say that are bound (the MutatingAdmissionPolicy plugin). */
export function mutatingPoliciesPlugin(dependencies: MutationDependencies): AdmissionPlugin {
  const policies = createPolicySource(dependencies, 'mutating')
  return {
    admit(attributes, reinvocation) {
      const all = policies()
      return all.length === 0 || isExempt(attributes) ? undefined : admit(all, attributes, reinvocation, dependencies)
    },
  }
}

async function admit(
  policies: readonly Policy[],
  attributes: AdmissionAttributes,
  reinvocation: Reinvocation,
  dependencies: MutationDependencies,
): Promise<void> {
  const failures: Failure[] = []
  const invocations = policies.flatMap((policy) => invocationsOf(policy, attributes, dependencies, failures))
  if (invocations.length > 0) failures.push(...(await apply(invocations, attributes, reinvocation, dependencies)))
  const counted = failures.filter(({ policy }) => policy.object['spec'].failurePolicy !== 'Ignore')
  if (counted.length > 0) throw deny(attributes, counted)
}

function deny(attributes: AdmissionAttributes, failures: readonly Failure[]): StatusError {
  const texts = failures.map(({ policy, binding, message }) =>
    binding === undefined
      ? `policy ${quote(policy.name)} denied request: ${message}`
      : `policy '${policy.name}' with binding '${binding.name}' denied request: ${message}`,
  )
  const { status } = refusal(attributes, 'admission request denied by policy')
  const details = { ...status.details, causes: texts.map((message) => ({ message })) }
  return new StatusError({ code: 403, reason: failures[0]!.reason || 'Forbidden', message: texts[0]!, details })
}

function invocationsOf(
  policy: Policy,
  attributes: AdmissionAttributes,
  dependencies: MutationDependencies,
  failures: Failure[],
): Invocation[] {
  const asked = matchedDefinition(attributes, policy.match, dependencies)
  if (asked === undefined) return []
  return policy.bindings.flatMap((binding) => {
    if (matchedDefinition(attributes, binding.match, dependencies) === undefined) return []
    try {
      const { paramKind } = policy.object['spec']
      const found = collectParams(paramKind, binding.object['spec'].paramRef, attributes.namespace, dependencies.catalog(), dependencies)
      return found.map((params) => {
        const { namespace = '', name = '' } = params?.metadata ?? {}
        return { policy, binding, asked, params, id: [policy.name, binding.name, namespace, name].join('/') }
      })
    } catch (error) {
      const { message, ofPolicy } = error as ConfigurationError
      const what = ofPolicy ? 'policy' : 'binding'
      failures.push({ policy, binding: ofPolicy ? undefined : binding, message: `failed to configure ${what}: ${message}`, reason: '' })
      return []
    }
  })
}

async function apply(
  invocations: readonly Invocation[],
  attributes: AdmissionAttributes,
  reinvocation: Reinvocation,
  dependencies: MutationDependencies,
): Promise<Failure[]> {
  const { mutationIsWanted } = await import('../cel/mutations.ts')
  const rounds = reinvocation.stateOf<Rounds>('policies', () => ({ waiting: new Set(), again: new Set() }))
  const applyAgain = () => {
    for (const id of rounds.waiting) rounds.again.add(id)
    rounds.waiting.clear()
  }
  if (reinvocation.again && !deepEqual(rounds.output, attributes.object)) applyAgain()
  const failures: Failure[] = []
  for (const invocation of invocations) {
    const { policy, binding, id } = invocation
    const fail = (message: string) => failures.push({ policy, binding, message, reason: 'Invalid' })
    try {
      if (!mutationIsWanted(policy.object, valuesOf(invocation, attributes, dependencies))) continue
    } catch (error) {
      fail((error as Error).message)
      continue
    }
    if (reinvocation.again && !rounds.again.has(id)) continue
    if (await mutateWith(invocation, attributes, dependencies, fail)) {
      applyAgain()
      reinvocation.request()
    }
    if (policy.object['spec'].reinvocationPolicy === 'IfNeeded') rounds.waiting.add(id)
  }
  if (attributes.object !== undefined) rounds.output = deepCopy(attributes.object)
  return failures
}

function valuesOf({ asked, params }: Invocation, attributes: AdmissionAttributes, dependencies: MutationDependencies): RequestValues {
  const { definition, namespace: name } = attributes
  const isNamespace = definition.group === '' && definition.resource === 'namespaces'
  const namespace = isNamespace || name === '' ? undefined : dependencies.lookup({ group: '', resource: 'namespaces' }, '', name)
  return { attributes, asked, namespace, params, authorizer: dependencies.authorizer() }
}

/** Whether the object is another one now. */
async function mutateWith(
  invocation: Invocation,
  attributes: AdmissionAttributes,
  dependencies: MutationDependencies,
  fail: (message: string) => void,
): Promise<boolean> {
  const { mutate, mutationCount } = await import('../cel/mutations.ts')
  const { policy, asked } = invocation
  let changed = false
  if (attributes.object === undefined) return false
  for (let i = 0; i < mutationCount(policy.object); i++) {
    const before = inVersion(attributes.object, attributes.definition, asked)
    try {
      const made = mutate(policy.object, i, valuesOf(invocation, attributes, dependencies), before, dependencies.schemaOf(asked))
      if (replaceObject(attributes, asked, before, made)) changed = true
    } catch (error) {
      if (error instanceof StatusError) throw error
      fail((error as Error).message)
    }
  }
  return changed
}
