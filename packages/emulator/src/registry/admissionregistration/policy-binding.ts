/** Bindings of admission policies (apis/admissionregistration, registry/admissionregistration). */
import { duplicate, type FieldError, type FieldPath, fieldPath, forbidden, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import {
  check,
  type Fields,
  pathSegmentName,
  validateDNS1123Subdomain,
  validateLabelSelector,
  validateOneOf,
  validateRequiredOneOf,
} from '../../apimachinery/validation/index.ts'
import { specAndStatus } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { applyMatchDefaults, validateMatchResources, validateMutatingOperations } from './rules.ts'
import { staticNameWarnings } from './static-suffix.ts'

const specPath = fieldPath('spec')
const actionsPath = specPath.child('validationActions')
const matchPath = specPath.child('matchResources')

function validateCommon({ policyName = '', paramRef, matchResources }: Fields): FieldError[] {
  const namePath = specPath.child('policyName')
  return [
    ...(policyName === '' ? [required(namePath)] : validateDNS1123Subdomain(policyName, namePath)),
    ...(paramRef ? validateParamRef(paramRef, specPath.child('paramRef')) : []),
    ...(matchResources ? validateMatchResources(matchResources, matchPath) : []),
  ]
}

function validateParamRef({ name = '', selector, parameterNotFoundAction }: Fields, path: FieldPath): FieldError[] {
  const exclusive = 'name and selector are mutually exclusive'
  const both = name !== '' && selector
  return [
    ...check((value) => pathSegmentName(value, false), name, path.child('name')),
    ...(both ? [forbidden(path.child('name'), exclusive)] : []),
    ...validateLabelSelector(selector, path.child('selector')),
    ...(both ? [forbidden(path.child('selector'), exclusive)] : []),
    ...(name === '' && !selector ? [required(path, 'one of name or selector must be specified')] : []),
    ...validateRequiredOneOf(parameterNotFoundAction, ['Deny', 'Allow'], path.child('parameterNotFoundAction')),
  ]
}

function validateActions(actions: string[]): FieldError[] {
  const exclusive =
    'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)'
  return [
    ...actions.flatMap((action, i) => [
      ...validateOneOf(action, ['Audit', 'Deny', 'Warn'], actionsPath.index(i)),
      ...(actions.indexOf(action) < i ? [duplicate(actionsPath.index(i), action)] : []),
    ]),
    ...(actions.includes('Deny') && actions.includes('Warn') ? [invalid(actionsPath, actions, exclusive)] : []),
    ...(actions.length === 0 ? [required(actionsPath, 'at least one validation action is required')] : []),
  ]
}

function binding(validate: (spec: Fields) => FieldError[]): Strategy {
  const validateObject = ({ spec = {} }: KubeObject) => validate(spec)
  return {
    metadataChecksOnUpdate: ['object'],
    allowUnconditionalUpdate: false,
    applyDefaults({ spec }) {
      if (spec?.matchResources) applyMatchDefaults(spec.matchResources)
    },
    ...specAndStatus({}),
    validate: validateObject,
    validateUpdate: validateObject,
    warningsOnCreate: staticNameWarnings,
    warningsOnUpdate: staticNameWarnings,
  }
}

export const validatingAdmissionPolicyBinding = binding((spec) => [
  ...validateCommon(spec),
  ...validateActions(spec['validationActions'] ?? []),
])

export const mutatingAdmissionPolicyBinding = binding((spec) => [
  ...validateCommon(spec),
  ...validateMutatingOperations(spec['matchResources'] ?? {}, matchPath),
])
