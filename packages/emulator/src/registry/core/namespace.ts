import { formatTime } from '../../apimachinery/clock.ts'
import { type FieldError, fieldPath, invalid } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { nameIsDNSLabel, validateFinalizerName } from '../../apimachinery/validation/index.ts'
import { keepField } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { validateKubeFinalizer, validateKubeFinalizers } from './finalizers.ts'
import { validateMetadataAgain } from './metadata.ts'

const nameLabel = 'kubernetes.io/metadata.name'
const finalizersPath = fieldPath('spec').child('finalizers')

/** A namespace bears its name as a label, so that selectors can name it. */
function addNameLabel({ metadata }: KubeObject): void {
  if (metadata.name) metadata.labels = { ...metadata.labels, [nameLabel]: metadata.name }
}

function applyDefaults(namespace: KubeObject): void {
  addNameLabel(namespace)
  namespace['spec'] ??= {}
  namespace['status'] ??= {}
  namespace['status'].phase ||= 'Active'
}

/** All errors stand at the list, except on the finalize subresource. */
function validateFinalizers({ spec }: KubeObject, indexed: boolean): FieldError[] {
  const finalizers: string[] = spec?.finalizers ?? []
  return finalizers.flatMap((name, i) => {
    const at = indexed ? finalizersPath.index(i) : finalizersPath
    return [...validateFinalizerName(name, at), ...validateKubeFinalizer(name, at)]
  })
}

function validatePhase({ metadata, status = {} }: KubeObject): FieldError[] {
  const deleted = metadata.deletionTimestamp !== undefined
  if (status.phase === (deleted ? 'Terminating' : 'Active')) return []
  const text = deleted
    ? "may only be 'Terminating' if `deletionTimestamp` is not empty"
    : "may only be 'Active' if `deletionTimestamp` is empty"
  return [invalid('status.Phase', status.phase ?? '', text)]
}

export const namespaceStrategy: Strategy = {
  applyDefaults,
  prepareForCreate(namespace) {
    addNameLabel(namespace)
    namespace['status'] = { phase: 'Active' }
    const finalizers: string[] = namespace['spec'].finalizers ?? []
    if (!finalizers.includes('kubernetes')) namespace['spec'].finalizers = [...finalizers, 'kubernetes']
  },
  prepareForUpdate(namespace, old) {
    keepField(namespace['spec'], old['spec'] ?? {}, 'finalizers')
    keepField(namespace, old, 'status')
  },
  validate: (namespace) => [...validateKubeFinalizers(namespace.metadata), ...validateFinalizers(namespace, false)],
  validateUpdate: (namespace) => [
    ...validateMetadataAgain(namespace, nameIsDNSLabel, false),
    ...validateFinalizers(namespace, false),
    ...validateKubeFinalizers(namespace.metadata),
  ],
  beginDeletion(namespace, now) {
    const { metadata } = namespace
    if (metadata.deletionTimestamp === undefined) {
      metadata.deletionTimestamp = formatTime(now)
      namespace['status'] = { ...namespace['status'], phase: 'Terminating' }
      return 'begin'
    }
    return (namespace['spec']?.finalizers ?? []).length > 0 ? 'wait' : undefined
  },
  nameRule: nameIsDNSLabel,
  returnsDeletedObject: true,
  selectableFields: ({ status = {} }) => ({ 'status.phase': status.phase ?? '' }),
  selectableFieldNames: ['status.phase'],
  status: {
    prepareForUpdate: (namespace, old) => keepField(namespace, old, 'spec'),
    validateUpdate: (namespace) => [...validateKubeFinalizers(namespace.metadata), ...validatePhase(namespace)],
  },
  subresources: {
    finalize: {
      prepareForUpdate: (namespace, old) => keepField(namespace, old, 'status'),
      validateUpdate: (namespace) => [...validateKubeFinalizers(namespace.metadata), ...validateFinalizers(namespace, true)],
    },
  },
}
