import type { Area, Part } from '../area.ts'
import { mutate } from '../mutate.ts'
import { jsonPatchOf } from '../patches.ts'

const spec = {
  containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' }, limits: { cpu: '2' } } }],
  automountServiceAccountToken: false,
}
const workload = { replicas: 2, selector: { matchLabels: { x: 'y' } }, template: { metadata: { labels: { x: 'y' } }, spec } }
const types = [
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/json',
  'text/plain',
]

const bodies: Record<string, (name: string) => Part> = {
  eviction: (name) => ({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, deleteOptions: { gracePeriodSeconds: 0 } }),
  binding: (name) => ({ apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { apiVersion: 'v1', kind: 'Node', name: 'n' } }),
  ephemeralcontainers: (name) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { ...spec, ephemeralContainers: [{ name: 'e', image: 'i', targetContainerName: 'c' }] },
  }),
  resize: (name) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ ...spec.containers[0], resources: { requests: { cpu: '1' }, limits: { cpu: '3' } } }] },
  }),
  status: (name) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec,
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      podIPs: [{ ip: '10.0.0.1' }],
      containerStatuses: [{ name: 'c', image: 'i', imageID: 'x', ready: true, restartCount: 1 }],
    },
  }),
  token: () => ({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: ['a'], expirationSeconds: 3600 } }),
  scale: (name) => ({ apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name }, spec: { replicas: 3 } }),
  log: () => ({}),
}

/** Subresources of Pods, Deployments and accounts, with all methods. */
export const subresources: Area = {
  *round(random, namespace, name) {
    const base = `/api/v1/namespaces/${namespace}`
    const apps = `/apis/apps/v1/namespaces/${namespace}`
    yield { method: 'POST', path: `${base}/pods`, body: { metadata: { name }, spec } }
    yield { method: 'POST', path: `${apps}/deployments`, body: { metadata: { name }, spec: workload } }
    yield { method: 'POST', path: `${base}/serviceaccounts`, body: { metadata: { name } } }
    for (let i = 0; i < 8; i++) {
      const sub = random.pick(Object.keys(bodies))
      const owner = sub === 'scale' ? `${apps}/deployments` : sub === 'token' ? `${base}/serviceaccounts` : `${base}/pods`
      const place = random.chance(0.1) ? `${base}/configmaps` : owner
      const body = mutate(random, bodies[sub]!(name), random.pick([0, 0, 1, 1, 2]))
      const path = `${place}/${random.chance(0.1) ? 'none' : name}/${sub}?${random.pick(['', '', 'dryRun=All', 'fieldManager=m', 'fieldManager=m&force=true', 'fieldValidation=Strict'])}`
      const method = random.pick(
        sub === 'eviction' || sub === 'binding' || sub === 'token'
          ? ['POST', 'POST', 'POST', 'GET', 'PUT']
          : ['GET', 'PUT', 'PUT', 'PATCH', 'PATCH', 'PATCH', 'POST', 'DELETE'],
      )
      if (method === 'GET' || method === 'DELETE') yield { method, path }
      else if (method !== 'PATCH')
        yield { method, path, body, ...(sub === 'token' ? { drop: ['status.token', 'status.expirationTimestamp'] } : {}) }
      else {
        const contentType = random.pick(types)
        yield { method, path, contentType, body: contentType.startsWith('application/json-patch') ? jsonPatchOf(random, body) : body }
      }
    }
    yield { method: 'DELETE', path: `${base}/pods/${name}?gracePeriodSeconds=0` }
  },
}
