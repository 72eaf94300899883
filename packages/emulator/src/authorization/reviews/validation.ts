import { type FieldError, type FieldPath, fieldPath, forbidden, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject, ObjectMeta } from '../../apimachinery/object.ts'
import { validateLabelSelectorRequirement } from '../../apimachinery/validation/index.ts'
import type { SelectorRequirement } from '../attributes.ts'
import type { SelectorAttributes } from './selectors.ts'

const spec = fieldPath('spec')

/** Checks a SubjectAccessReview (kubernetes, pkg/apis/authorization/validation). */
export function validateSubjectAccessReview(review: KubeObject): FieldError[] {
  return [...validateSpec(review, true), ...validateMetadata(review.metadata, 'must be empty')]
}

/** As for others, but the subject is the one who asks. */
export function validateSelfSubjectAccessReview(review: KubeObject): FieldError[] {
  return [...validateSpec(review, false), ...validateMetadata(review.metadata, 'must be empty')]
}

/** As for others, but about one namespace only. */
export function validateLocalSubjectAccessReview(review: KubeObject): FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = review.spec ?? {}
  const { namespace = '', ...rest } = review.metadata
  const errors = validateSpec(review, true)
  if (!isEmptyMetadata(rest)) errors.push(invalid('metadata', review.metadata, 'must be empty except for namespace'))
  const asked = resourceAttributes?.namespace ?? ''
  if (isGiven(resourceAttributes) && asked !== namespace) {
    errors.push(invalid(spec.child('resourceAttributes', 'namespace'), asked, 'must match metadata.namespace'))
  }
  if (isGiven(nonResourceAttributes)) {
    errors.push(invalid(spec.child('nonResourceAttributes'), showUrl(nonResourceAttributes), 'disallowed on this kind of request'))
  }
  return errors
}

const isGiven = (value: unknown) => value !== undefined && value !== null

/** Errors show these attributes as Go names their fields. */
const showUrl = ({ path = '', verb = '' }: { path?: string; verb?: string }) => ({ Path: path, Verb: verb })

function validateSpec({ spec: given = {} }: KubeObject, withSubject: boolean): FieldError[] {
  const { resourceAttributes, nonResourceAttributes, user = '', groups } = given ?? {}
  const errors: FieldError[] = []
  if (isGiven(resourceAttributes) && isGiven(nonResourceAttributes)) {
    const detail = 'cannot be specified in combination with resourceAttributes'
    errors.push(invalid(spec.child('nonResourceAttributes'), showUrl(nonResourceAttributes), detail))
  }
  if (!isGiven(resourceAttributes) && !isGiven(nonResourceAttributes)) {
    const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
    errors.push(invalid(spec.child('resourceAttributes'), null, detail))
  }
  if (withSubject && user === '' && (groups ?? []).length === 0) {
    errors.push(invalid(spec.child('user'), user, 'at least one of user or group must be specified'))
  }
  const path = spec.child('resourceAttributes')
  errors.push(...validateSelector(resourceAttributes?.fieldSelector, path.child('fieldSelector'), validateFieldRequirement))
  errors.push(...validateSelector(resourceAttributes?.labelSelector, path.child('labelSelector'), validateLabelRequirement))
  return errors
}

function validateMetadata(metadata: ObjectMeta, detail: string): FieldError[] {
  return isEmptyMetadata(metadata) ? [] : [invalid('metadata', metadata, detail)]
}

function isEmptyMetadata({ managedFields: _, ...rest }: ObjectMeta): boolean {
  return Object.values(rest).every(
    (value) => !isGiven(value) || value === '' || (typeof value === 'object' && Object.keys(value).length === 0),
  )
}

type RequirementCheck = (requirement: SelectorRequirement, path: FieldPath) => FieldError[]

function validateSelector(selector: SelectorAttributes | null | undefined, path: FieldPath, check: RequirementCheck): FieldError[] {
  if (selector === undefined || selector === null) return []
  const { rawSelector = '' } = selector
  const requirements = selector.requirements ?? []
  const errors: FieldError[] = []
  if (rawSelector !== '' && requirements.length > 0) {
    errors.push(invalid(path.child('rawSelector'), rawSelector, 'may not specified at the same time as requirements'))
  }
  if (rawSelector === '' && requirements.length === 0) {
    errors.push(required(path.child('requirements'), `when ${path} is specified, requirements or rawSelector is required`))
  }
  return [...errors, ...requirements.flatMap((requirement, i) => check(requirement, path.child('requirements').index(i)))]
}

/** Operators that this server does not know may be those of newer ones. */
const validateLabelRequirement: RequirementCheck = (requirement, path) =>
  validateLabelSelectorRequirement(requirement, path, { allowUnknownOperators: true })

const validateFieldRequirement: RequirementCheck = ({ key = '', operator, values }, path) => {
  const errors = key === '' ? [required(path.child('key'), 'must be specified')] : []
  const count = (values ?? []).length
  if ((operator === 'In' || operator === 'NotIn') && count === 0) {
    errors.push(required(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"))
  }
  if ((operator === 'Exists' || operator === 'DoesNotExist') && count > 0) {
    errors.push(forbidden(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
  }
  return errors
}
