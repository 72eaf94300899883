import { deepCopy, deepEqual } from '../../apimachinery/deep-copy.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { quote } from '../../apimachinery/quote.ts'
import { newForbidden, newInternalError, StatusError } from '../../apimachinery/status-error.ts'
import type { AdmissionAttributes } from '../../registry/context.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import { isExempt, type MatchSource, matchedDefinition } from '../matching.ts'
import { replaceObject } from '../mutation.ts'
import type { AdmissionPlugin, Reinvocation } from '../plugin.ts'
import { inVersion } from '../versions.ts'
import { createHookSource, type Hook, type MatchCondition } from './hooks.ts'
import { BadResponse, createReview, dryRunUnsupported, parseReview, type ReviewResponse, rejection, verifyResponse } from './review.ts'

export interface WebhookDependencies extends MatchSource {
  /** Whether conditions hold; loaded when the first webhook has some. */
  conditionsHold(
    conditions: readonly MatchCondition[],
    attributes: AdmissionAttributes,
    asked: ResourceDefinition,
    failurePolicy: string,
  ): Promise<boolean>
}

/** A webhook that could not be asked, or whose answer cannot be used. */
class FailedCall extends Error {}

/** Lets webhooks change objects, one after the other (the MutatingAdmissionWebhook plugin). */
export function mutatingWebhooksPlugin(dependencies: WebhookDependencies): AdmissionPlugin {
  const hooks = createHookSource(dependencies, 'mutating')
  return {
    admit(attributes, reinvocation) {
      const all = hooks()
      return all.length === 0 || isExempt(attributes) ? undefined : mutate(dependencies, all, attributes, reinvocation)
    },
  }
}

/** Asks webhooks whether a request may go on, all at once (the ValidatingAdmissionWebhook plugin). */
export function validatingWebhooksPlugin(dependencies: WebhookDependencies): AdmissionPlugin {
  const hooks = createHookSource(dependencies, 'validating')
  return {
    validate(attributes) {
      const all = hooks()
      return all.length === 0 || isExempt(attributes) ? undefined : validate(dependencies, all, attributes)
    },
  }
}

async function relevant({ webhook, match }: Hook, attributes: AdmissionAttributes, dependencies: WebhookDependencies) {
  const asked = matchedDefinition(attributes, match, dependencies)
  const { matchConditions = [], failurePolicy } = webhook
  if (asked === undefined || matchConditions.length === 0) return asked
  try {
    return (await dependencies.conditionsHold(matchConditions, attributes, asked, failurePolicy)) ? asked : undefined
  } catch (error) {
    throw newForbidden(attributes.definition, attributes.name, (error as Error).message)
  }
}

async function validate(dependencies: WebhookDependencies, hooks: readonly Hook[], attributes: AdmissionAttributes): Promise<void> {
  const calls: Array<() => Promise<unknown>> = []
  for (const hook of hooks) {
    const asked = await relevant(hook, attributes, dependencies)
    if (asked !== undefined) calls.push(() => withFailurePolicy(hook, () => ask(hook, attributes, asked, false, dependencies)))
  }
  const errors: unknown[] = []
  await Promise.all(calls.map((call) => call().catch((error) => errors.push(error))))
  if (errors.length > 0) throw errors[0]
}

/** What each webhook of a request's first round leaves for a second one. */
interface Rounds {
  /** Those to ask again should something change after them. */
  waiting: Set<string>
  again: Set<string>
  /** The object as the last webhook left it. */
  output?: KubeObject
}

