import type { UserInfo } from '../authentication/user-info.ts'
import type { Attributes } from '../authorization/attributes.ts'
import type { RequestInfo } from './request-info.ts'
import { selectorRequirements } from './selectors.ts'

/** What an authorizer is asked about a request. */
export function attributesOf(info: RequestInfo, user: UserInfo): Attributes {
  return {
    user,
    verb: info.verb,
    resourceRequest: info.isResourceRequest,
    group: info.apiGroup,
    version: info.apiVersion,
    resource: info.resource,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    path: info.path,
    ...selectorRequirements(info),
  }
}
