// Compares what somebody with some rights gets with a real API server: random roles and attempts to get more go there and to an
// `inpod start`, and the statuses must be the same.
//   node --conditions=source scripts/oracle/rights-property.ts --token TOKEN --ca FILE [--server URL] [--seed N] [--runs N]
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import type { Rights } from '../fuzz/rights/allowed.ts'
import { rightsRuns, serverOf } from '../fuzz/rights/area.ts'
import { type Outcome, playRights } from '../fuzz/rights/play.ts'
import type { RightsServer, Stage } from '../fuzz/rights/stage.ts'
import { guarded, startTarget } from '../fuzz/target.ts'
import { createHostileClient } from '../fuzz/transport/client.ts'

const { values: flags } = parseArgs({
  options: {
    server: { type: 'string', default: 'https://127.0.0.1:7443' },
    token: { type: 'string', default: '' },
    ca: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '50' },
  },
})
const { hostname: host, port } = new URL(flags.server)
const prefix = `rights-property-${flags.seed}`
const client = createHostileClient(
  { host, port: Number(port), ca: readFileSync(flags.ca, 'utf8') },
  { admin: flags.token, pod: undefined, anonymous: undefined, forged: undefined },
)
const real: RightsServer = { ...serverOf({ client }), other: `${prefix}-${guarded}` }

const post = async (path: string, body: object) => {
  const answer = await real.send({ method: 'POST', path, headers: [['Content-Type', 'application/json']], body: JSON.stringify(body) })
  return { status: answer?.status, body: JSON.parse(answer?.body.toString() || 'null') }
}

/** A real server's authorizer sees new bindings after a moment. */
async function seen(stage: Stage, { inNamespace, everywhere }: Rights): Promise<void> {
  const wanted = [
    ...inNamespace.map((rule) => ({ rule, namespace: stage.namespace })),
    ...everywhere.map((rule) => ({ rule, namespace: '' })),
  ]
  const groups = ['system:serviceaccounts']
  for (const { rule, namespace } of wanted) {
    const [resource = '', subresource = ''] = rule.resources![0]!.replace('*/', 'x/').split('/')
    const name = rule.resourceNames?.[0] ?? ''
    const resourceAttributes = { verb: rule.verbs[0], group: rule.apiGroups![0], resource, subresource, namespace, name }
    const user = `system:serviceaccount:${stage.namespace}:user`
    for (let tries = 0; tries < 100; tries++) {
      const { body } = await post('/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec: { user, groups, resourceAttributes } })
      if (body.status?.allowed === true) break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

const told = ({ answer }: Outcome) =>
  answer === undefined ? 'closed' : `${answer.status} ${/"reason":\s*"(\w+)"/.exec(answer.body.toString('latin1'))?.[1] ?? ''}`
const message = ({ answer }: Outcome) =>
  /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(answer?.body.toString('latin1') ?? '')?.[1] ?? answer?.body.toString('latin1').slice(0, 80)

const resourcesWithin = [
  ...['secrets', 'configmaps', 'serviceaccounts', 'pods', 'services', 'events'].map((name) => ['/api/v1', name] as const),
  ...['roles', 'rolebindings'].map((name) => ['/apis/rbac.authorization.k8s.io/v1', name] as const),
  ['/apis/apps/v1', 'deployments'] as const,
  ['/apis/autoscaling/v2', 'horizontalpodautoscalers'] as const,
]
const resourcesBeside = [
  ...['clusterroles', 'clusterrolebindings'].map((name) => `/apis/rbac.authorization.k8s.io/v1/${name}`),
  '/apis/certificates.k8s.io/v1/certificatesigningrequests',
  '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
  '/api/v1/nodes',
]

/** Takes away what the runs have made, each object by its name, finalizers and all. */
async function purge(): Promise<void> {
  const namesIn = async (path: string): Promise<string[]> => {
    const answer = await real.send({ method: 'GET', path, whole: true })
    const { items = [] } = JSON.parse(answer?.body.toString() || '{}') as { items?: { metadata: { name: string } }[] }
    return items.map(({ metadata }) => metadata.name)
  }
  const remove = async (path: string) => {
    const headers = [['Content-Type', 'application/merge-patch+json']] as const
    await real.send({ method: 'PATCH', path, headers, body: JSON.stringify({ metadata: { finalizers: null } }) })
    await real.send({ method: 'DELETE', path })
  }
  const isOurs = (name: string) => name.startsWith(`${prefix}-`)
  for (const collection of resourcesBeside)
    for (const name of (await namesIn(collection)).filter(isOurs)) await remove(`${collection}/${name}`)
  for (const namespace of (await namesIn('/api/v1/namespaces')).filter(isOurs)) {
    for (const [start, resource] of resourcesWithin) {
      const collection = `${start}/namespaces/${namespace}/${resource}`
      for (const name of await namesIn(collection)) await remove(`${collection}/${name}`)
    }
    await real.send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` })
  }
}

await using target = await startTarget()
const seed = Number(flags.seed)
let attempted = 0
let granted = 0
const differences = new Map<string, number>()
await post('/api/v1/namespaces', { metadata: { name: real.other } })
for (const [index, run] of fc.sample(rightsRuns, { seed, numRuns: Number(flags.runs) }).entries()) {
  const namespace = `${prefix}-${index}`
  const theirs = await playRights(real, namespace, run, seen)
  const ours = await playRights(serverOf(target), namespace, run)
  let changesRights = false
  for (const [at, one] of ours.outcomes.entries()) {
    const other = theirs.outcomes[at]!
    // A real server remembers the token of an account that was deleted for ten seconds, and sees other roles after a moment.
    if (one.answer?.status === 401 || (changesRights && one.answer?.status === 403)) break
    if (one.answer !== undefined && one.answer.status < 300 && one.attempt.method !== 'GET' && /^role/.test(one.attempt.asked.resource))
      changesRights = true
    attempted++
    if (one.answer !== undefined && one.answer.status < 300) granted++
    if (other.broken !== undefined) console.log(`the real server breaks it: ${other.broken}: ${JSON.stringify(one.attempt)}`)
    // Node's parser knows methods in capitals alone.
    if (told(one) === told(other) || one.attempt.odd === 'a method in small letters') continue
    const { method, path, body, odd, impersonates } = one.attempt
    const key = `${told(other)} → ${told(one)} ${odd ?? ''} ${impersonates ? 'impersonating' : ''} ${method} ${one.attempt.asked.resource}`
    differences.set(key, (differences.get(key) ?? 0) + 1)
    if (differences.get(key) === 1)
      console.log(
        `${key}\n   ${path} ${body?.slice(0, 300) ?? ''} ${JSON.stringify(one.attempt.headers)}\n   real: ${message(other)}\n   ours: ${message(one)}`,
      )
  }
  for (const each of theirs.gained) console.log(`gained at the real server: ${each}`)
}
await purge()
client.close()
const total = [...differences.values()].reduce((sum, count) => sum + count, 0)
console.log(`${attempted} attempts, ${granted} granted, ${total} differences of ${differences.size} kinds`)
process.exitCode = total === 0 ? 0 : 1
