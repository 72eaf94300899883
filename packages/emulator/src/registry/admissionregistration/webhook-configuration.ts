/** ValidatingWebhookConfigurations and MutatingWebhookConfigurations (apis/admissionregistration, registry/admissionregistration). */
import { duplicate, type FieldError, type FieldPath, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { check, type Fields, isDNS1035Label, validateLabelSelector, validateOneOf } from '../../apimachinery/validation/index.ts'
import { isUsableSelector, validateFullyQualifiedName } from '../field-checks.ts'
import { differ, specAndStatus } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { validateWebhookClient } from '../webhook-client.ts'
import { loadExpressionChecks } from './expressions.ts'
import { validateMatchConditions } from './match-conditions.ts'
import { applyRuleDefaults, failurePolicies, matchPolicies, reinvocationPolicies, validateRule } from './rules.ts'
import { staticNameWarnings } from './static-suffix.ts'

const path = fieldPath('webhooks')
const reviewVersions = ['v1', 'v1beta1']
const harmless = ['None', 'NoneOnDryRun']
const sideEffectClasses = ['None', 'NoneOnDryRun', 'Some', 'Unknown']

const hooksOf = (object: KubeObject): Fields[] => object['webhooks'] ?? []

/** What an update may keep because the stored configuration has it. */
interface Tolerated {
  sideEffects?: boolean
  reviewVersions?: boolean
  duplicateNames?: boolean
  selectorValues?: boolean
  matchConditions?: boolean
}

const defaultsOf = (mutating: boolean) => (object: KubeObject) => {
  for (const hook of hooksOf(object)) {
    hook['failurePolicy'] ??= 'Fail'
    hook['matchPolicy'] ??= 'Equivalent'
    hook['namespaceSelector'] ??= {}
    hook['objectSelector'] ??= {}
    hook['timeoutSeconds'] ??= 10
    if (mutating) hook['reinvocationPolicy'] ??= 'Never'
    if (hook['clientConfig']?.service) hook['clientConfig'].service.port ??= 443
    applyRuleDefaults(hook['rules'])
  }
}

function validate(object: KubeObject, tolerated: Tolerated = {}): FieldError[] {
  const names = hooksOf(object).map(({ name }) => name ?? '')
  return hooksOf(object).flatMap((hook, i) => {
    const repeated = !tolerated.duplicateNames && names[i] !== '' && names.indexOf(names[i]) < i
    return [
      ...validateHook(hook, path.index(i), tolerated),
      ...validateReviewVersions(hook['admissionReviewVersions'] ?? [], path.index(i).child('admissionReviewVersions'), tolerated),
      ...(repeated ? [duplicate(path.index(i).child('name'), names[i])] : []),
    ]
  })
}

function validateHook(hook: Fields, at: FieldPath, tolerated: Tolerated): FieldError[] {
  const { failurePolicy, matchPolicy, reinvocationPolicy, timeoutSeconds: timeout } = hook
  const selectors = { allowInvalidValues: tolerated.selectorValues === true }
  const outOfRange = timeout > 30 || timeout < 1
  return [
    ...validateFullyQualifiedName(hook['name'] ?? '', at.child('name')),
    ...(hook['rules'] ?? []).flatMap((rule: Fields, i: number) => validateRule(rule, at.child('rules').index(i))),
    ...validateOneOf(failurePolicy, failurePolicies, at.child('failurePolicy')),
    ...validateOneOf(matchPolicy, matchPolicies, at.child('matchPolicy')),
    ...validateSideEffects(hook['sideEffects'], at.child('sideEffects'), tolerated),
    ...(outOfRange ? [invalid(at.child('timeoutSeconds'), timeout, 'the timeout value must be between 1 and 30 seconds')] : []),
    ...validateLabelSelector(hook['namespaceSelector'], at.child('namespaceSelector'), selectors),
    ...validateLabelSelector(hook['objectSelector'], at.child('objectSelector'), selectors),
    ...(reinvocationPolicy === undefined ? [] : validateOneOf(reinvocationPolicy, reinvocationPolicies, at.child('reinvocationPolicy'))),
    ...validateWebhookClient(hook['clientConfig'] ?? {}, at.child('clientConfig'), { swapped: true }),
    ...(tolerated.matchConditions ? [] : validateMatchConditions(hook['matchConditions'], at.child('matchConditions'))),
  ]
}

function validateSideEffects(sideEffects: string | null | undefined, at: FieldPath, tolerated: Tolerated): FieldError[] {
  const allowed = tolerated.sideEffects ? sideEffectClasses : harmless
  return sideEffects == null ? [required(at, `must specify one of ${allowed.join(', ')}`)] : validateOneOf(sideEffects, allowed, at)
}

function validateReviewVersions(versions: string[], at: FieldPath, tolerated: Tolerated): FieldError[] {
  if (versions.length === 0) return [required(at, `must specify one of ${reviewVersions.join(', ')}`)]
  const errors = versions.flatMap((version, i) =>
    versions.indexOf(version) < i ? [invalid(at.index(i), version, 'duplicate version')] : check(isDNS1035Label, version, at.index(i)),
  )
  if (tolerated.reviewVersions || versions.some((version) => reviewVersions.includes(version))) return errors
  return [...errors, invalid(at, versions, `must include at least one of ${reviewVersions.join(', ')}`)]
}

function toleratedBy(old: KubeObject, object: KubeObject): Tolerated {
  const hooks = hooksOf(old)
  const conditions = (configuration: KubeObject) => hooksOf(configuration).map(({ matchConditions }) => matchConditions ?? null)
  return {
    sideEffects: hooks.some(({ sideEffects }) => !harmless.includes(sideEffects)),
    reviewVersions: hooks.some(
      ({ admissionReviewVersions: versions }) =>
        versions?.length > 0 && !versions.some((version: string) => reviewVersions.includes(version)),
    ),
    duplicateNames: new Set(hooks.map(({ name }) => name)).size < hooks.length,
    selectorValues: hooks.some(
      ({ namespaceSelector, objectSelector }) => !isUsableSelector(namespaceSelector, path) || !isUsableSelector(objectSelector, path),
    ),
    matchConditions: hooks.length === hooksOf(object).length && !differ(conditions(object), conditions(old)),
  }
}

const webhookConfiguration = (mutating: boolean): Strategy => ({
  prepare: ({ writes }) => (writes ? loadExpressionChecks() : undefined),
  metadataChecksOnUpdate: ['object'],
  allowUnconditionalUpdate: false,
  applyDefaults: defaultsOf(mutating),
  ...specAndStatus({ content: 'webhooks' }),
  validate: (object) => validate(object),
  validateUpdate: (object, old) => validate(object, toleratedBy(old, object)),
  warningsOnCreate: staticNameWarnings,
  warningsOnUpdate: staticNameWarnings,
})

export const validatingWebhookConfiguration = webhookConfiguration(false)
export const mutatingWebhookConfiguration = webhookConfiguration(true)
