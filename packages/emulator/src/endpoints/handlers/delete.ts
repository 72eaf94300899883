import { type FieldError, invalid, notSupported } from '../../apimachinery/field-error.ts'
import { newInvalid } from '../../apimachinery/status-error.ts'
import { type DeleteOptions, deleteObject, deletionStatus } from '../../registry/deletion.ts'
import type { Revision } from '../../storage/storage.ts'
import { mediaTypeOfBody, readBody } from '../body.ts'
import type { ApiResponse } from '../http.ts'
import { negotiateOutput } from '../negotiation/output.ts'
import { type ListOptions, parseInteger, parseListOptions, validateDryRun } from '../options.ts'
import { isTrue } from '../request-info.ts'
import { respond } from '../responses.ts'
import type { RequestScope } from '../scope.ts'
import { compileSelector, type ObjectSelector } from '../selectors.ts'
import { admissionAttributes, writeContext } from './create.ts'
import { listObjects, respondRevisions } from './list.ts'
import { respondObject } from './result.ts'

export async function deleteOne(scope: RequestScope): Promise<ApiResponse> {
  const format = negotiateOutput(scope.request, { transforms: true })
  const options = await readDeleteOptions(scope)
  warnOfOrphans(scope, options)
  const { revision, deleted, answersObject } = await removeOne(scope, scope.info.name, options)
  const status = !deleted && options.orphanDependents === false ? 202 : 200
  if (answersObject) return respondObject(scope, status, revision, format)
  return respond(status, deletionStatus(scope.definition, revision.object), { media: format.media, pretty: format.pretty })
}

export async function deleteCollection(scope: RequestScope): Promise<ApiResponse> {
  const { definition } = scope
  const format = negotiateOutput(scope.request, { transforms: true })
  const listOptions = parseListOptions(scope.query)
  const selector = compileSelector(definition, listOptions.labelSelector, listOptions.fieldSelector)
  const options = await readDeleteOptions(scope)
  warnOfOrphans(scope, options)
  const { revisions, metadata } = listForDeletion(scope, listOptions, selector)
  const deleted: Revision[] = []
  for (const each of revisions) {
    try {
      await removeOne(scope, each.object.metadata.name!, { ...options }, each.object.metadata.namespace)
      deleted.push(each)
    } catch (error) {
      if ((error as { reason?: string }).reason !== 'NotFound') throw error
    }
  }
  return respondRevisions(scope, deleted, metadata, format)
}

const pageSize = 10_000

/** What a limit leaves, or else everything, page by page. */
function listForDeletion(scope: RequestScope, options: ListOptions, selector: ObjectSelector) {
  const { page, metadata } = listObjects(scope, { ...options, limit: options.limit || pageSize }, selector)
  const revisions = [...page.revisions]
  if (options.limit > 0) return { revisions, metadata }
  for (let next = metadata.continue; next; ) {
    const following = listObjects(scope, { ...options, limit: pageSize, continue: next, resourceVersion: '' }, selector)
    revisions.push(...following.page.revisions)
    next = following.metadata.continue
  }
  return { revisions, metadata }
}

function removeOne(scope: RequestScope, name: string, options: DeleteOptions, namespace = scope.info.namespace) {
  const dryRun = (options.dryRun ?? []).length > 0
  const context = { ...writeContext(scope, { dryRun }), namespace: scope.definition.namespaced ? namespace : '' }
  return deleteObject(scope.store, {
    name,
    options,
    context,
    async validate(old) {
      const object = scope.definition.codec.fromStorage?.(old) ?? old
      const given = { ...options } as Record<string, unknown>
      if (!dryRun) delete given['dryRun']
      const about = { operation: 'DELETE' as const, object: undefined, oldObject: object, name, namespace, options: given }
      const attributes = admissionAttributes(scope, { dryRun }, about)
      await scope.registry.admission.admit(attributes)
      await scope.registry.admission.validate(attributes)
    },
  })
}

/** Jobs keep their Pods unless told otherwise, which surprises people. */
function warnOfOrphans({ definition, warnings }: RequestScope, { propagationPolicy, orphanDependents }: DeleteOptions): void {
  if (definition.resource !== 'jobs' || definition.group !== 'batch') return
  if (propagationPolicy !== undefined || orphanDependents !== undefined) return
  warnings.add(
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
  )
}

/**
 * DeleteOptions of the body, or of the query where there is no body.
 * @throws StatusError 400 for a body that is none, 422 for options that exclude each other
 */
async function readDeleteOptions(scope: RequestScope): Promise<DeleteOptions> {
  const { request, query, services } = scope
  const body = await readBody(request)
  const options = body.length > 0 ? services.optionsCodec.deleteOptions(body, mediaTypeOfBody(request)) : optionsOfQuery(query)
  checkDeleteOptions(options)
  return options
}

/** @throws StatusError 422 for options that exclude each other or are none */
export function checkDeleteOptions(options: DeleteOptions): void {
  const errors = validateDeleteOptions(options)
  if (errors.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors)
}

function optionsOfQuery(query: URLSearchParams): DeleteOptions {
  const gracePeriodSeconds = parseInteger(query.get('gracePeriodSeconds'))
  const orphan = query.get('orphanDependents')
  const policy = query.get('propagationPolicy')
  const uid = query.get('uid')
  const resourceVersion = query.get('resourceVersion')
  return {
    dryRun: query.getAll('dryRun'),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(orphan === null ? {} : { orphanDependents: isTrue(orphan) }),
    ...(policy === null ? {} : { propagationPolicy: policy as DeleteOptions['propagationPolicy'] & string }),
    ...(uid || resourceVersion ? { preconditions: { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) } } : {}),
  }
}

function validateDeleteOptions({ propagationPolicy: policy, orphanDependents, dryRun = [] }: DeleteOptions): FieldError[] {
  const errors: FieldError[] = []
  if (policy !== undefined && orphanDependents !== undefined) {
    errors.push(invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'))
  }
  if (policy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(policy)) {
    errors.push(notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']))
  }
  return [...errors, ...validateDryRun(dryRun)]
}
