import type { FieldError } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { orderMetadata } from '../../apimachinery/order-metadata.ts'
import { newBadRequest, newInvalid } from '../../apimachinery/status-error.ts'
import type { UserInfo } from '../../authentication/user-info.ts'
import type { Attributes, Authorizer } from '../attributes.ts'
import type { Review, ReviewRequest } from './review.ts'
import { type ParsedSelector, readFieldSelector, readLabelSelector, type SelectorAttributes } from './selectors.ts'
import { validateLocalSubjectAccessReview, validateSelfSubjectAccessReview, validateSubjectAccessReview } from './validation.ts'

/** May the one who asks do this? */
export const selfSubjectAccessReview: Review = (request) => {
  const review = checked(request, validateSelfSubjectAccessReview)
  return answer(review, request.user, request.authorizer)
}

/** May this user do this? The user's groups are those of the review, none is added. */
export const subjectAccessReview: Review = (request) => {
  const review = checked(request, validateSubjectAccessReview)
  return answer(review, subjectOf(review), request.authorizer)
}

/** As a SubjectAccessReview, about one namespace. */
export const localSubjectAccessReview: Review = (request) => {
  const review = checked(request, validateLocalSubjectAccessReview)
  return answer(review, subjectOf(review), request.authorizer)
}

function checked({ object, namespace }: ReviewRequest, validate: (review: KubeObject) => FieldError[]): KubeObject {
  const given = object.metadata?.namespace ?? ''
  if (namespace !== '' && given !== '' && given !== namespace) {
    throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  const { namespace: _, ...metadata } = object.metadata ?? {}
  const review = { ...object, metadata: namespace === '' ? metadata : orderMetadata({ ...metadata, namespace }, false) }
  const errors = validate(review)
  // The server forgets the kind before it makes this error.
  if (errors.length > 0) throw newInvalid({ group: 'authorization.k8s.io', kind: '' }, '', errors)
  return review
}

const subjectOf = ({ spec: { user = '', uid = '', groups, extra } }: KubeObject): UserInfo => ({
  name: user,
  uid,
  groups: groups ?? [],
  extra: extra ?? {},
})

function answer({ apiVersion, kind, metadata, spec }: KubeObject, user: UserInfo, authorizer: Authorizer): KubeObject {
  const { attributes, errors } = spec.resourceAttributes
    ? resourceQuestion(spec.resourceAttributes, user)
    : urlQuestion(spec.nonResourceAttributes, user)
  const { verdict, reason, evaluationError } = authorizer.authorize(attributes)
  const problems = [...(evaluationError === undefined ? [] : [evaluationError]), ...errors].join('; ')
  const status = {
    allowed: verdict === 'allow',
    ...(verdict === 'deny' ? { denied: true } : {}),
    ...(reason === '' ? {} : { reason }),
    ...(problems === '' ? {} : { evaluationError: problems }),
  }
  return { apiVersion, kind, metadata, spec, status }
}

interface Question {
  attributes: Attributes
  errors: string[]
}

interface ResourceAttributes {
  namespace?: string
  verb?: string
  group?: string
  version?: string
  resource?: string
  subresource?: string
  name?: string
  fieldSelector?: SelectorAttributes
  labelSelector?: SelectorAttributes
}

function resourceQuestion(asked: ResourceAttributes, user: UserInfo): Question {
  const { verb = '', group = '', resource = '', subresource = '', namespace = '', name = '' } = asked
  const fields = readFieldSelector(asked.fieldSelector)
  const labels = readLabelSelector(asked.labelSelector)
  return {
    attributes: {
      ...{ user, verb, resourceRequest: true, group, version: asked.version || '*', resource, subresource, namespace, name, path: '' },
      ...(fields.requirements === undefined ? {} : { fieldSelector: fields.requirements }),
      ...(labels.requirements === undefined ? {} : { labelSelector: labels.requirements }),
    },
    errors: [...selectorError('fieldSelector', fields), ...selectorError('labelSelector', labels)],
  }
}

function selectorError(field: string, { requirements, failed }: ParsedSelector): string[] {
  if (!failed) return []
  return [`spec.resourceAttributes.${field} ${requirements === undefined ? 'ignored' : 'partially ignored'} due to parse error`]
}

function urlQuestion({ path = '', verb = '' }: { path?: string; verb?: string }, user: UserInfo): Question {
  const nothing = { group: '', version: '', resource: '', subresource: '', namespace: '', name: '' }
  return { attributes: { user, verb, path, resourceRequest: false, ...nothing }, errors: [] }
}
