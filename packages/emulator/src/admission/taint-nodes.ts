import { type AdmissionPlugin, isFor } from './plugin.ts'

const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

/** New nodes are not ready (the TaintNodesByCondition plugin). */
export const taintNodesPlugin: AdmissionPlugin = {
  admit(attributes) {
    const { object, operation } = attributes
    if (object === undefined || operation !== 'CREATE' || !isFor(attributes, '', 'nodes')) return
    const spec = object['spec'] ?? {}
    object['spec'] = spec
    const taints: Array<typeof taint> = spec.taints ?? []
    if (!taints.some(({ key, effect }) => key === taint.key && effect === taint.effect)) spec.taints = [...taints, { ...taint }]
  },
}
