import type { Random } from '../../random-objects.ts'
import type { Area, Asked, Part } from '../area.ts'
import { pickKind, placed, tableMedia } from '../common.ts'
import { mutate } from '../mutate.ts'
import { jsonPatchOf } from '../patches.ts'
import { sound } from '../sound.ts'
import { statusOf } from '../states.ts'
import { kept } from './writes.ts'

const types = [
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'application/json-patch+json',
]
const scaled = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController']

/** Statuses of all kinds, scales of all that have one, and what else can be done with Pods that run, budgets, requests and namespaces. */
export const actions: Area = {
  *round(random, namespace, name) {
    yield* random.pick([statuses, statuses, scales, running, evictions, approvals, namespaces])(random, namespace, name)
  },
}

function change(random: Random, path: string, body: Part): Asked {
  const options = random.pick(['', '', '&dryRun=All', '&force=true', '&fieldValidation=Strict'])
  const target = `${path}?fieldManager=${random.pick(['m1', 'm2'])}${options}`
  if (random.chance(0.35)) return { method: 'PUT', path: target, body }
  const contentType = random.pick(types)
  return {
    method: 'PATCH',
    path: target,
    contentType,
    body: contentType.startsWith('application/json-patch') ? jsonPatchOf(random, body) : body,
  }
}

const changed = (random: Random, body: Part): Part => mutate(random, body, random.pick([0, 1, 1, 2]))

function* statuses(random: Random, namespace: string, name: string): ReturnType<Area['round']> {
  const withStatus = kept.filter(({ body }) => statusOf[body.kind] !== undefined)
  const { list, body } = placed(pickKind(random, withStatus), namespace, name)
  const { status } = yield { method: 'POST', path: list, body }
  if (status !== 201) return
  for (let again = 0; again < 6; again++) {
    const { apiVersion, kind, metadata, spec } = body
    const next = {
      apiVersion,
      kind,
      metadata: { ...metadata, labels: { new: 'x' } },
      ...(spec ? { spec } : {}),
      status: statusOf[kind]!(random),
    }
    yield change(random, `${list}/${name}/status`, changed(random, next))
    if (random.chance(0.2)) yield { path: `${list}/${name}/status` }
    if (random.chance(0.2)) yield { method: random.pick(['POST', 'DELETE']), path: `${list}/${name}/status`, body: next }
  }
  yield { method: 'DELETE', path: `${list}/${name}`, setup: true }
}

function* scales(random: Random, namespace: string, name: string): ReturnType<Area['round']> {
  const each = random.pick(kept.filter(({ body }) => scaled.includes(body.kind)))
  const { list, body } = placed(each, namespace, name)
  const { status } = yield { method: 'POST', path: list, body, save: { RV: 'metadata.resourceVersion', UID: 'metadata.uid' } }
  if (status !== 201) return
  for (let again = 0; again < 6; again++) {
    const own = random.pick<Part>([{}, {}, { resourceVersion: '$RV' }, { uid: '$UID' }, { uid: 'x' }, { namespace: 'other' }])
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name, ...own }, spec: { replicas: random.below(4) } }
    yield change(random, `${list}/${name}/scale`, changed(random, scale))
    yield { path: `${list}/${name}/scale`, save: { RV: 'metadata.resourceVersion' } }
    if (random.chance(0.2)) yield { path: `${list}/${name}` }
  }
  yield { method: 'DELETE', path: `${list}/${name}`, setup: true }
}

function podOf(random: Random, name: string): Part {
  const resources = random.pick<Part>([
    { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } },
    { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } },
    { requests: { cpu: '1' } },
    {},
  ])
  const resizePolicy = [{ resourceName: 'memory', restartPolicy: random.pick(['NotRequired', 'RestartContainer']) }]
  const initContainers = random.chance(0.3) ? [{ name: 's', image: 'i', restartPolicy: 'Always', resources }] : undefined
  const containers = [{ name: 'c', image: 'i', resources, ...(random.chance(0.3) ? { resizePolicy } : {}) }]
  const metadata = { name, labels: { app: name } }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { containers, automountServiceAccountToken: false, ...(initContainers ? { initContainers } : {}) },
  }
}

function* running(random: Random, namespace: string, name: string): ReturnType<Area['round']> {
  const list = `/api/v1/namespaces/${namespace}/pods`
  const pod = podOf(random, name)
  yield { method: 'POST', path: list, body: pod }
  const target = { apiVersion: 'v1', kind: 'Node', name: 'n' }
  if (random.chance(0.5)) yield { method: 'POST', path: `${list}/${name}/binding`, body: { metadata: { name }, target } }
  const status = statusOf['Pod']!(random)
  yield { method: 'PATCH', path: `${list}/${name}/status`, body: { status }, contentType: types[0]! }
  for (let again = 0; again < 6; again++) {
    const { containers } = pod.spec
    if (random.chance(0.5)) {
      const limits = random.pick<Part>([{ cpu: '3', memory: '3Gi' }, { cpu: '1', memory: '1Gi' }, { memory: '1Gi' }, { cpu: '500m' }, {}])
      const requests = random.pick<Part>([{ cpu: '1', memory: '1Gi' }, { cpu: '2' }, { cpu: '500m' }, {}])
      const spec = { ...pod.spec, containers: [{ ...containers[0], resources: { limits, requests } }] }
      yield change(random, `${list}/${name}/resize`, random.chance(0.6) ? { ...pod, spec } : changed(random, { ...pod, spec }))
    } else {
      const ephemeralContainers = [
        {
          name: `e${random.below(3)}`,
          image: 'i',
          ...random.pick<Part>([{}, { targetContainerName: 'c' }, { targetContainerName: 'x' }, { stdin: true }]),
        },
      ]
      const next = { ...pod, spec: { ...pod.spec, ephemeralContainers } }
      yield change(random, `${list}/${name}/ephemeralcontainers`, random.chance(0.6) ? next : changed(random, next))
    }
  }
  yield { method: 'DELETE', path: `${list}/${name}?gracePeriodSeconds=0`, setup: true }
}

