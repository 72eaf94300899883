import type { Random } from '../../random-objects.ts'
import type { Area, Part } from '../area.ts'
import { pickKind, placed, tableMedia } from '../common.ts'
import { mutate } from '../mutate.ts'
import { sound } from '../sound.ts'
import { statusOf } from '../states.ts'
import { kept } from './writes.ts'

const shown = [...kept, ...sound.filter(({ body }) => ['PersistentVolumeClaim', 'LimitRange'].includes(body.kind))]

/** What tables say of objects in many states. */
export const tables: Area = {
  *round(random, namespace, name) {
    const { list, body } = placed(pickKind(random, shown), namespace, name)
    const made = random.chance(0.6) ? podded(random, mutate(random, body, 1)) : podded(random, body)
    const { status } = yield { method: 'POST', path: list, body: made }
    if (status !== 201) return
    const path = `${list}/${name}`
    for (let again = 0; again < 3; again++) {
      const makeStatus = statusOf[body.kind]
      if (makeStatus !== undefined) {
        const { apiVersion, kind } = body
        const next = { apiVersion, kind, metadata: { name }, status: makeStatus(random) }
        const sent = random.chance(0.3) ? mutate(random, next, 1) : next
        yield { method: 'PATCH', path: `${path}/status`, body: sent, contentType: 'application/merge-patch+json' }
      }
      const include = random.pick(['', 'includeObject=None', 'includeObject=Object', 'includeObject=Metadata'])
      yield { path: `${path}?${include}`, headers: { accept: tableMedia } }
      yield { path: `${list}?fieldSelector=metadata.name%3D${name}&${include}`, headers: { accept: `${tableMedia},application/json` } }
    }
    // Terminating ones have columns of their own.
    if (random.chance(0.3)) {
      yield { method: 'PATCH', path, body: { metadata: { finalizers: ['e.com/f'] } }, contentType: 'application/merge-patch+json' }
      yield { method: 'DELETE', path }
      yield { path, headers: { accept: tableMedia } }
      yield { method: 'PATCH', path, body: { metadata: { finalizers: null } }, contentType: 'application/merge-patch+json' }
    }
    yield { method: 'DELETE', path, headers: { accept: random.pick([tableMedia, 'application/json']) }, setup: true }
  },
}

/** Pods with more than one container of each sort. */
function podded(random: Random, body: Part): Part {
  if (body.kind !== 'Pod' || !Array.isArray(body.spec?.containers) || random.chance(0.3)) return body
  const spec = {
    ...{
      containers: [
        { name: 'c', image: 'i:1' },
        { name: 'd', image: 'j:2' },
      ],
      automountServiceAccountToken: false,
    },
    ...(random.chance(0.5)
      ? {
          initContainers: [
            { name: 'i', image: 'k' },
            { name: 's', image: 'l', ...(random.chance(0.6) ? { restartPolicy: 'Always' } : {}) },
          ],
        }
      : {}),
    ...(random.chance(0.3) ? { readinessGates: [{ conditionType: 'a.b/gate' }] } : {}),
    ...(random.chance(0.5) ? { nodeName: 'n1' } : {}),
    ...(random.chance(0.2) ? { schedulingGates: [{ name: 'g' }], nodeName: undefined } : {}),
  }
  return { ...body, spec }
}
