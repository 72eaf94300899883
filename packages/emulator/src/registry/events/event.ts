/** Events of both groups (core/validation/events.go, registry/core/event). Those of events.k8s.io are held to stricter rules. */
import { type FieldError, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { byteLength, check, immutableError, isDNS1123Subdomain, isQualifiedName } from '../../apimachinery/validation/index.ts'
import { validateMetadataAgain, validateMetadataUpdateAgain } from '../core/metadata.ts'
import { showInternal } from '../internal-values.ts'
import { differ } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { eventToCore } from './convert.ts'

/** The paths in messages are those of core/v1 for both groups, but for the controller's. */
const controllerFields = { core: 'reportingComponent', modern: 'reportingController' } as const
type Flavour = keyof typeof controllerFields

const namespacePath = fieldPath('involvedObject').child('namespace')

function validateCommon(event: KubeObject, flavour: Flavour): FieldError[] {
  const { namespace = '' } = event.metadata
  return [
    ...(event['eventTime'] ? validateWithTime(event, flavour) : validateInvolvedNamespace(event)),
    ...check(isDNS1123Subdomain, namespace, fieldPath('namespace')),
  ]
}

const wrongNamespace = (involved: string) => [invalid(namespacePath, involved, 'does not match event.namespace')]

function validateInvolvedNamespace({ metadata: { namespace = '' }, involvedObject }: KubeObject): FieldError[] {
  const involved = involvedObject?.namespace ?? ''
  const expected = involved === '' ? ['', 'default'].includes(namespace) : involved === namespace
  return expected ? [] : wrongNamespace(involved)
}

function validateWithTime(event: KubeObject, flavour: Flavour): FieldError[] {
  const { reportingComponent: controller = '', message = '', involvedObject, metadata } = event
  const involved = involvedObject?.namespace ?? ''
  const misplaced = involved === '' && metadata.namespace !== 'default' && metadata.namespace !== 'kube-system'
  const at = fieldPath(controllerFields[flavour])
  const errors = misplaced ? wrongNamespace(involved) : []
  if (controller === '') errors.push(required(at))
  errors.push(...check(isQualifiedName, controller, at))
  for (const field of ['reportingInstance', 'action', 'reason']) {
    const value: string = event[field] ?? ''
    if (value === '') errors.push(required(field))
    if (byteLength(value) > 128) errors.push(invalid(field, '', 'can have at most 128 characters'))
  }
  return byteLength(message) > 1024 ? [...errors, invalid('message', '', 'can have at most 1024 characters')] : errors
}

function validateSeries({ series }: KubeObject): FieldError[] {
  if (!series) return []
  return [
    ...((series.count ?? 0) < 2 ? [invalid('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [required('series.lastObservedTime')]),
  ]
}

function validateModern(event: KubeObject): FieldError[] {
  const { type = '', source = {} } = event
  const unset = ['firstTimestamp', 'lastTimestamp', 'count'].filter((field) => event[field])
  if (source.component || source.host) unset.push('source')
  return [
    ...validateSeries(event),
    ...(event['eventTime'] ? [] : [required('eventTime')]),
    ...(type === 'Normal' || type === 'Warning' ? [] : [invalid('type', '', `has invalid value: ${type}`)]),
    ...unset.map((field) => invalid(field, '', 'needs to be unset')),
  ]
}

/** In the order in which the server checks them; reason comes twice. */
const immutableFields: readonly [field: string, type: string][] = [
  ['involvedObject', 'core.ObjectReference'],
  ['reason', 's'],
  ['message', 's'],
  ['source', 'core.EventSource'],
  ['firstTimestamp', '='],
  ['lastTimestamp', '='],
  ['count', 'n'],
  ['reason', 's'],
  ['type', 's'],
  ['eventTime', '='],
  ['action', 's'],
  ['related', '*core.ObjectReference'],
  ['reportingComponent', 's'],
  ['reportingInstance', 's'],
]

function validateModernUpdate(event: KubeObject, old: KubeObject): FieldError[] {
  const seriesErrors = differ(event['series'], old['series']) ? validateSeries(event) : []
  const changed = immutableFields.filter(([field, type]) => differ(showInternal(type, event[field]), showInternal(type, old[field])))
  const nameOf = (field: string) => (field === controllerFields.core ? controllerFields.modern : field)
  return [...seriesErrors, ...changed.map(([field, type]) => invalid(nameOf(field), showInternal(type, event[field]), immutableError))]
}

const involvedFields = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']

function selectFields(event: KubeObject, involved: string, controller: string): Record<string, string> {
  const { involvedObject = {}, reason = '', reportingComponent = '', type = '', source = {} } = eventToCore(event)
  return {
    ...Object.fromEntries(involvedFields.map((field) => [`${involved}.${field}`, involvedObject[field] ?? ''])),
    reason,
    [controller]: reportingComponent,
    ...(controller === controllerFields.core ? { source: source.component || reportingComponent } : {}),
    type,
  }
}

const common: Strategy = {
  allowCreateOnUpdate: true,
  defaultGarbageCollectionPolicy: () => 'unsupported',
}

const namesOf = (involved: string, ...others: string[]) => [
  ...involvedFields.map((field) => `${involved}.${field}`),
  'reason',
  'type',
  ...others,
]

/** Events of the core group. */
export const coreEvent: Strategy = {
  ...common,
  metadataChecksOnCreate: 'own',
  metadataChecksOnUpdate: [],
  validate: (event) => validateCommon(event, 'core'),
  validateUpdate: (event) => validateCommon(event, 'core'),
  selectableFields: (event) => selectFields(event, 'involvedObject', controllerFields.core),
  selectableFieldNames: namesOf('involvedObject', controllerFields.core, 'source'),
}

/** Events of the group events.k8s.io. */
export const modernEvent: Strategy = {
  ...common,
  metadataChecksOnCreate: 'own',
  metadataChecksOnUpdate: [],
  validate(event) {
    const core = eventToCore(event)
    return [...validateCommon(core, 'modern'), ...validateMetadataAgain(event), ...validateModern(core)]
  },
  validateUpdate(event, old) {
    const core = eventToCore(event)
    return [...validateCommon(core, 'modern'), ...validateMetadataUpdateAgain(event, old), ...validateModernUpdate(core, eventToCore(old))]
  },
  selectableFields: (event) => selectFields(event, 'regarding', controllerFields.modern),
  selectableFieldNames: namesOf('regarding', controllerFields.modern),
}
