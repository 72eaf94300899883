import { compareQuantities, parseQuantity, quantityValue } from '../apimachinery/quantity.ts'
import { quote } from '../apimachinery/quote.ts'
import type { AdmissionAttributes } from '../registry/context.ts'
import { podResources } from '../registry/quota/pod-resources.ts'
import type { ResourceList } from '../registry/quota/resource-list.ts'
import { type AdmissionPlugin, type AdmissionSource, refusal } from './plugin.ts'

/** Pods on a node may only grow to what it has (the PodResizeValidator plugin). */
export function podResizePlugin({ lookup }: AdmissionSource): AdmissionPlugin {
  return {
    validate(attributes) {
      const { definition, object, oldObject, operation, subresource } = attributes
      if (object === undefined || operation !== 'UPDATE' || subresource !== 'resize') return
      if (definition.group !== '' || definition.resource !== 'pods') return
      const nodeName: string = object['spec'].nodeName ?? ''
      if (nodeName === '' || object.metadata.generation === oldObject!.metadata.generation) return
      const node = lookup({ group: '', resource: 'nodes' }, '', nodeName)
      if (node === undefined) throw refusal(attributes, `node ${quote(nodeName)} not found`)
      const os = node.metadata.labels?.['kubernetes.io/os'] ?? 'linux'
      if (os !== 'linux') {
        const why = `pod resize is only supported on linux nodes, node ${quote(nodeName)} is ${quote(os)}`
        refuse(attributes, why, 'UnsupportedPlatform')
      }
      const lacking = beyond(podResources({ spec: object['spec'] }, 'requests'), node['status']?.allocatable ?? {})
      if (lacking.length > 0) refuse(attributes, `node didn't have enough allocatable resources: ${lacking.join('; ')}`, 'NodeCapacity')
    },
  }
}

function beyond(requests: ResourceList, allocatable: ResourceList): string[] {
  return ['cpu', 'memory'].flatMap((name) => {
    const [requested, available] = [requests, allocatable].map((list) => parseQuantity(list[name] ?? '0')) as [never, never]
    if (compareQuantities(requested, available) <= 0) return []
    const unit = name === 'cpu' ? -3 : 0
    return [`${name}, requested: ${quantityValue(requested, unit)}, allocatable: ${quantityValue(available, unit)}`]
  })
}

function refuse(attributes: AdmissionAttributes, why: string, reason: string): never {
  const error = refusal(attributes, why)
  error.status.details!.causes = [{ reason }]
  throw error
}
