import type { Clock } from '../../apimachinery/clock.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { countName, type QuotaSubject, usageOf } from '../quota/evaluators.ts'
import { equalLists, type ResourceList } from '../quota/resource-list.ts'
import type { ResourceCatalog } from '../resource.ts'
import type { Controller } from './controller.ts'
import type { SystemClient } from './system-client.ts'

const quotas = { group: '', resource: 'resourcequotas' }
/** Whose updates may free something, as ended Pods do. */
const updatesCount = new Set(['/pods', '/services', '/persistentvolumeclaims'])

/** Says in the status of quotas what they limit and how much is used: of new and changed ones at once, and once objects are gone. */
export function resourceQuotas(client: SystemClient, catalog: ResourceCatalog, clock: Clock): Controller {
  const pending = new Set<string>()

  const subjectsOf = (hard: ResourceList): QuotaSubject[] => {
    const subjects = [...catalog.stored()]
      .filter(({ namespaced }) => namespaced)
      .map(({ storageKind: { group }, resource }) => ({ group, resource }))
    const plain = new Set([
      'pods',
      'services',
      'persistentvolumeclaims',
      'configmaps',
      'resourcequotas',
      'replicationcontrollers',
      'secrets',
    ])
    return subjects.filter((subject) => (subject.group === '' && plain.has(subject.resource)) || hard[countName(subject)] !== undefined)
  }

  const recount = (namespace: string, name: string) => {
    const quota = client.get(quotas, namespace, name)
    if (quota === undefined) return
    const hard: ResourceList = quota['spec']?.hard ?? {}
    const counted = usageOf(quota, subjectsOf(hard), (subject) => client.list(subject, namespace), clock.now())
    const known: ResourceList = quota['status']?.used ?? {}
    const used = Object.fromEntries(
      Object.keys(hard).flatMap((each) => ((counted[each] ?? known[each]) === undefined ? [] : [[each, counted[each] ?? known[each]]])),
    )
    const before = quota['status'] ?? {}
    if (equalLists(before.hard ?? {}, hard) && equalLists(known, used as ResourceList)) return
    client.update(quotas, namespace, name, (object) => {
      object['status'] = { hard: { ...hard }, used }
    })
  }

  /** Once requests under way are done: they have been counted before they are stored. */
  const schedule = (namespace: string) => {
    if (pending.has(namespace) || client.list(quotas, namespace).length === 0) return
    pending.add(namespace)
    setImmediate(() => {
      pending.delete(namespace)
      for (const { metadata } of client.list(quotas, namespace)) recount(namespace, metadata.name!)
    }).unref()
  }

  return {
    changed({ group, resource, key, change }) {
      const slash = key.indexOf('/')
      if (slash < 0) return
      const namespace = key.slice(0, slash)
      if (group === '' && resource === 'resourcequotas' && !change.deleted) {
        if (needsRecount(change.object)) recount(namespace, key.slice(slash + 1))
      }
      if (change.deleted || (change.previous !== undefined && updatesCount.has(`${group}/${resource}`))) schedule(namespace)
    },
  }
}

/** A status that is not of this spec. Limits of nothing are not stored, so none and nothing are the same. */
const needsRecount = ({ spec, status }: KubeObject) => !equalLists(status?.hard ?? {}, spec?.hard ?? {})
