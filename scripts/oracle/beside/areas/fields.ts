import type { Random } from '../../random-objects.ts'
import type { Area, Part } from '../area.ts'
import { pickKind, placed } from '../common.ts'
import { sound } from '../sound.ts'
import { statusOf } from '../states.ts'
import { kept } from './writes.ts'

/** Fields by which some kind selects, and some by which none does. */
const labels = [
  ...['metadata.name', 'metadata.namespace', 'metadata.uid', 'metadata.labels.a', 'spec.nodeName', 'spec.restartPolicy', 'status.phase'],
  ...['spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork', 'status.podIP', 'status.podIPs', 'status.nominatedNodeName'],
  ...['spec.unschedulable', 'type', 'status.replicas', 'status.successful', 'spec.signerName', 'name', 'spec.clusterIP', 'spec.type'],
  ...['involvedObject.kind', 'involvedObject.name', 'involvedObject.namespace', 'involvedObject.uid', 'involvedObject.apiVersion'],
  ...['involvedObject.resourceVersion', 'involvedObject.fieldPath', 'reason', 'reportingComponent', 'source', 'type', 'regarding.name'],
  ...['regarding.kind', 'reportingController', 'spec.driver', 'spec.nodeName', 'spec.host', 'status.hostIP', 'data', 'handler', 'note'],
]

function valuesAt(object: Part, label: string): string[] {
  const at = label.split('.').reduce<Part>((part, key) => part?.[key], object)
  return [...(at === undefined || typeof at === 'object' ? [] : [String(at)]), '', 'x', 'true', 'false', '0', '1', 'ClusterFirst']
}

/** Field selectors of all kinds, of lists and of deletions of collections. */
export const fields: Area = {
  *round(random, namespace, name) {
    const each = pickKind(random, [...kept, ...sound.filter(({ namespaced }) => !namespaced)])
    const { list, body } = placed(each, namespace, name)
    const isKept = kept.includes(each)
    let object = body
    if (isKept) {
      const made = yield { method: 'POST', path: list, body }
      if (made.status !== 201) return
      object = made.body
      const makeStatus = statusOf[body.kind]
      if (makeStatus !== undefined && random.chance(0.6)) {
        const path = `${list}/${name}/status`
        const told = yield { method: 'PATCH', path, body: { status: makeStatus(random) }, contentType: 'application/merge-patch+json' }
        if (told.status === 200) object = told.body
      }
    }
    for (let again = 0; again < 5; again++) {
      const query = new URLSearchParams({ fieldSelector: [`metadata.name=${name}`, ...some(random, object)].join(',') })
      if (random.chance(0.5)) query.set('fieldSelector', some(random, object).join(','))
      const everywhere = random.chance(0.2) ? list.replace(`/namespaces/${namespace}`, '') : list
      yield { path: `${everywhere}?${query}`, managedFields: false, ...onlyNames }
      if (random.chance(0.3)) yield { method: 'DELETE', path: `${list}?dryRun=All&${query}`, managedFields: false, ...onlyNames }
    }
    if (isKept) yield { method: 'DELETE', path: `${list}/${name}`, setup: true }
  },
}

// Of other rounds, which go on meanwhile.
const onlyNames = { drop: ['items', 'metadata.resourceVersion'] }

const some = (random: Random, object: Part): string[] =>
  Array.from({ length: 1 + random.below(2) }, () => {
    const label = random.pick(labels)
    return `${label}${random.pick(['=', '=', '==', '!='])}${random.pick(valuesAt(object, label).slice(0, 3))}`
  })
