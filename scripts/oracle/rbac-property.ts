// Compares RBAC decisions with a real API server: random sets of roles and bindings go there, and SubjectAccessReviews must answer as our
// evaluator does, reasons included.
//   node --conditions=source scripts/oracle/rbac-property.ts --token TOKEN [--server URL] [--ca FILE] [--seed N] [--sets N] [--requests N]
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import type { KubeObject } from '../../packages/emulator/src/apimachinery/object.ts'
import type { Attributes } from '../../packages/emulator/src/authorization/attributes.ts'
import { createRbacAuthorizer } from '../../packages/emulator/src/authorization/rbac/authorizer.ts'
import { attributes, type DrawNames, rbacObjects } from '../../packages/emulator/src/authorization/rbac/testing/arbitraries.ts'
import { evaluateNaively } from '../../packages/emulator/src/authorization/rbac/testing/naive-evaluator.ts'
import { createKubeClient } from './kube-client.ts'

const { values: flags } = parseArgs({
  options: {
    server: { type: 'string', default: 'https://127.0.0.1:7443' },
    token: { type: 'string', default: '' },
    ca: { type: 'string' },
    seed: { type: 'string', default: '1' },
    sets: { type: 'string', default: '20' },
    requests: { type: 'string', default: '500' },
  },
})
const client = createKubeClient(flags.server, flags.token, flags.ca, 'rbac-property')
const resources: Record<string, string> = {
  Role: 'roles',
  ClusterRole: 'clusterroles',
  RoleBinding: 'rolebindings',
  ClusterRoleBinding: 'clusterrolebindings',
}
const parallel = 6

const group = 'rbac.authorization.k8s.io'
const collection = ({ kind, metadata }: KubeObject) =>
  `/apis/${group}/v1/${metadata.namespace === undefined ? '' : `namespaces/${metadata.namespace}/`}${resources[kind]}`

async function post(path: string, body: unknown): Promise<void> {
  const { status, body: answer } = await client.send('POST', path, body)
  if (status !== 201) throw new Error(`${path}: ${status} ${answer?.message}`)
}

async function review({ user, verb, resourceRequest, path, group, resource, subresource, namespace, name }: Attributes) {
  const resourceAttributes = { verb, group, resource, subresource, namespace, name }
  const spec = {
    user: user.name,
    groups: user.groups,
    ...(resourceRequest ? { resourceAttributes } : { nonResourceAttributes: { path, verb } }),
  }
  const { status, body } = await client.send('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec })
  if (status !== 201) throw new Error(`review: ${status} ${body?.message}`)
  return body.status as { allowed: boolean; reason?: string; evaluationError?: string }
}

/** Objects written after all others, through which it can be seen that the server's authorizer has caught up. */
function markers({ namespaces, prefix }: DrawNames): { objects: KubeObject[]; asked: Attributes[] } {
  const user = { name: `${prefix}-marker`, uid: '', groups: [], extra: {} }
  const rules = [{ apiGroups: ['marker.example'], resources: ['markers'], verbs: ['get'] }]
  const subjects = [{ kind: 'User', apiGroup: group, name: user.name }]
  const clusterName = `${prefix}-zz-marker`
  const apiVersion = `${group}/v1`
  const ask = (verb: string, namespace: string): Attributes => ({
    ...{ user, verb, resourceRequest: true, group: 'marker.example', version: '*', resource: 'markers' },
    ...{ subresource: '', namespace, name: '', path: '' },
  })
  const objects = [
    { apiVersion, kind: 'ClusterRole', metadata: { name: clusterName }, rules: [{ ...rules[0], verbs: ['list'] }] },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name: clusterName },
      subjects,
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: clusterName },
    },
    ...namespaces.flatMap((namespace) => [
      { apiVersion, kind: 'Role', metadata: { name: 'zz-marker', namespace }, rules },
      {
        apiVersion,
        kind: 'RoleBinding',
        metadata: { name: 'zz-marker', namespace },
        subjects,
        roleRef: { apiGroup: group, kind: 'Role', name: 'zz-marker' },
      },
    ]),
  ]
  return { objects, asked: [ask('list', ''), ...namespaces.map((namespace) => ask('get', namespace))] }
}

async function waitFor(asked: readonly Attributes[]): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const answers = await Promise.all(asked.map(review))
    if (answers.every(({ allowed }) => allowed)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the server does not see the objects')
}

/** What is wrong with the server's answer, by our evaluator; '' if nothing. The server visits bindings in any order. */
function difference(
  objects: readonly KubeObject[],
  ours: { verdict: string; reason: string },
  asked: Attributes,
  theirs: Awaited<ReturnType<typeof review>>,
) {
  const possible = evaluateNaively(objects, asked).reasons
  const { allowed, reason = '' } = theirs
  const sameVerdict = allowed === (ours.verdict === 'allow')
  const split = (text: string) =>
    text
      .replace(/^RBAC: \[?|\]$/g, '')
      .split(', ')
      .sort()
      .join()
  const sameReason = allowed ? possible.includes(reason) && possible.includes(ours.reason) : split(reason) === split(ours.reason)
  return sameVerdict && sameReason ? '' : JSON.stringify({ asked, ours, theirs })
}

async function inParallel<T>(items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items]
  const work = async () => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) await action(item)
  }
  await Promise.all(Array.from({ length: parallel }, work))
}

/** Small sets allow nothing, and so would tell little. */
const largest = (sets: KubeObject[][]) => sets.reduce((best, one) => (one.length > best.length ? one : best), [])

let draws = 0
let allowedDraws = 0
const differences: string[] = []
const seed = Number(flags.seed)
for (let set = 0; set < Number(flags.sets); set++) {
  const prefix = `rbac-prop-${seed}-${set}`
  const names: DrawNames = { namespaces: [`${prefix}-a`, `${prefix}-b`], prefix }
  const objects = largest(fc.sample(rbacObjects(names), { numRuns: 20, seed: seed * 1000 + set }))
  const marker = markers(names)
  const all = [...objects, ...marker.objects]
  try {
    for (const name of names.namespaces) await post('/api/v1/namespaces', { metadata: { name } })
    for (const object of all) await post(collection(object), object)
    await waitFor(marker.asked)
    const authorizer = createRbacAuthorizer({ list: ({ resource }) => all.filter(({ kind }) => resources[kind] === resource) })
    await inParallel(fc.sample(attributes(names), { numRuns: Number(flags.requests), seed: seed * 1000 + set }), async (asked) => {
      const theirs = await review(asked)
      draws += 1
      if (theirs.allowed) allowedDraws += 1
      const found = difference(all, authorizer.authorize(asked), asked, theirs)
      if (found !== '') differences.push(found)
    })
  } finally {
    for (const object of all) await client.send('DELETE', `${collection(object)}/${object.metadata.name}`)
    for (const name of names.namespaces) await client.send('DELETE', `/api/v1/namespaces/${name}`)
  }
}
for (const text of differences.slice(0, 20)) console.log(text)
console.log(`${draws} draws, ${allowedDraws} allowed, ${differences.length} differences`)
process.exitCode = differences.length === 0 ? 0 : 1
