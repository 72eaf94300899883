/** ResourceClaims, their templates, and DeviceClasses (apis/resource, registry/resource). */
import { type FieldError, fieldPath, forbidden, invalid } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import {
  type Fields,
  immutableError,
  isDNS1123Subdomain,
  validateAnnotations,
  validateLabels,
} from '../../apimachinery/validation/index.ts'
import { isExtendedName } from '../core/resource-names.ts'
import { showInternal } from '../internal-values.ts'
import { differ, specAndStatus, statusWithoutMetadata } from '../spec-and-status.ts'
import type { Strategy, StrategyContext } from '../strategy.ts'
import { validateClaimStatus } from './claim-status.ts'
import { applyClaimDefaults, validateClaimSpec, validateConfigurations, validateSelectors } from './device-claim.ts'
import { loadSelectorCheck } from './device-selectors.ts'

const path = fieldPath('spec')

const prepare: Strategy['prepare'] = ({ writes }) => (writes ? loadSelectorCheck() : undefined)

const adminLabel = 'resource.kubernetes.io/admin-access'

/** Whoever may write in the namespace must not get at devices that others use, unless the namespace is for that (AuthorizedForAdmin). */
function validateAdminAccess(requests: readonly Fields[], { namespace, lookup }: StrategyContext): FieldError[] {
  const index = requests.findIndex(({ exactly }) => exactly?.adminAccess === true)
  if (index < 0 || lookup({ group: '', resource: 'namespaces' }, '', namespace)?.metadata.labels?.[adminLabel] === 'true') return []
  const at = path.child('devices', 'requests').index(index).child('adminAccess')
  return [forbidden(at, `admin access to devices requires the \`${adminLabel}: true\` label on the containing namespace`)]
}

const specIsImmutable = (object: KubeObject, old: KubeObject, type: string): FieldError[] =>
  differ(object['spec'], old['spec']) ? [invalid(path, showInternal(type, object['spec']), immutableError)] : []

export const resourceClaim: Strategy = {
  prepare,
  metadataChecksOnUpdate: ['object', 'update'],
  returnsDeletedObject: true,
  applyDefaults: ({ spec }) => applyClaimDefaults(spec),
  ...specAndStatus({ emptyStatus: {}, withoutGeneration: true }),
  validate: ({ spec = {} }) => validateClaimSpec(spec, path),
  validateBeforeMetadata: ({ spec = {} }, context) => validateAdminAccess(spec.devices?.requests ?? [], context),
  validateUpdate: (object, old) => specIsImmutable(object, old, 'resource.ResourceClaimSpec'),
  status: { ...statusWithoutMetadata, validateUpdate: validateClaimStatus },
}

function validateTemplate({ spec = {} }: KubeObject): FieldError[] {
  const { metadata = {}, spec: claim = {} }: Fields = spec
  const at = path.child('metadata')
  return [
    ...validateAnnotations(metadata.annotations, at.child('annotations')),
    ...validateLabels(metadata.labels, at.child('labels')),
    ...validateClaimSpec(claim, path.child('spec')),
  ]
}

export const resourceClaimTemplate: Strategy = {
  prepare,
  metadataChecksOnUpdate: ['object', 'update'],
  returnsDeletedObject: true,
  applyDefaults: ({ spec }) => applyClaimDefaults(spec?.spec),
  validate: validateTemplate,
  validateBeforeMetadata: ({ spec = {} }, context) => validateAdminAccess(spec.spec?.devices?.requests ?? [], context),
  validateUpdate: (object, old) => [...validateTemplate(object), ...specIsImmutable(object, old, 'resource.ResourceClaimTemplateSpec')],
}

function validateClass({ spec = {} }: KubeObject): FieldError[] {
  const { selectors, config, extendedResourceName: name } = spec
  const at = path.child('extendedResourceName')
  return [
    ...validateSelectors(selectors, path.child('selectors')),
    ...validateConfigurations(config, path.child('config')),
    ...(name === undefined || isExtendedName(name) ? [] : [invalid(at, name, 'must be a valid extended resource name')]),
  ]
}

export const deviceClass: Strategy = {
  prepare,
  metadataChecksOnUpdate: ['object', 'update'],
  // Prefixes of names are not checked, only the names that come of them.
  nameRule: (name, prefix) => (prefix ? [] : isDNS1123Subdomain(name)),
  returnsDeletedObject: true,
  ...specAndStatus({}),
  validate: validateClass,
  validateUpdate: validateClass,
}
