import type { KubeObject } from '../../apimachinery/object.ts'
import { newMethodNotSupported, newNotFound, newPlainError } from '../../apimachinery/status-error.ts'
import { transientRevision } from '../../registry/store-base.ts'
import { respondRevisions } from '../handlers/list.ts'
import { respondObject } from '../handlers/result.ts'
import type { ApiResponse } from '../http.ts'
import type { ListMeta } from '../negotiation/encoding.ts'
import { negotiateOutput } from '../negotiation/output.ts'
import { parseListOptions } from '../options.ts'
import type { Route } from '../routes.ts'
import type { RequestScope } from '../scope.ts'
import { compileSelector } from '../selectors.ts'

const healthy: readonly KubeObject[] = ['scheduler', 'controller-manager', 'etcd-0'].map((name) => ({
  kind: 'ComponentStatus',
  apiVersion: 'v1',
  metadata: { name },
  conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
}))

/** The parts of a control plane, which are well: asked for anew each time, so there is nothing to watch. */
export function componentStatuses(scope: RequestScope, action: Route['action']): ApiResponse {
  const { definition, info, query } = scope
  const format = negotiateOutput(scope.request, { transforms: true })
  if (action === 'get') {
    const found = healthy.find(({ metadata }) => metadata.name === info.name)
    if (found === undefined) throw newNotFound({ group: '', resource: 'componentstatus' }, info.name)
    return respondObject(scope, 200, transientRevision(found), format)
  }
  if (action !== 'list') throw newPlainError('component statuses are read-only')
  const options = parseListOptions(query)
  if (options.watch) throw newMethodNotSupported(definition, 'watch')
  const selector = compileSelector(definition, options.labelSelector, options.fieldSelector)
  // What is not stored has no version.
  const metadata = {} as ListMeta
  return respondRevisions(scope, healthy.filter((each) => selector.matches(each)).map(transientRevision), metadata, format)
}