async function mutate(
  dependencies: WebhookDependencies,
  hooks: readonly Hook[],
  attributes: AdmissionAttributes,
  reinvocation: Reinvocation,
): Promise<void> {
  const rounds = reinvocation.stateOf<Rounds>('webhooks', () => ({ waiting: new Set(), again: new Set() }))
  const askAgain = () => {
    for (const id of rounds.waiting) rounds.again.add(id)
    rounds.waiting.clear()
  }
  if (reinvocation.again && !deepEqual(rounds.output, attributes.object)) askAgain()
  for (const hook of hooks) {
    const asked = await relevant(hook, attributes, dependencies)
    if (asked === undefined || (reinvocation.again && !rounds.again.has(hook.id))) continue
    const changed = await withFailurePolicy(hook, async () => {
      const response = await ask(hook, attributes, asked, true, dependencies)
      return applyPatch(hook, attributes, asked, response)
    })
    if (changed === true) {
      askAgain()
      reinvocation.request()
    }
    if (hook.webhook.reinvocationPolicy === 'IfNeeded') rounds.waiting.add(hook.id)
  }
  if (attributes.object !== undefined) rounds.output = deepCopy(attributes.object)
}

/** Lets requests pass whose webhook fails, if it says so; refusals stand. */
async function withFailurePolicy<T>({ webhook }: Hook, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof FailedCall)) throw error
    if (webhook.failurePolicy === 'Ignore') return undefined
    throw newInternalError(`failed calling webhook ${quote(webhook.name)}: ${error.message}`)
  }
}

/** @throws FailedCall, StatusError of the webhook */
async function ask(
  { webhook }: Hook,
  attributes: AdmissionAttributes,
  asked: ResourceDefinition,
  mutating: boolean,
  dependencies: WebhookDependencies,
): Promise<ReviewResponse> {
  const { name, sideEffects, clientConfig, timeoutSeconds = 10 } = webhook
  if (attributes.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') throw dryRunUnsupported(name)
  const review = createReview(attributes, webhook, asked)
  const { callWebhook, CallFailure, failureOf } = await import('../../registry/webhook-call.ts')
  try {
    const answer = await callWebhook(clientConfig, review.body, timeoutSeconds, dependencies)
    const failure = failureOf(answer, { readsStatus: true })
    if (failure !== undefined) throw new CallFailure(failure)
    const response = verifyResponse(parseReview(answer, review), review, mutating)
    for (const text of response.warnings) attributes.warn(text)
    if (!response.allowed) throw rejection(name, response.status)
    return response
  } catch (error) {
    if (error instanceof StatusError) throw error
    if (error instanceof BadResponse) throw new FailedCall(error.message)
    throw new FailedCall(`failed to call webhook: ${(error as Error).message}`)
  }
}

/** Whether the patch changed anything. */
async function applyPatch(
  { webhook }: Hook,
  attributes: AdmissionAttributes,
  asked: ResourceDefinition,
  { patch, patchType }: ReviewResponse,
): Promise<boolean> {
  if (patch === undefined) return false
  const operations = parseOperations(Buffer.from(patch, 'base64').toString())
  if (operations.length === 0) return false
  const { definition, object } = attributes
  if (object === undefined) {
    throw newInternalError(
      `admission webhook ${quote(webhook.name)} attempted to modify the object, which is not supported for this operation`,
    )
  }
  if (patchType !== 'JSONPatch') throw new FailedCall(`unsupported patch type ${quote(patchType)}`)
  const { applyOperations, PatchFailure } = await import('./patch.ts')
  const before = inVersion(object, definition, asked)
  try {
    return replaceObject(attributes, asked, before, applyOperations(before, operations))
  } catch (error) {
    if (error instanceof PatchFailure) throw newInternalError(error.message)
    throw error
  }
}

function parseOperations(text: string): Array<Record<string, unknown>> {
  const undecodable = (why: string) => new FailedCall(`received undecodable patch in webhook response: ${why}`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw undecodable(`invalid character ${quote([...text][0] ?? '')} looking for beginning of value`)
  }
  if (Array.isArray(value)) return value
  const type = typeof value === 'object' ? 'object' : typeof value
  throw undecodable(`json: cannot unmarshal ${type} into Go value of type jsonpatch.Patch`)
}
