import { formatTime } from '../../apimachinery/clock.ts'
import { deepCopy } from '../../apimachinery/deep-copy.ts'
import { invalid } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type LabelSelectorObject, labelSelectorFromObject } from '../../apimachinery/selectors/label-selector.ts'
import { newBadRequest, newForbidden, newInvalid, newPlainError, newTooManyRequests, StatusError } from '../../apimachinery/status-error.ts'
import { checkPreconditions, type DeleteOptions, deleteObject } from '../../registry/deletion.ts'
import { ensureNamespace } from '../../registry/store.ts'
import { retryOnConflict } from '../../storage/storage.ts'
import { mediaTypeOfBody, readBody } from '../body.ts'
import { admitCreate, writeContext } from '../handlers/create.ts'
import { checkDeleteOptions } from '../handlers/delete.ts'
import type { ApiResponse } from '../http.ts'
import { negotiateOutput } from '../negotiation/output.ts'
import { parseWriteOptions, type WriteOptions } from '../options.ts'
import type { RequestScope } from '../scope.ts'
import { respondValue, successStatus } from './respond.ts'

const evictionKind = { group: 'policy', version: 'v1', kind: 'Eviction' }
const budgets = { group: 'policy', resource: 'poddisruptionbudgets' }
const refusal = "Cannot evict pod as it would violate the pod's disruption budget."
const maxDisruptedPods = 2000

/** Deletes a Pod if its disruption budgets let it (policy/v1 Eviction, the eviction API). */
export async function evictPod(scope: RequestScope): Promise<ApiResponse> {
  const { info, request } = scope
  negotiateOutput(request, { transforms: true })
  const mediaType = mediaTypeOfBody(request)
  const body = await readBody(request)
  const options = parseWriteOptions(scope.query, 'CreateOptions')
  const { object, warnings } = scope.services.codecOf(evictionKind).decode(body, mediaType, options.fieldValidation)
  for (const text of warnings) scope.warnings.add(text)
  ensureNamespace(object, info.namespace)
  if (object.metadata.name !== info.name) throw newBadRequest('name in URL does not match name in Eviction object')
  const deleteOptions = (object['deleteOptions'] ?? {}) as DeleteOptions
  const dryRun = checkOptions(info.name, deleteOptions, options)
  await admitCreate(scope, object, options)
  const pod = scope.store.get(info.namespace, info.name).object
  const spared = ignoresBudgets(pod) ? undefined : spendBudget(scope, pod, dryRun)
  await (spared === undefined ? end(scope, deleteOptions, dryRun) : endUnready(scope, deleteOptions, { dryRun, budget: spared }))
  return respondValue(scope, 201, successStatus)
}

/**
 * Of a Pod that may go since it is not ready, the API server demands that it has not changed since, in place of the version that the client
 * gave; and takes each conflict for that, unless the client gave one.
 */
async function endUnready(
  scope: RequestScope,
  options: DeleteOptions,
  { dryRun, budget }: { dryRun: boolean; budget: string },
): Promise<void> {
  const { resourceVersion, ...preconditions } = options.preconditions ?? {}
  try {
    await end(scope, { ...options, preconditions }, dryRun)
  } catch (error) {
    const isConflict = error instanceof StatusError && error.status.reason === 'Conflict'
    throw isConflict && resourceVersion === undefined ? stillProcessed(budget) : error
  }
}

/** Whether it is a dry run, which the query and the body must not see differently. */
function checkOptions(name: string, options: DeleteOptions, { dryRun }: WriteOptions): boolean {
  if (options.ignoreStoreReadErrorWithClusterBreakingPotential === true) {
    const why = 'can not be set for pod eviction, try after removing the option'
    throw newInvalid(evictionKind, name, [invalid('deleteOptions.ignoreStoreReadErrorWithClusterBreakingPotential', true, why)])
  }
  const inBody = options.dryRun ?? []
  if (dryRun && inBody.length > 0 && inBody.join(' ') !== 'All') {
    throw newPlainError(`Non-matching dry-run options in request and content: [All] and [${inBody.join(' ')}]`)
  }
  return dryRun || inBody.length > 0
}

/** Pods that do not run, or are on their way out, count for no budget. */
const ignoresBudgets = ({ metadata, status }: KubeObject) =>
  ['Succeeded', 'Failed', 'Pending'].includes(status?.phase) || metadata.deletionTimestamp !== undefined

