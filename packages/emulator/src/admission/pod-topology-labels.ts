import type { AdmissionPlugin, AdmissionSource } from './plugin.ts'

const copied = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']

/** Tells Pods where their node is: by labels, on the Pod or on the Binding that puts it there (the PodTopologyLabels plugin). */
export function podTopologyLabelsPlugin({ lookup }: AdmissionSource): AdmissionPlugin {
  return {
    admit({ definition, object, operation, subresource }) {
      if (object === undefined || operation !== 'CREATE' || definition.group !== '' || definition.resource !== 'pods') return
      const target = object['target'] as { kind?: string; name?: string } | undefined
      if (subresource !== '' && subresource !== 'binding') return
      if (subresource === 'binding' && target?.kind !== 'Node') return
      const node = lookup({ group: '', resource: 'nodes' }, '', (subresource === '' ? object['spec']?.nodeName : target?.name) ?? '')
      const labels = Object.entries(node?.metadata.labels ?? {}).filter(([key]) => copied.includes(key))
      if (labels.length > 0) object.metadata.labels = { ...object.metadata.labels, ...Object.fromEntries(labels) }
    },
  }
}
