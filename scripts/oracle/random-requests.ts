import type { KubeObject } from '../../packages/emulator/src/apimachinery/object.ts'
import { type Kind, type Random, strategicPatch } from './random-objects.ts'

const SMP = 'application/strategic-merge-patch+json'

/** One request, to be sent to two servers. */
export interface Exchange {
  method: string
  path: string
  body?: unknown
  contentType?: string
}

/** What each server makes for itself. */
const own = /^\/metadata\/(managedFields|resourceVersion|uid|creationTimestamp|generation)/

const jsonPatch = (random: Random, live: KubeObject | undefined) => {
  const pointers: string[] = []
  const walk = (value: unknown, path: string) => {
    if (path !== '' && !own.test(path)) pointers.push(path)
    if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) walk(member, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    }
  }
  walk(live ?? {}, '')
  const pointer = () => random.pick(pointers.length > 0 ? pointers : ['/metadata/labels/x'])
  const value = () => random.pick(['x', 1, true, null, { a: 'b' }, ['x'], []])
  return Array.from({ length: 1 + random.below(3) }, () => {
    const op = random.pick(['add', 'remove', 'replace', 'move', 'copy', 'test', 'add'])
    const labels = random.chance(0.6) ? `/metadata/${random.pick(['labels', 'annotations'])}/${random.pick(['a', 'b', 'new'])}` : pointer()
    return {
      op,
      path: labels,
      ...(op === 'move' || op === 'copy' ? { from: pointer() } : {}),
      ...(['add', 'replace', 'test'].includes(op) ? { value: random.chance(0.7) ? 'v' : value() } : {}),
    }
  })
}

function statusOf(random: Random, kind: Kind): unknown {
  if (kind.kind === 'Deployment') {
    const conditions = random
      .some(['Available', 'Progressing'])
      .map((type) => ({ type, status: random.pick(['True', 'False']), reason: 'R' }))
    return { replicas: random.below(3), ...(random.chance(0.6) ? { conditions } : {}) }
  }
  if (kind.kind === 'Service') return { loadBalancer: { ingress: random.some(['1.1.1.1', '2.2.2.2']).map((ip) => ({ ip })) } }
  return { ready: random.chance(0.5) }
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** Entries as a client may send them: made up, malformed, dropped, or none. */
function randomManagedFields(random: Random, { apiVersion }: Kind, live: KubeObject | undefined): unknown {
  const fields = random.pick<unknown>([
    { 'f:data': { '.': {}, 'f:zz': {}, 'f:a': {} } },
    { 'f:metadata': { 'f:labels': { 'f:b': {}, 'f:a': {} } }, 'f:spec': { 'f:ports': { 'k:{"protocol":"TCP","port":80}': { '.': {} } } } },
    {},
    { bogus: {} },
    { 'v:"x"': {}, 'i:1': {}, 'x:y': {} },
    'text',
    null,
  ])
  const entry = {
    manager: random.pick(['m1', 'made-up', '']),
    operation: random.pick(['Update', 'Apply', 'Update', 'Steal']),
    apiVersion: random.pick([apiVersion, apiVersion, 'v9', '']),
    time: random.pick(['2020-01-01T00:00:00Z', null]),
    fieldsType: random.pick(['FieldsV1', 'FieldsV1', 'FieldsV2', '']),
    fieldsV1: fields,
    ...(random.chance(0.3) ? { subresource: 'status' } : {}),
  }
  const known = live?.metadata.managedFields ?? []
  return random.pick<unknown>([[], [{}], null, [entry], [...known, entry], known.slice(1), [...known].reverse()])
}

export function randomExchange(random: Random, kind: Kind, path: string, name: string, live: KubeObject | undefined): Exchange {
  const typed = { apiVersion: kind.apiVersion, kind: kind.kind }
  const body = { ...typed, ...kind.make(random, name) }
  const manager = random.pick(['m1', 'm2', 'm3'])
  const validation = random.pick(['', '', '', '&fieldValidation=Strict', '&fieldValidation=Ignore'])
  const at = (query = '', sub = '') =>
    `${path}/${name}${sub}?fieldManager=${manager}${query}${validation}${random.chance(0.1) ? '&dryRun=All' : ''}`
  if (live === undefined && random.chance(0.5)) return { method: 'POST', path: `${path}?fieldManager=${manager}`, body }
  const apply = 'application/apply-patch+yaml'
  const merge = 'application/merge-patch+json'
  const status = { ...typed, metadata: { name, labels: { s: 't' } }, status: statusOf(random, kind) }
  const odd = random.chance(0.08) ? { bogus: 1 } : {}
  switch (random.below(14)) {
    case 12:
      return {
        method: 'PATCH',
        path: at(),
        body: { metadata: { managedFields: randomManagedFields(random, kind, live) } },
        contentType: merge,
      }
    case 13: {
      const { annotations = {}, ...metadata } = body.metadata
      const last = random.chance(0.8) ? JSON.stringify({ ...typed, ...kind.make(random, name) }) : 'nonsense'
      const changed = { ...body, metadata: { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: last } } }
      if (random.chance(0.5)) return { method: 'PATCH', path: at(), body: changed, contentType: merge }
      return {
        method: 'PATCH',
        path: `${path}/${name}?fieldManager=kubectl`,
        body: random.chance(0.5) ? body : changed,
        contentType: apply,
      }
    }
    case 0:
      return {
        method: 'PUT',
        path: at(),
        body: { ...body, metadata: { ...body.metadata, resourceVersion: live?.metadata.resourceVersion } },
      }
    case 1:
    case 2:
      return { method: 'PATCH', path: at(), body: { ...body, ...odd }, contentType: merge }
    case 3:
      return { method: 'PATCH', path: at(), body: jsonPatch(random, live), contentType: 'application/json-patch+json' }
    case 4:
    case 5:
      return { method: 'PATCH', path: at(), body: strategicPatch(random, { ...body, ...odd }), contentType: SMP }
    case 6:
      return { method: 'PATCH', path: at('', '/status'), body: status, contentType: merge }
    case 7:
      return { method: 'PATCH', path: at(random.chance(0.5) ? '&force=true' : '', '/status'), body: status, contentType: apply }
    case 8:
      return { method: 'PATCH', path: at('', '/scale'), body: { spec: { replicas: random.below(4) } }, contentType: merge }
    case 9: {
      const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name }, spec: { replicas: random.below(4) } }
      return { method: 'PATCH', path: at(random.chance(0.5) ? '&force=true' : '', '/scale'), body: scale, contentType: apply }
    }
    default:
      return { method: 'PATCH', path: at(random.chance(0.4) ? '&force=true' : ''), body: { ...body, ...odd }, contentType: apply }
  }
}
