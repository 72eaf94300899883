import type { KubeObject } from '../apimachinery/object.ts'
import type { AdmissionAttributes } from '../registry/context.ts'
import { type AdmissionPlugin, type AdmissionSource, isFor, refusal } from './plugin.ts'

const priorityClasses = { group: 'scheduling.k8s.io', resource: 'priorityclasses' }

/** Works out the priority of Pods, and keeps the default PriorityClass the only one (the Priority plugin). */
export function priorityPlugin({ lookup, lookupAll }: AdmissionSource): AdmissionPlugin {
  const defaultClass = (): KubeObject | undefined =>
    lookupAll(priorityClasses, '')
      .filter((each) => each['globalDefault'] === true)
      .reduce<KubeObject | undefined>((least, each) => (least === undefined || least['value'] > each['value'] ? each : least), undefined)

  const admitNew = (attributes: AdmissionAttributes) => {
    const spec = attributes.object!['spec']
    const refuse = (why: string) => {
      throw refusal(attributes, why)
    }
    const wanted: string = spec.priorityClassName ?? ''
    const found = wanted === '' ? defaultClass() : lookup(priorityClasses, '', wanted)
    if (wanted !== '' && found === undefined) refuse(`no PriorityClass with name ${wanted} was found`)
    const priority: number = found?.['value'] ?? 0
    if (found !== undefined) spec.priorityClassName = found.metadata.name
    if (spec.priority !== undefined && spec.priority !== priority) {
      refuse(
        `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`,
      )
    }
    spec.priority = priority
    const policy: string = found?.['preemptionPolicy'] ?? 'PreemptLowerPriority'
    if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
      refuse(
        `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
      )
    }
    spec.preemptionPolicy = policy
  }

  return {
    admit(attributes) {
      const { object, oldObject, operation } = attributes
      if (object === undefined || !isFor(attributes, '', 'pods')) return
      if (operation === 'CREATE') admitNew(attributes)
      else if (operation === 'UPDATE') {
        for (const field of ['priority', 'preemptionPolicy']) object['spec'][field] ??= oldObject!['spec'][field]
        for (const field of ['priority', 'preemptionPolicy']) if (object['spec'][field] === undefined) delete object['spec'][field]
      }
    },
    validate(attributes) {
      const { object, operation, name } = attributes
      if (object === undefined || !isFor(attributes, priorityClasses.group, priorityClasses.resource) || object['globalDefault'] !== true)
        return
      const present = defaultClass()
      if (present === undefined || (operation === 'UPDATE' && present.metadata.name === name)) return
      throw refusal(attributes, `PriorityClass ${present.metadata.name} is already marked as default. Only one default can exist`)
    },
  }
}