/** Gives the name of the budget that does not have to be spent on the Pod, if there is one. */
function spendBudget(scope: RequestScope, pod: KubeObject, dryRun: boolean): string | undefined {
  const { namespace = '', labels = {} } = pod.metadata
  const matching = scope.registry.lookupAll(budgets, namespace).filter((budget) => selects(budget, labels))
  if (matching.length > 1) {
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'
    throw new StatusError({ code: 500, message })
  }
  const [matched] = matching
  if (matched === undefined) return undefined
  return retryOnConflict(() => {
    const budget = scope.registry.lookup(budgets, namespace, matched.metadata.name!)
    if (budget === undefined) return undefined
    if (mayGoUnhealthy(budget, pod)) return budget.metadata.name
    checkBudget(budget)
    if (!dryRun) takeFrom(scope, budget, pod)
    return undefined
  })
}

function selects({ spec }: KubeObject, labels: Record<string, string>): boolean {
  return spec?.selector !== undefined && labelSelectorFromObject(spec.selector as LabelSelectorObject).matches(labels)
}

/** A Pod that is not ready does not hold up what its budget is for. */
function mayGoUnhealthy({ spec, status = {} }: KubeObject, pod: KubeObject): boolean {
  const ready = (pod['status']?.conditions ?? []).some(
    ({ type, status: is }: { type: string; status: string }) => type === 'Ready' && is === 'True',
  )
  if (ready) return false
  const desired = status.desiredHealthy ?? 0
  return spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' || ((status.currentHealthy ?? 0) >= desired && desired > 0)
}

function checkBudget({ metadata, status = {} }: KubeObject): void {
  const name = metadata.name!
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) throw stillProcessed(name)
  const allowed = status.disruptionsAllowed ?? 0
  if (allowed < 0) throw newForbidden({ group: 'policy', resource: 'poddisruptionbudget' }, name, 'pdb disruptions allowed is negative')
  if (Object.keys(status.disruptedPods ?? {}).length > maxDisruptedPods) {
    const why = 'DisruptedPods map too big - too many evictions not confirmed by PDB controller'
    throw newForbidden({ group: 'policy', resource: 'poddisruptionbudget' }, name, why)
  }
  if (allowed === 0) throw refused(exhaustedText(name, status))
}

function refused(message: string, retryAfterSeconds?: number): StatusError {
  const error = newTooManyRequests(refusal, retryAfterSeconds)
  error.status.details = { causes: [{ reason: 'DisruptionBudget', message }], ...error.status.details }
  return error
}

const stillProcessed = (name: string) => refused(`The disruption budget ${name} is still being processed by the server.`, 10)

function exhaustedText(name: string, status: KubeObject['status']): string {
  const condition = (status.conditions ?? []).find(({ type }: { type: string }) => type === 'DisruptionAllowed')
  const denied = condition?.status === 'False' && condition.message ? condition : undefined
  if (denied?.reason === 'SyncFailed') {
    return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${denied.message}`
  }
  const [desired, current] = [status.desiredHealthy ?? 0, status.currentHealthy ?? 0]
  if (current <= desired) return `The disruption budget ${name} needs ${desired} healthy pods and has ${current} currently`
  const text = `The disruption budget ${name} does not allow evicting pods currently`
  return denied === undefined ? text : `${text} (${denied.reason}): ${denied.message}`
}

function takeFrom({ registry, clock }: RequestScope, budget: KubeObject, pod: KubeObject): void {
  const store = registry.storeOf(budgets.group, budgets.resource)!
  const found = store.get(budget.metadata.namespace!, budget.metadata.name!)
  const changed = deepCopy(found.object)
  const { status } = changed
  status.disruptionsAllowed--
  status.disruptedPods = { ...status.disruptedPods, [pod.metadata.name!]: formatTime(clock.now()) }
  store.collection.update(found.key, found.revision, store.definition.codec.normalize(changed))
}

async function end(scope: RequestScope, options: DeleteOptions, dryRun: boolean): Promise<void> {
  const { store, info } = scope
  const context = writeContext(scope, { dryRun })
  if (dryRun) checkDeleteOptions(options)
  checkPreconditions(store.definition, store.get(info.namespace, info.name).object, options.preconditions)
  if (!dryRun) retryOnConflict(() => markDisrupted(scope))
  checkDeleteOptions(options)
  const { preconditions: _met, ...others } = options
  await deleteObject(store, {
    name: info.name,
    options: others,
    context,
    validate: () => {},
  })
}

/** Says in the Pod's status why it goes. */
function markDisrupted({ store, info, clock }: RequestScope): void {
  const found = store.get(info.namespace, info.name)
  const pod = deepCopy(found.object)
  const status = pod['status'] ?? {}
  pod['status'] = status
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: formatTime(clock.now()),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  }
  status.conditions = [...(status.conditions ?? []).filter(({ type }: { type: string }) => type !== condition.type), condition]
  store.collection.update(found.key, found.revision, store.definition.codec.normalize(pod))
}
