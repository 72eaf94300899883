import { parseQuantity, quantityValue, signOfQuantity } from '../apimachinery/quantity.ts'
import { quote } from '../apimachinery/quote.ts'
import { configError } from './container-error.ts'
import type { Container, FieldReference, NodeFacts, Pod, ResourceReference } from './pod-types.ts'

/**
 * The value of a field of the Pod (kubernetes/pkg/fieldpath, and the fields of the node that only variables may name).
 * @throws ContainerError for a field that cannot be referred to
 */
export function fieldValue({ fieldPath }: FieldReference, pod: Pod, node: NodeFacts): string {
  const subscript = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/s.exec(fieldPath)
  if (subscript !== null) {
    const [, map, key = ''] = subscript
    return (map === 'metadata.labels' ? pod.metadata.labels : pod.metadata.annotations)?.[key] ?? ''
  }
  const read = FIELDS[fieldPath]
  if (read === undefined) throw configError(`unsupported fieldPath: ${fieldPath}`)
  return read(pod, node)
}

const FIELDS: Readonly<Record<string, (pod: Pod, node: NodeFacts) => string>> = {
  'metadata.name': ({ metadata }) => metadata.name ?? '',
  'metadata.namespace': ({ metadata }) => metadata.namespace ?? '',
  'metadata.uid': ({ metadata }) => metadata.uid ?? '',
  'metadata.labels': ({ metadata }) => formatMap(metadata.labels ?? {}),
  'metadata.annotations': ({ metadata }) => formatMap(metadata.annotations ?? {}),
  'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
  'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
  'status.hostIP': (_, { hostIP }) => hostIP,
  'status.hostIPs': (_, { hostIP }) => hostIP,
  'status.podIP': (_, { podIP }) => podIP,
  'status.podIPs': (_, { podIP }) => podIP,
}

/** A line for each entry, in the order of the keys' bytes, with no newline at the end. */
function formatMap(map: Readonly<Record<string, string>>): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${quote(map[key]!)}`)
    .join('\n')
}

/**
 * A container's limit or request in units of the divisor, rounded up. Limits that are not set are the node's (kubernetes/pkg/api/v1/resource).
 * @throws ContainerError for another container or resource than there is
 */
export function resourceValue(
  { containerName, resource, divisor }: ResourceReference,
  pod: Pod,
  own: Container | undefined,
  node: NodeFacts,
): string {
  const named = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find(({ name }) => name === containerName)
  const container = containerName ? named : own
  if (container === undefined) throw configError(`container ${containerName ?? ''} not found`)
  const [, list, name] = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/.exec(resource) ?? []
  if (name === undefined) throw configError(`unsupported container resource : ${resource}`)
  const set = container.resources?.[list as 'limits' | 'requests']?.[name]
  const isSet = set !== undefined && signOfQuantity(parseQuantity(String(set))) !== 0
  const amount = isSet ? set : list === 'limits' && !name.startsWith('hugepages-') ? (node.allocatable[name] ?? '0') : '0'
  const unit = name === 'cpu' ? -3 : 0
  const whole = quantityValue(parseQuantity(String(amount)), unit)
  const by = parseQuantity(String(divisor ?? '1'))
  const parts = signOfQuantity(by) === 0 ? quantityValue(parseQuantity('1'), unit) : quantityValue(by, unit)
  return String((whole + parts - 1n) / parts)
}
