/** The resize subresource: cpu and memory of running containers. */
import { deepCopy } from '../../../apimachinery/deep-copy.ts'
import { type FieldError, type FieldPath, fieldPath, forbidden, invalid } from '../../../apimachinery/field-error.ts'
import type { KubeObject } from '../../../apimachinery/object.ts'
import { type Fields, semanticEqual } from '../../../apimachinery/validation/index.ts'
import { mirrorPodAnnotation } from './annotations.ts'
import { isSidecar } from './containers.ts'
import { qosClass } from './qos.ts'
import { validateUpdatedPod } from './update.ts'

const specPath = fieldPath('spec')
const lists = ['limits', 'requests']

/** Takes all but resources and resize policies from the stored Pod, unless containers were renamed; where some were added or removed the
 * Pod stays as it was sent, and false is given.
 */
export function keepAllButResources(pod: KubeObject, old: KubeObject): boolean {
  const sameLength = (field: string) => (pod['spec'][field] ?? []).length === (old['spec'][field] ?? []).length
  if (!sameLength('containers') || !sameLength('initContainers')) return false
  const spec = deepCopy(old['spec'])
  take(spec, pod['spec'], 'resources')
  for (const field of ['containers', 'initContainers']) {
    const wanted: Fields[] = pod['spec'][field] ?? []
    if (wanted.some(({ name }, i) => name !== spec[field][i].name)) spec[field] = wanted
    else {
      for (const [i, container] of wanted.entries()) {
        take(spec[field][i], container, 'resources')
        take(spec[field][i], container, 'resizePolicy')
      }
    }
  }
  pod['spec'] = spec
  return true
}

function take(object: Fields, from: Fields, field: string): void {
  if (from[field] === undefined) delete object[field]
  else object[field] = from[field]
}

export function validateResize(pod: Fields, old: Fields): FieldError[] {
  const { errors } = validateUpdatedPod(pod, old)
  if (old.metadata.annotations?.[mirrorPodAnnotation] !== undefined) return [forbidden('[]', 'static pods cannot be resized')]
  if (old.spec.os?.name === 'windows') return [forbidden('[]', 'windows pods cannot be resized')]
  if ((old.status?.qosClass ?? qosClass(old.spec)) !== qosClass(pod.spec)) {
    errors.push(invalid(specPath, pod.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing'))
  }
  const running = (old.status?.containerStatuses ?? []).find((status: Fields) => status.state?.running)
  if (running && running.resources === undefined) errors.push(forbidden(specPath, 'Pod running on node without support for resize'))
  const munged = deepCopy(pod.spec)
  errors.push(...resizePod(munged, pod.spec, old.spec))
  const order = validateOrder(pod.spec, old.spec)
  if (order.length > 0) return [...errors, ...order]
  for (const field of ['initContainers', 'containers']) {
    for (const [i, container] of (old.spec[field] ?? []).entries()) {
      const at = specPath.child(field).index(i).child('resources')
      errors.push(...validateNothingRemoved(pod.spec[field][i].resources, container.resources, at, 'resource'))
    }
  }
  errors.push(...mungeContainers(munged, old.spec), ...mungeInitContainers(munged, old.spec))
  if (errors.length > 0 || semanticEqual(munged, old.spec)) return errors
  return [forbidden(specPath, 'only cpu and memory resources are mutable')]
}

const hasResources = ({ resources }: Fields) => lists.some((list) => Object.keys(resources?.[list] ?? {}).length > 0)

/** Resources of the Pod as a whole; also takes their changes out of `munged`. */
function resizePod(munged: Fields, spec: Fields, old: Fields): FieldError[] {
  if (!hasResources(spec) && !hasResources(old)) return []
  const path = specPath.child('resources')
  if (old.resources && !spec.resources) return [forbidden(path, 'pod-level resources cannot be removed')]
  const errors = old.resources ? validateNothingRemoved(spec.resources, old.resources, path, 'pod-level resource') : []
  if (munged.resources) {
    munged.resources = withOldCompute(munged.resources, old.resources)
    if (!old.resources && Object.values(munged.resources).every((value) => Object.keys(value as Fields).length === 0))
      delete munged.resources
  }
  if (semanticEqual(munged.resources, old.resources)) return errors
  return [...errors, forbidden(specPath, 'only cpu and memory resources are mutable at pod-level')]
}

function validateNothingRemoved(resources: Fields = {}, old: Fields = {}, path: FieldPath, what: string): FieldError[] {
  return ['requests', 'limits'].flatMap((list) => {
    const kept = Object.keys(old[list] ?? {}).every((name) => resources[list]?.[name] !== undefined)
    return kept ? [] : [forbidden(path.child(list), `${what} ${list} cannot be removed`)]
  })
}

/** The resources with cpu and memory as they were. */
function withOldCompute(resources: Fields = {}, old: Fields = {}): Fields {
  const munged: Fields = { ...resources }
  for (const list of lists) {
    const { cpu: _cpu, memory: _memory, ...rest } = resources[list] ?? {}
    const { cpu, memory } = old[list] ?? {}
    const kept = { ...rest, ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) }
    if (Object.keys(kept).length === 0) delete munged[list]
    else munged[list] = kept
  }
  return munged
}

const withoutClaims = ({ claims: _, ...resources }: Fields): Fields => resources

function validateOrder(spec: Fields, old: Fields): FieldError[] {
  return ['containers', 'initContainers'].flatMap((field) => {
    const [containers, before]: Fields[][] = [spec[field] ?? [], old[field] ?? []]
    const path = specPath.child(field)
    if (containers!.length !== before!.length) return [forbidden(path, `${field} may not be added or removed on resize`)]
    return before!.flatMap(({ name }, i) =>
      containers![i]!.name === name ? [] : [forbidden(path.index(i).child('name'), `${field} may not be renamed or reordered on resize`)],
    )
  })
}

function mungeContainers(munged: Fields, old: Fields): FieldError[] {
  const errors: FieldError[] = []
  for (const [i, container] of (munged.containers ?? []).entries()) {
    container.resources = withoutClaims(withOldCompute(container.resources, old.containers[i].resources))
    if (!semanticEqual(container, old.containers[i])) errors.push(forbidden(specPath, 'only cpu and memory resources are mutable'))
  }
  return errors
}

function mungeInitContainers(munged: Fields, old: Fields): FieldError[] {
  const errors: FieldError[] = []
  for (const [i, container] of (munged.initContainers ?? []).entries()) {
    const path = specPath.child('initContainers').index(i)
    const modified = !semanticEqual(container, old.initContainers[i])
    container.resources = withoutClaims(withOldCompute(container.resources, old.initContainers[i].resources))
    if (!semanticEqual(container, old.initContainers[i])) {
      errors.push(forbidden(path, 'only cpu and memory resources for init or sidecar containers are mutable'))
    }
    const restarts = (container.resizePolicy ?? []).filter((policy: Fields) => policy.restartPolicy === 'RestartContainer')
    if (modified && !isSidecar(container)) {
      const text = 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized'
      errors.push(...restarts.map(() => forbidden(path, text)))
    }
  }
  return errors
}
