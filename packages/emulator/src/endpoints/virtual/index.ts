import type { KubeObject } from '../../apimachinery/object.ts'
import { newMethodNotAllowed } from '../../apimachinery/status-error.ts'
import { reviews } from '../../authorization/reviews/index.ts'
import { ensureNamespace } from '../../registry/store.ts'
import { transientRevision } from '../../registry/store-base.ts'
import { mediaTypeOfBody, readBody } from '../body.ts'
import { decodeObject, wipeSystemFields } from '../handlers/create.ts'
import { respondObject } from '../handlers/result.ts'
import type { ApiResponse } from '../http.ts'
import { negotiateOutput } from '../negotiation/output.ts'
import { parseWriteOptions } from '../options.ts'
import type { Route } from '../routes.ts'
import type { RequestScope } from '../scope.ts'
import { bindPod } from '../subresources/binding.ts'
import { componentStatuses } from './component-statuses.ts'
import { tokenReview } from './token-review.ts'

/** Answers for a resource that is not stored. */
export type VirtualResource = (scope: RequestScope, action: Route['action']) => ApiResponse | Promise<ApiResponse>

/** A resource whose only verb is create: what is posted comes back with an answer. */
const review =
  (answer: (scope: RequestScope, object: KubeObject) => KubeObject | Promise<KubeObject>): VirtualResource =>
  async (scope, action) => {
    if (action !== 'create') throw newMethodNotAllowed()
    const format = negotiateOutput(scope.request, { transforms: true, tables: false })
    const mediaType = mediaTypeOfBody(scope.request)
    const body = await readBody(scope.request)
    const options = parseWriteOptions(scope.query, 'CreateOptions')
    const object = decodeObject(scope, body, mediaType, options)
    wipeSystemFields(object)
    ensureNamespace(object, scope.definition.namespaced ? scope.info.namespace : '')
    scope.services.managedFields.onWrite(scope, undefined, object, options)
    const answered = await answer(scope, object)
    return respondObject(scope, 201, transientRevision(scope.definition.codec.normalize(answered)), format)
  }

const accessReviews = Object.fromEntries(
  Object.entries(reviews).map(([name, answer]): [string, VirtualResource] => [
    name,
    review((scope, object) =>
      answer({ object, user: scope.user, namespace: scope.info.namespace, authorizer: scope.services.authorizer, clock: scope.clock }),
    ),
  ]),
)

/** By `group/resource`. */
export const virtualResources: Readonly<Record<string, VirtualResource>> = {
  ...accessReviews,
  'authentication.k8s.io/tokenreviews': review(tokenReview),
  '/bindings': (scope, action) => {
    if (action !== 'create') throw newMethodNotAllowed()
    return bindPod(scope, undefined)
  },
  '/componentstatuses': componentStatuses,
}
