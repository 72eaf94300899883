/** ResourceSlices (apis/resource, registry/resource/resourceslice). */
import { type FieldError, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { quote } from '../../apimachinery/quote.ts'
import { emptiedMember } from '../../apimachinery/scheme/emptied.ts'
import { type Fields, validateDNS1123Subdomain, validateImmutable } from '../../apimachinery/validation/index.ts'
import { validateNodeSelector } from '../core/pod/affinity.ts'
import { showInternal } from '../internal-values.ts'
import { specAndStatus } from '../spec-and-status.ts'
import { validateDriverName } from '../storage/provisioner.ts'
import type { Strategy } from '../strategy.ts'
import { validateCounters, validateDevice } from './device.ts'
import { validateSet } from './lists.ts'
import { validatePoolName } from './names.ts'

const path = fieldPath('spec')
const limits = { devices: 128, devicesWithFeatures: 64, counterSets: 8 }

function validate({ spec = {} }: KubeObject, old?: Fields): FieldError[] {
  const { devices, sharedCounters, perDeviceNodeSelection } = spec
  const advanced = (devices ?? []).some(({ taints, consumesCounters }: Fields) => taints?.length > 0 || consumesCounters?.length > 0)
  const given = (field: string) => spec[field] !== undefined || emptiedMember(spec, field) !== undefined
  const both = given('devices') && given('sharedCounters')
  return [
    ...validateDriverName(spec.driver, path.child('driver')),
    ...validatePool(spec.pool ?? {}),
    ...(old ? validateUnchanged(spec, old) : []),
    ...validateNodes(spec),
    ...(both ? [invalid(path, '', 'only one of `sharedCounters` or `devices` is allowed')] : []),
    ...validateSet<Fields>(
      devices,
      advanced ? limits.devicesWithFeatures : limits.devices,
      (device, at) => validateDevice(device, at, perDeviceNodeSelection === true),
      ({ name = '' }) => name,
      path.child('devices'),
    ),
    ...validateSet<Fields>(
      sharedCounters,
      limits.counterSets,
      (set, at) => validateCounters(set, 'name', at),
      ({ name = '' }) => name,
      path.child('sharedCounters'),
    ),
  ]
}

function validatePool({ name, resourceSliceCount: count = 0, generation = 0 }: Fields): FieldError[] {
  const at = path.child('pool')
  return [
    ...validatePoolName(name, at.child('name')),
    ...(count <= 0 ? [invalid(at.child('resourceSliceCount'), count, 'must be greater than zero')] : []),
    ...(generation < 0 ? [invalid(at.child('generation'), generation, 'must be greater than or equal to zero')] : []),
  ]
}

const validateUnchanged = (spec: Fields, old: Fields): FieldError[] => [
  ...validateImmutable(spec['pool']?.name ?? '', old['pool']?.name ?? '', path.child('pool', 'name')),
  ...validateImmutable(spec['driver'] ?? '', old['driver'] ?? '', path.child('driver')),
  ...validateImmutable(spec['nodeName'], old['nodeName'], path.child('nodeName')),
]

/** Where the devices can be used is said in one way of four. */
function validateNodes({ nodeName, nodeSelector, ...flags }: Fields): FieldError[] {
  const errors: FieldError[] = []
  const set: string[] = []
  if (nodeName) {
    set.push('`nodeName`')
    errors.push(...validateDNS1123Subdomain(nodeName, path.child('nodeName')))
  }
  if (nodeName === '') errors.push(invalid(path.child('nodeName'), '', 'must be either unset or set to a non-empty string'))
  if (nodeSelector) {
    set.push('`nodeSelector`')
    errors.push(...validateNodeSelector(nodeSelector, path.child('nodeSelector')))
    const terms: Fields[] = nodeSelector.nodeSelectorTerms ?? []
    const shown = showInternal('[core.NodeSelectorTerm', nodeSelector.nodeSelectorTerms ?? emptiedMember(nodeSelector, 'nodeSelectorTerms'))
    const at = path.child('nodeSelector', 'nodeSelectorTerms')
    if (terms.length !== 1) errors.push(invalid(at, shown, 'must have exactly one node selector term'))
  }
  for (const flag of ['allNodes', 'perDeviceNodeSelection']) {
    if (flags[flag] === true) set.push(`\`${flag}\``)
    if (flags[flag] === false) errors.push(invalid(path.child(flag), false, 'must be either unset or set to true'))
  }
  const needed = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'
  if (set.length === 0) errors.push(required(path, needed))
  if (set.length > 1) errors.push(invalid(path, `{${set.join(', ')}}`, `${needed}, but multiple fields are set`))
  return errors
}

const warnings = ({ spec }: KubeObject): string[] => {
  const driver: string = spec?.driver ?? ''
  if (driver === driver.toLowerCase()) return []
  return [`spec.driver: driver names should be lowercase; ${quote(driver)} contains uppercase characters`]
}

const listAttributes = ['bools', 'ints', 'strings', 'versions']

/** Of features that are off: dropped, unless the stored object has them already. */
function dropDisabledFields(spec: Fields, old?: Fields): void {
  const devices = (of: Fields | undefined): Fields[] => of?.['devices'] ?? []
  const attributes = (of: Fields | undefined) => devices(of).flatMap((device) => Object.values<Fields>(device['attributes'] ?? {}))
  if (!devices(old).some((device) => device['nodeAllocatableResourceMappings']))
    for (const device of devices(spec)) delete device['nodeAllocatableResourceMappings']
  if (attributes(old).some((attribute) => listAttributes.some((name) => attribute?.[name]))) return
  for (const attribute of attributes(spec)) for (const name of listAttributes) delete attribute?.[name]
}

const common = specAndStatus({})

export const resourceSlice: Strategy = {
  returnsDeletedObject: true,
  ...common,
  prepareForCreate(object, context) {
    common.prepareForCreate?.(object, context)
    dropDisabledFields(object['spec'] ?? {})
  },
  prepareForUpdate(object, old, context) {
    common.prepareForUpdate?.(object, old, context)
    dropDisabledFields(object['spec'] ?? {}, old['spec'])
  },
  validate: (object) => validate(object),
  validateUpdate: (object, old) => validate(object, old['spec']),
  warningsOnCreate: warnings,
  warningsOnUpdate: warnings,
  selectableFields: ({ spec }) => ({ 'spec.nodeName': spec?.nodeName ?? '', 'spec.driver': spec?.driver ?? '' }),
  selectableFieldNames: ['spec.nodeName', 'spec.driver'],
  unknownFieldText: (field) => `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${field}`,
}
