import type { Random } from '../../random-objects.ts'
import type { Area, Asked, Part } from '../area.ts'
import { mutate } from '../mutate.ts'
import { jsonPatchOf } from '../patches.ts'
import { settled } from '../settled.ts'
import { named, type Sound, sound } from '../sound.ts'

/** Kinds outside of namespaces whose objects do nothing to others. */
const harmless = [
  'ClusterRole',
  'PersistentVolume',
  'CSINode',
  'VolumeAttachment',
  'CSIDriver',
  'RuntimeClass',
  'IngressClass',
  'Node',
  'ResourceSlice',
  'DeviceClass',
]
/** Kinds whose objects may be kept while others are sent. */
export const kept = sound.filter(({ namespaced, body }) => (namespaced || harmless.includes(body.kind)) && !controlled(body))

/** Kinds whose objects a controller goes on changing, that of a real server more slowly or not at all, or that others feel. */
function controlled({ kind, aggregationRule }: Part): boolean {
  return ['ResourceQuota', 'LimitRange', 'PersistentVolumeClaim'].includes(kind) || aggregationRule !== undefined
}

/** An object is made, and then changed in all ways there are, and deleted. */
export const writes: Area = {
  *round(random, namespace, name) {
    const each = random.pick(kept)
    const list = each.path.replace('/NS/', `/${namespace}/`)
    const body = JSON.parse(JSON.stringify(named(each.body, name)).replaceAll('"NS"', `"${namespace}"`))
    const made = yield {
      method: 'POST',
      path: `${list}?fieldManager=m1`,
      body,
      save: { RV: 'metadata.resourceVersion', UID: 'metadata.uid' },
    }
    if (made.status !== 201) return
    let live = made.body
    for (let step = random.below(6); step >= 0; step--) {
      const change = changeOf(random, each, `${list}/${name}`, body, live)
      const told = yield change
      if (told.status >= 300) continue
      const now = yield { path: `${list}/${name}`, save: { RV: 'metadata.resourceVersion', UID: 'metadata.uid' } }
      live = now.body
    }
    const deleted = yield deletion(random, `${list}/${name}`)
    yield { path: `${list}/${name}`, ...settled(deleted.body) }
  },
}

function changeOf(random: Random, { body: { kind, apiVersion } }: Sound, path: string, body: Part, live: Part): Asked {
  const manager = random.pick(['m1', 'm2', 'm3'])
  const options = random.pick([
    '',
    '',
    '',
    '&fieldValidation=Strict',
    '&fieldValidation=Ignore',
    '&dryRun=All',
    '&force=true',
    '&pretty=true',
  ])
  const sub = random.chance(0.2) ? '/status' : ''
  const target = `${path}${sub}?fieldManager=${manager}${options}`
  const basis = random.chance(0.5) || kind === 'Job' ? body : withoutOwn(live)
  const changed = mutate(random, { apiVersion, kind, ...basis }, random.pick([0, 1, 1, 2]))
  switch (random.below(8)) {
    case 0:
    case 1: {
      const resourceVersion = random.pick(['$RV', '$RV', '$RV', '', '1', 'x'])
      return {
        method: 'PUT',
        path: target,
        body: { ...changed, metadata: { ...changed.metadata, ...(resourceVersion === '' ? {} : { resourceVersion }) } },
      }
    }
    case 2:
      return { method: 'PATCH', path: target, body: changed, contentType: 'application/merge-patch+json' }
    case 3:
    case 4:
      return {
        method: 'PATCH',
        path: target,
        body: random.chance(0.5) ? changed : partOf(random, changed),
        contentType: 'application/strategic-merge-patch+json',
      }
    case 5:
      return { method: 'PATCH', path: target, body: jsonPatchOf(random, live), contentType: 'application/json-patch+json' }
    default:
      return {
        method: 'PATCH',
        path: target,
        body: random.chance(0.6) ? changed : { apiVersion, kind, ...partOf(random, changed) },
        contentType: 'application/apply-patch+yaml',
      }
  }
}

/** A part of an object, as deep as chance has it. */
function partOf(random: Random, value: Part): Part {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const members = Object.entries(value).filter(([key]) => key === 'name' || random.chance(0.6))
  return Object.fromEntries(members.map(([key, member]) => [key, partOf(random, member)]))
}

/** Without what each server makes for itself. */
function withoutOwn(live: Part): Part {
  const { managedFields: _m, resourceVersion: _r, uid: _u, creationTimestamp: _c, ...metadata } = live.metadata ?? {}
  return JSON.parse(
    JSON.stringify({ ...live, metadata })
      .replaceAll(/"(clusterIPs?|nodePort|healthCheckNodePort)":("[^"]*"|\d+|\["[^"]*"\]),?/g, '')
      .replaceAll(',}', '}'),
  )
}

function deletion(random: Random, path: string): Asked {
  const preconditions = random.pick<Part>([
    undefined,
    undefined,
    { uid: '$UID' },
    { uid: 'x' },
    { resourceVersion: '$RV' },
    { resourceVersion: '1' },
    {},
  ])
  const body: Part = {
    ...(preconditions ? { preconditions } : {}),
    ...random.pick<Part>([
      {},
      {},
      { propagationPolicy: 'Foreground' },
      { propagationPolicy: 'Orphan' },
      { propagationPolicy: 'x' },
      { orphanDependents: true },
      { gracePeriodSeconds: 0 },
      { gracePeriodSeconds: -1 },
      { dryRun: ['All'] },
      { dryRun: ['x'] },
      { bogus: 1 },
      { gracePeriodSeconds: 'x' },
    ]),
  }
  const query = random.pick([
    '',
    '',
    '',
    '?propagationPolicy=Background',
    '?gracePeriodSeconds=5',
    '?dryRun=All',
    '?dryRun=x',
    '?gracePeriodSeconds=x',
    '?orphanDependents=false',
  ])
  return { method: 'DELETE', path: path + query, ...(random.chance(0.6) ? { body } : {}) }
}
