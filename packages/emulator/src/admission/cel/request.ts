/** A request as expressions see it. */
import { type AccessSubject, authorizerValue, resourceCheckValue } from '../../apimachinery/cel/functions/authorization.ts'
import type { CelValue } from '../../apimachinery/cel/index.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { serviceAccountGroups, type UserInfo } from '../../authentication/user-info.ts'
import type { Authorizer } from '../../authorization/attributes.ts'
import type { AdmissionAttributes } from '../../registry/context.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import { inVersion } from '../versions.ts'
import { describeRequest } from '../webhooks/review.ts'
import { fromJson } from './values.ts'

export interface RequestValues {
  attributes: AdmissionAttributes
  /** The version that the object is wanted in. */
  asked: ResourceDefinition
  namespace: KubeObject | undefined
  params?: KubeObject | undefined
  authorizer: Authorizer
}

/** Makers of the values that expressions may refer to. */
export function requestValues({ attributes, asked, namespace, params, authorizer }: RequestValues): Record<string, () => CelValue> {
  const { definition, object, oldObject } = attributes
  const subject = () => subjectOf(attributes.user, authorizer)
  return {
    object: () => fromJson(object && inVersion(object, definition, asked)),
    oldObject: () => fromJson(oldObject && inVersion(oldObject, definition, asked)),
    params: () => fromJson(params),
    namespaceObject: () => fromJson(namespace && withoutManagedFields(namespace)),
    request: () => fromJson(describeRequest(attributes, asked)),
    authorizer: () => authorizerValue(subject()),
    'authorizer.requestResource': () =>
      resourceCheckValue(subject(), {
        group: definition.group,
        resource: definition.resource,
        subresource: attributes.subresource,
        namespace: attributes.namespace,
        name: attributes.name,
      }),
  }
}

function withoutManagedFields({ metadata, spec, status }: KubeObject): unknown {
  const { managedFields: _, ownerReferences: __, ...rest } = metadata
  return { metadata: rest, spec, status }
}

function subjectOf(user: UserInfo, authorizer: Authorizer): AccessSubject {
  return {
    check({ verb, path, ...about }) {
      const { verdict, reason, evaluationError } = authorizer.authorize({
        user,
        verb,
        resourceRequest: path === '',
        version: '*',
        path,
        ...about,
      })
      return { allowed: verdict === 'allow', reason, ...(evaluationError === undefined ? {} : { error: evaluationError }) }
    },
    serviceAccount(namespace, name) {
      const account = `system:serviceaccount:${namespace}:${name}`
      return subjectOf({ name: account, uid: '', groups: serviceAccountGroups(namespace), extra: {} }, authorizer)
    },
  }
}
