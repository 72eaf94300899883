import { type AdmissionPlugin, isFor } from './plugin.ts'

interface Toleration {
  key?: string
  operator?: string
  effect?: string
  tolerationSeconds?: number
}

const seconds = 300
const conditions = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

/** Pods stay for five minutes on a node that is lost (the DefaultTolerationSeconds plugin). */
export const defaultTolerationSecondsPlugin: AdmissionPlugin = {
  admit(attributes) {
    const { object, operation } = attributes
    if (object === undefined || operation === 'DELETE' || !isFor(attributes, '', 'pods')) return
    const tolerations: Toleration[] = object['spec'].tolerations ?? []
    const missing = conditions.filter((key) => !tolerations.some((each) => tolerates(each, key)))
    if (missing.length === 0) return
    const added = missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds }))
    object['spec'].tolerations = [...tolerations, ...added]
  },
}

const tolerates = ({ key = '', effect = '' }: Toleration, condition: string) =>
  (key === condition || key === '') && (effect === 'NoExecute' || effect === '')