function* evictions(random: Random, namespace: string, name: string): ReturnType<Area['round']> {
  const list = `/api/v1/namespaces/${namespace}/pods`
  const budgets = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`
  const selector = { matchLabels: { app: name } }
  for (let number = random.below(3); number > 0; number--) {
    const unhealthyPodEvictionPolicy = random.pick(['AlwaysAllow', 'IfHealthyBudget', undefined])
    const budget = `${name}-${number}`
    yield {
      method: 'POST',
      path: budgets,
      body: { metadata: { name: budget }, spec: { minAvailable: 1, selector, unhealthyPodEvictionPolicy } },
    }
    const status = statusOf['PodDisruptionBudget']!(random)
    if (random.chance(0.7)) yield { method: 'PATCH', path: `${budgets}/${budget}/status`, body: { status }, contentType: types[0]! }
  }
  yield { method: 'POST', path: list, body: podOf(random, name) }
  const status = random.chance(0.5) ? { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } : statusOf['Pod']!(random)
  if (random.chance(0.7)) yield { method: 'PATCH', path: `${list}/${name}/status`, body: { status }, contentType: types[0]! }
  for (let again = 0; again < 3; again++) {
    const deleteOptions = random.pick<Part>([
      undefined,
      {},
      { gracePeriodSeconds: 0 },
      { preconditions: { uid: 'x' } },
      { dryRun: ['All'] },
      { propagationPolicy: 'Orphan' },
    ])
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, deleteOptions }
    yield {
      method: 'POST',
      path: `${list}/${name}/eviction?${random.pick(['', '', 'dryRun=All', 'pretty=true'])}`,
      body: random.chance(0.8) ? eviction : changed(random, eviction),
    }
    yield { path: budgets, drop: ['items', 'metadata'] }
  }
  for (const number of [1, 2]) yield { method: 'DELETE', path: `${budgets}/${name}-${number}`, setup: true }
  yield { method: 'DELETE', path: `${list}/${name}?gracePeriodSeconds=0`, setup: true }
}

function* approvals(random: Random, namespace: string, name: string): ReturnType<Area['round']> {
  const { list, body } = placed(random.pick(sound.filter(({ body: { kind } }) => kind === 'CertificateSigningRequest')), namespace, name)
  const signerName = 'e.com/signer'
  const { status } = yield { method: 'POST', path: list, body: { ...body, spec: { ...body.spec, signerName } } }
  if (status !== 201) return
  const { apiVersion, kind } = body
  for (let again = 0; again < 4; again++) {
    const conditions = [
      { type: random.pick(['Approved', 'Denied', 'Failed', 'x']), status: random.pick(['True', 'True', 'False']), reason: 'r' },
    ]
    const next = {
      apiVersion,
      kind,
      metadata: { name },
      spec: { ...body.spec, signerName },
      status: { conditions, ...(random.chance(0.2) ? { certificate: 'AA==' } : {}) },
    }
    yield change(
      random,
      `${list}/${name}/${random.pick(['approval', 'approval', 'status'])}`,
      random.chance(0.6) ? next : changed(random, next),
    )
  }
  yield { path: `${list}/${name}`, headers: { accept: tableMedia } }
  yield { method: 'DELETE', path: `${list}/${name}` }
}

function* namespaces(random: Random, _: string, name: string): ReturnType<Area['round']> {
  const path = `/api/v1/namespaces/${name}`
  const finalizers = random.pick<Part>([undefined, ['kubernetes', 'e.com/f'], ['e.com/f']])
  const body = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { a: 'b' } },
    ...(finalizers ? { spec: { finalizers } } : {}),
  }
  const { status } = yield { method: 'POST', path: '/api/v1/namespaces', body }
  if (status !== 201) return
  for (let again = 0; again < 4; again++) {
    const next = {
      ...body,
      spec: { finalizers: random.pick<Part>([['kubernetes'], ['kubernetes', 'e.com/f'], ['x'], ['e.com/g', 'kubernetes']]) },
    }
    if (random.chance(0.5))
      yield {
        method: 'PUT',
        path: `${path}/finalize?${random.pick(['', 'dryRun=All'])}`,
        body: random.chance(0.6) ? next : changed(random, next),
      }
    else
      yield change(
        random,
        `${path}${random.pick(['', '/status'])}`,
        changed(random, { ...next, status: { phase: random.pick(['Active', 'Terminating', 'x']) } }),
      )
  }
  yield { method: 'PUT', path: `${path}/finalize`, body: { ...body, spec: { finalizers: ['kubernetes'] } }, setup: true }
  yield { method: 'DELETE', path, setup: true }
}
