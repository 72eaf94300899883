import type { Random } from '../../random-objects.ts'
import type { Area, Asked, Part, Round } from '../area.ts'

const amounts = ['0', '1', '2', '500m', '100Mi', '1Gi', '2Gi', '1500m', '0.5', '1e3']
const kinds = ['Container', 'Container', 'Pod', 'PersistentVolumeClaim']

function some(random: Random, names: readonly string[], odds = 0.5): Part {
  return Object.fromEntries(names.filter(() => random.chance(odds)).map((name) => [name, random.pick(amounts)]))
}

const limitOf = (random: Random, type: string): Part => {
  const names = type === 'PersistentVolumeClaim' ? ['storage'] : ['cpu', 'memory', 'ephemeral-storage']
  const own = type === 'Pod' ? ['max', 'min', 'maxLimitRequestRatio'] : ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio']
  return { type, ...Object.fromEntries(own.filter(() => random.chance(0.4)).map((list) => [list, some(random, names, 0.4)])) }
}

function podOf(random: Random, name: string): Part {
  const container = (each: string) => ({
    name: each,
    image: 'i',
    resources: {
      ...(random.chance(0.6) ? { requests: some(random, ['cpu', 'memory', 'ephemeral-storage']) } : {}),
      ...(random.chance(0.6) ? { limits: some(random, ['cpu', 'memory', 'ephemeral-storage']) } : {}),
    },
  })
  const spec = {
    automountServiceAccountToken: false,
    containers: random.chance(0.3) ? [container('a'), container('b')] : [container('a')],
    ...(random.chance(0.3) ? { initContainers: [container('i')] } : {}),
    ...(random.chance(0.2) ? { resources: { requests: some(random, ['cpu', 'memory']), limits: some(random, ['cpu', 'memory']) } } : {}),
  }
  return { metadata: { name }, spec }
}

const claimOf = (random: Random, name: string): Part => ({
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 's', resources: { requests: { storage: random.pick(amounts) } } },
})

/** Who counts is no part of the API server: the status is given. */
function* quotaOf(random: Random, base: string): Round {
  const names = ['pods', 'requests.cpu', 'limits.memory', 'count/configmaps', 'persistentvolumeclaims', 'services.nodeports']
  const hard = Object.fromEntries(names.filter(() => random.chance(0.35)).map((name) => [name, random.pick(['0', '1', '2', '4Gi'])]))
  const scopes = random.chance(0.3) ? { scopes: [random.pick(['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating'])] } : {}
  yield { method: 'POST', path: `${base}/resourcequotas`, body: { metadata: { name: 'q' }, spec: { hard, ...scopes } } }
  const used = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']))
  const contentType = 'application/merge-patch+json'
  yield { method: 'PATCH', path: `${base}/resourcequotas/q/status`, contentType, body: { status: { hard, used } }, setup: true }
  yield { path: `${base}/resourcequotas/q`, drop: ['status', 'metadata.managedFields'] }
  yield heardOf
}

/** Admission knows of an object when it hears of it; limits that it had to ask for until then it remembers for half a minute. */
const heardOf: Asked = { path: '/api/v1/namespaces?limit=1&fieldSelector=metadata.name%3Dnone', setup: true, retry: 500, until: 299 }

/** Limit ranges, and what they make of Pods and claims; quotas, and what they let through. */
export const quotas: Area = {
  *round(random, _namespace, name) {
    const base = `/api/v1/namespaces/${name}`
    yield { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name } }, setup: true }
    yield { path: `${base}/configmaps/kube-root-ca.crt`, retry: 20_000, setup: true }
    yield { path: `${base}/serviceaccounts/default`, retry: 20_000, setup: true }
    const limits = Array.from({ length: 1 + random.below(2) }, () => limitOf(random, random.pick(kinds)))
    yield { method: 'POST', path: `${base}/limitranges`, body: { metadata: { name: 'l' }, spec: { limits } } }
    yield heardOf
    for (let i = 0; i < 5; i++) {
      const isClaim = random.chance(0.25)
      const body = isClaim ? claimOf(random, `o${i}`) : podOf(random, `o${i}`)
      yield { method: 'POST', path: `${base}/${isClaim ? 'persistentvolumeclaims' : 'pods'}?dryRun=All`, body }
    }
    yield { method: 'DELETE', path: `${base}/limitranges/l`, setup: true }
    yield* quotaOf(random, base)
    for (const each of ['x', 'y']) {
      yield { method: 'POST', path: `${base}/pods?dryRun=All`, body: podOf(random, each) }
      yield { method: 'POST', path: `${base}/configmaps?dryRun=All`, body: { metadata: { name: each } } }
    }
    yield { method: 'DELETE', path: `/api/v1/namespaces/${name}`, setup: true }
  },
}
