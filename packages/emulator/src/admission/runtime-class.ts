import { deepEqual } from '../apimachinery/deep-copy.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import { emptiedMember } from '../apimachinery/scheme/emptied.ts'
import type { Fields } from '../apimachinery/validation/index.ts'
import type { AdmissionAttributes } from '../registry/context.ts'
import { equalLists } from '../registry/quota/resource-list.ts'
import { type AdmissionPlugin, type AdmissionSource, isFor, refusal } from './plugin.ts'

/** Gives Pods the overhead and the scheduling of their runtime's class (the RuntimeClass plugin). */
export function runtimeClassPlugin({ lookup }: AdmissionSource): AdmissionPlugin {
  const classOf = (attributes: AdmissionAttributes): KubeObject | undefined => {
    const name: string | undefined = attributes.object!['spec'].runtimeClassName
    if (name === undefined) return undefined
    const found = lookup({ group: 'node.k8s.io', resource: 'runtimeclasses' }, '', name)
    if (found === undefined) throw refusal(attributes, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`)
    return found
  }
  const concerns = (attributes: AdmissionAttributes) =>
    attributes.object !== undefined && attributes.operation === 'CREATE' && isFor(attributes, '', 'pods')
  const mismatch = (attributes: AdmissionAttributes) =>
    refusal(attributes, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")

  return {
    admit(attributes) {
      if (!concerns(attributes)) return
      const { overhead, scheduling } = classOf(attributes) ?? ({} as Fields)
      const spec = attributes.object!['spec']
      if (overhead !== undefined) {
        const own = spec.overhead ?? {}
        if (Object.keys(own).length > 0 && !equalLists(own, overhead.podFixed ?? {})) throw mismatch(attributes)
        spec.overhead = { ...overhead.podFixed }
      }
      if (scheduling !== undefined) schedule(attributes, scheduling)
    },
    validate(attributes) {
      if (!concerns(attributes)) return
      const { overhead } = classOf(attributes) ?? ({} as Fields)
      const own: Record<string, string> | undefined = attributes.object!['spec'].overhead
      if (overhead !== undefined) {
        if (!equalLists(own ?? {}, overhead.podFixed ?? {})) throw mismatch(attributes)
      } else if (own !== undefined || emptiedMember(attributes.object!['spec'], 'overhead') !== undefined) {
        throw refusal(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
      }
    },
  }
}

function schedule(attributes: AdmissionAttributes, { nodeSelector = {}, tolerations = [] }: Fields): void {
  const spec = attributes.object!['spec']
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = spec.nodeSelector?.[key]
    if (own === undefined || own === value) continue
    const why = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`
    throw refusal(attributes, why)
  }
  if (Object.keys(nodeSelector).length > 0) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector }
  const merged = mergeTolerations([...(spec.tolerations ?? []), ...tolerations])
  if (merged.length > 0) spec.tolerations = merged
}

/** Leaves out what another toleration tolerates anyway. */
function mergeTolerations(all: readonly Fields[]): Fields[] {
  const merged: Fields[] = []
  for (const [i, toleration] of all.entries()) {
    if (merged.some((other) => covers(other, toleration))) continue
    if (all.slice(i + 1).some((other) => !deepEqual(other, toleration) && covers(other, toleration))) continue
    merged.push(toleration)
  }
  return merged
}

function covers(wide: Fields, narrow: Fields): boolean {
  if (deepEqual(wide, narrow)) return true
  const [key = '', effect = ''] = [wide['key'], wide['effect']]
  if ((narrow['key'] ?? '') !== key && (key !== '' || wide['operator'] !== 'Exists')) return false
  if ((narrow['effect'] ?? '') !== effect && effect !== '') return false
  const seconds: number | undefined = wide['tolerationSeconds']
  if (effect === 'NoExecute' && seconds !== undefined && (narrow['tolerationSeconds'] ?? Infinity) > seconds) return false
  if (wide['operator'] === 'Exists') return true
  return narrow['operator'] === 'Equal' && (narrow['value'] ?? '') === (wide['value'] ?? '')
}
