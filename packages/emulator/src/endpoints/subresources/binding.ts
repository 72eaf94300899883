import { formatTime } from '../../apimachinery/clock.ts'
import { deepCopy } from '../../apimachinery/deep-copy.ts'
import { type FieldError, notSupported, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { newBadRequest, newConflict, newNotFound, newPlainError } from '../../apimachinery/status-error.ts'
import { ensureNamespace } from '../../registry/store.ts'
import { mediaTypeOfBody, readBody } from '../body.ts'
import { admissionAttributes, writeContext } from '../handlers/create.ts'
import type { ApiResponse } from '../http.ts'
import { negotiateOutput } from '../negotiation/output.ts'
import { parseWriteOptions } from '../options.ts'
import type { RequestScope } from '../scope.ts'
import { respondValue, successStatus } from './respond.ts'

/** Puts a Pod on a node: `pods/NAME/binding`, or a Binding posted to the collection. */
export async function bindPod(scope: RequestScope, podName: string | undefined): Promise<ApiResponse> {
  const { registry, info, request } = scope
  negotiateOutput(request, { transforms: true })
  const mediaType = mediaTypeOfBody(request)
  const body = await readBody(request)
  const options = parseWriteOptions(scope.query, 'CreateOptions')
  const bindings = registry.catalog.find('', 'v1', 'bindings')!
  const { object, warnings } = bindings.codec.decode(body, mediaType, options.fieldValidation)
  for (const text of warnings) scope.warnings.add(text)
  ensureNamespace(object, info.namespace)
  const name = podName ?? object.metadata.name ?? ''
  if (podName !== undefined && object.metadata.name !== podName) throw newBadRequest('name in URL does not match name in Binding object')
  const pods = registry.storeOf('', 'pods')!
  const attributes = admissionAttributes(scope, options, { operation: 'CREATE', object, oldObject: undefined, name })
  await registry.admission.admit(attributes)
  if (name !== (object.metadata.name ?? '')) throw newBadRequest('name in URL does not match name in Binding object')
  validateBinding(object)
  await registry.admission.validate(attributes)
  if (name === '') throw newBadRequest('Name parameter required.')
  const target = (object['target'] as { name: string }).name
  const { uid = '', resourceVersion } = object.metadata
  await pods.update({
    name,
    subresource: 'binding',
    unchecked: true,
    preconditions: { ...(uid === '' ? {} : { uid }), ...(resourceVersion ? { resourceVersion } : {}) },
    context: writeContext({ ...scope, definition: pods.definition }, options),
    change(existing) {
      if (existing === undefined) throw newNotFound(pods.definition, name)
      return assign(existing, target, object, scope.clock.now())
    },
    validateCreate: () => {},
    validateUpdate: () => {},
  })
  return respondValue(scope, 201, successStatus)
}

function validateBinding(binding: KubeObject): void {
  const target = (binding['target'] ?? {}) as { kind?: string; name?: string }
  const errors: FieldError[] = []
  if ((target.kind ?? '') !== '' && target.kind !== 'Node') errors.push(notSupported('target.kind', target.kind, ['Node', '<empty>']))
  if ((target.name ?? '') === '') errors.push(required('target.name'))
  const texts = errors.map(({ field, message }) => `${field}: ${message}`).join(', ')
  if (errors.length > 0) throw newPlainError(errors.length > 1 ? `[${texts}]` : texts)
}

function assign(existing: KubeObject, node: string, binding: KubeObject, now: number): KubeObject {
  const pods = { group: '', resource: 'pods/binding' }
  const pod = deepCopy(existing)
  const name = pod.metadata.name!
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw newConflict(pods, name, `pod ${name} is being deleted, cannot be assigned to a host`)
  }
  const spec = pod['spec'] as { nodeName?: string; schedulingGates?: unknown[] }
  if (spec.nodeName) throw newConflict(pods, name, `pod ${name} is already assigned to node "${spec.nodeName}"`)
  if ((spec.schedulingGates ?? []).length > 0) throw newConflict(pods, name, `pod ${name} has non-empty .spec.schedulingGates`)
  spec.nodeName = node
  const { annotations, labels } = binding.metadata
  if (annotations !== undefined) pod.metadata.annotations = { ...pod.metadata.annotations, ...annotations }
  if (labels !== undefined) pod.metadata.labels = { ...pod.metadata.labels, ...labels }
  const status: { conditions?: Array<Record<string, unknown>> } = pod['status'] ?? {}
  pod['status'] = status
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: formatTime(now),
  }
  status.conditions = [...(status.conditions ?? []).filter(({ type }) => type !== 'PodScheduled'), scheduled]
  return pod
}
