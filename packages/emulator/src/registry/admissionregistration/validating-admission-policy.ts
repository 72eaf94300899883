/** ValidatingAdmissionPolicies (apis/admissionregistration, registry/admissionregistration/validatingadmissionpolicy). */
import { duplicate, type FieldError, type FieldPath, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { byteLength, check, type Fields, isQualifiedName, validateOneOf } from '../../apimachinery/validation/index.ts'
import { validateConditions } from '../conditions.ts'
import { showInternal } from '../internal-values.ts'
import { specAndStatus, statusWithoutMetadata } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { applyPolicyDefaults, specPath, validatePolicy } from './admission-policy.ts'
import type { PolicyChecks } from './cel/checks.ts'
import { expressionChecks, expressionError, loadExpressionChecks } from './expressions.ts'
import { staticNameWarnings } from './static-suffix.ts'

const maxAnnotations = 20
const maxValueExpressionBytes = 5 * 1024

function validate({ metadata, spec }: KubeObject, old?: Fields): FieldError[] {
  const [validations, annotations]: Fields[][] = [spec.validations ?? [], spec.auditAnnotations ?? []]
  const empty = 'validations or auditAnnotations must contain at least one item'
  const checks = expressionChecks()?.checksOfPolicy(spec)
  const errors = validatePolicy(spec, old, checks)
  if (validations!.length === 0 && annotations!.length === 0) {
    return [...errors, required(specPath.child('validations'), empty), required(specPath.child('auditAnnotations'), empty)]
  }
  return [
    ...errors,
    ...validations!.flatMap((validation, i) => validateValidation(validation, specPath.child('validations').index(i), checks)),
    ...validateAuditAnnotations(annotations!, metadata.name ?? '', specPath.child('auditAnnotations'), checks),
  ]
}

function validateValidation(
  { expression = '', message = '', messageExpression = '', reason }: Fields,
  path: FieldPath,
  checks: PolicyChecks | undefined,
): FieldError[] {
  const blank = (text: string) => text !== '' && text.trim() === ''
  const mustHave = 'must be non-empty if specified'
  const errors: FieldError[] = []
  if (expression.trim() === '') errors.push(required(path.child('expression'), 'expression is not specified'))
  else errors.push(...expressionError(checks?.validation(expression), expression, path.child('expression')))
  if (messageExpression.trim() !== '') {
    errors.push(...expressionError(checks?.message(messageExpression), messageExpression, path.child('messageExpression')))
  }
  if (blank(messageExpression)) errors.push(invalid(path.child('messageExpression'), messageExpression, mustHave))
  if (blank(message)) errors.push(invalid(path.child('message'), message, mustHave))
  else if (/[\n\r]/.test(message.trim())) errors.push(invalid(path.child('message'), message, 'must not contain line breaks'))
  if (reason == null) return errors
  return [...errors, ...validateOneOf(reason, ['Forbidden', 'Invalid', 'RequestEntityTooLarge'], path.child('reason'))]
}

function validateAuditAnnotations(annotations: Fields[], policy: string, path: FieldPath, checks: PolicyChecks | undefined): FieldError[] {
  const keys = annotations.map(({ key }) => key ?? '')
  const shown = annotations.map((annotation) => showInternal('admissionregistration.AuditAnnotation', annotation))
  const tooMany = annotations.length > maxAnnotations
  return [
    ...(tooMany ? [invalid(path, shown, `must not have more than ${maxAnnotations} auditAnnotations`)] : []),
    ...annotations.flatMap(({ valueExpression = '' }, i) => {
      const keyPath = path.index(i).child('key')
      return [
        ...(policy === ''
          ? [invalid(keyPath, keys[i], 'requires metadata.name be non-empty')]
          : check(isQualifiedName, `${policy}/${keys[i]}`, keyPath)),
        ...validateValueExpression(valueExpression, path.index(i).child('valueExpression'), checks),
        ...(keys.indexOf(keys[i]) < i ? [duplicate(keyPath, keys[i])] : []),
      ]
    }),
  ]
}

function validateValueExpression(expression: string, path: FieldPath, checks: PolicyChecks | undefined): FieldError[] {
  if (expression.trim() === '') return [required(path, 'valueExpression is not specified')]
  if (byteLength(expression.trim()) <= maxValueExpressionBytes) return expressionError(checks?.annotation(expression), expression, path)
  return [required(path, `must not exceed ${maxValueExpressionBytes} bytes in length`)]
}

function validateStatus({ status = {} }: KubeObject): FieldError[] {
  const path = fieldPath('status')
  const warningsPath = path.child('typeChecking', 'expressionWarnings')
  const warnings: Fields[] = status.typeChecking?.expressionWarnings ?? []
  return [
    ...warnings.flatMap(({ warning = '', fieldRef = '' }, i) => [
      ...(warning === '' ? [required(warningsPath.index(i).child('warning'))] : []),
      ...(fieldRef.trim() === '' ? [required(warningsPath.index(i).child('fieldRef'))] : []),
    ]),
    ...validateConditions(status.conditions, path.child('conditions')),
  ]
}

export const validatingAdmissionPolicy: Strategy = {
  prepare: ({ writes }) => (writes ? loadExpressionChecks() : undefined),
  metadataChecksOnUpdate: ['object'],
  allowUnconditionalUpdate: false,
  applyDefaults: applyPolicyDefaults,
  ...specAndStatus({ emptyStatus: {} }),
  validate: (object) => validate(object),
  validateUpdate: (object, old) => validate(object, old['spec']),
  warningsOnCreate: staticNameWarnings,
  warningsOnUpdate: staticNameWarnings,
  status: { metadataChecksOnUpdate: [], ...statusWithoutMetadata, validateUpdate: validateStatus },
}
