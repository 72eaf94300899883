/** IngressClasses (apis/networking, registry/networking/ingressclass). */
import { type FieldError, fieldPath, forbidden, required, tooLong } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import {
  byteLength,
  type Fields,
  nameIsDNSSubdomain,
  validateDNS1123Label,
  validateImmutable,
  validateOneOf,
} from '../../apimachinery/validation/index.ts'
import { validateMetadataAgain, validateMetadataUpdateAgain } from '../core/metadata.ts'
import { validateDomainPrefixedPath } from '../field-checks.ts'
import { specAndStatus } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { validateKindReference } from './references.ts'

const specPath = fieldPath('spec')
const controllerPath = specPath.child('controller')
const maxControllerBytes = 250

function validate({ spec = {} }: KubeObject): FieldError[] {
  const { controller = '', parameters } = spec
  return [
    ...(byteLength(controller) > maxControllerBytes ? [tooLong(controllerPath, maxControllerBytes)] : []),
    ...validateDomainPrefixedPath(controller, controllerPath),
    ...(parameters ? validateParameters(parameters) : []),
  ]
}

function validateParameters(parameters: Fields): FieldError[] {
  const path = specPath.child('parameters')
  return [
    ...validateKindReference(parameters, path),
    ...validateOneOf(parameters['scope'], ['Cluster', 'Namespace'], path.child('scope')),
    ...validateNamespace(parameters),
  ]
}

function validateNamespace({ scope, namespace }: Fields): FieldError[] {
  const path = specPath.child('parameters', 'namespace')
  if (scope === 'Cluster') return namespace === undefined ? [] : [forbidden(path, "`parameters.scope` is set to 'Cluster'")]
  if (scope !== 'Namespace') return []
  return namespace === undefined ? [required(path, "`parameters.scope` is set to 'Namespace'")] : validateDNS1123Label(namespace, path)
}

export const ingressClass: Strategy = {
  metadataChecksOnUpdate: [],
  applyDefaults({ spec }) {
    if (spec?.parameters) spec.parameters.scope ??= 'Cluster'
  },
  ...specAndStatus({}),
  validate,
  validateUpdate: (object, old) => [
    ...validateMetadataUpdateAgain(object, old),
    ...validateImmutable(object['spec']?.controller ?? '', old['spec']?.controller ?? '', controllerPath),
    ...validateMetadataAgain(object, nameIsDNSSubdomain, false),
    ...validate(object),
  ],
}
