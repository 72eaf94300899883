// What is recorded of an account's requests, as roles: enough for the same requests, and nothing that they can do without.
import { type Emulator, type EmulatorOptions, type LeastPrivilege, startEmulator } from 'inpod'
import { expect, test } from 'vitest'

const rbac = 'rbac.authorization.k8s.io'
const pod = { namespace: 'team-a', serviceAccountName: 'demo' }
const account = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-b' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'demo', namespace: 'team-a' } },
]
const start = (options: EmulatorOptions = {}) => startEmulator({ ...options, pod, manifests: [...account, ...(options.manifests ?? [])] })

type Step = [method: string, path: string, body?: object, headers?: Record<string, string>]

/** Makes requests with the Pod's token, and gives their status codes. */
async function play(emulator: Emulator, steps: readonly Step[]): Promise<number[]> {
  const codes: number[] = []
  for (const [method, path, body, headers] of steps) {
    const type = method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json'
    const response = await emulator.fetch(path, {
      method,
      headers: { authorization: `Bearer ${emulator.pod.files.token}`, 'content-type': type, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    await response.body?.cancel()
    codes.push(response.status)
  }
  return codes
}

async function record(steps: readonly Step[], options: EmulatorOptions = {}) {
  await using emulator = await start({ rbacMode: 'record', ...options })
  const codes = await play(emulator, steps)
  return { codes, roles: emulator.audit.leastPrivilege(), named: emulator.audit.leastPrivilege({ names: true }) }
}

/** Each of the rules can be taken out, and then something is denied. */
async function checkMinimal(steps: readonly Step[], { objects }: LeastPrivilege, expected: number[]): Promise<void> {
  await using emulator = await start({ manifests: objects })
  expect(await play(emulator, steps)).toEqual(expected)
  for (const [at, role] of objects.entries()) {
    for (const index of (role['rules'] ?? []).keys()) {
      const fewer = objects.with(at, { ...role, rules: role['rules'].toSpliced(index, 1) })
      await using lacking = await start({ manifests: fewer })
      expect(await play(lacking, steps), `without ${JSON.stringify(role['rules'][index])}`).toContain(403)
    }
  }
}

const home = '/api/v1/namespaces/team-a'
const apply = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })
const rbacPath = `/apis/${rbac}/v1/namespaces/team-a`

const steps: Step[] = [
  ['GET', '/version'],
  ['GET', '/apis/apps/v1'],
  [
    'POST',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    { spec: { nonResourceAttributes: { path: '/version', verb: 'get' } } },
  ],
  ['GET', home],
  ['GET', `${home}/pods?limit=500`],
  ['GET', `${home}/pods?watch=1&timeoutSeconds=1`],
  ['GET', `${home}/pods/one`],
  ['GET', `${home}/pods/one/log`],
  ['DELETE', `${home}/pods?labelSelector=a%3Db`],
  ['PATCH', `${home}/configmaps/new?fieldManager=me`, apply('new')],
  ['GET', '/api/v1/namespaces/team-b/secrets/key'],
  ['GET', '/api/v1/nodes'],
  ['GET', '/apis/apps/v1/deployments'],
  ['GET', '/apis/apps/v1/namespaces/team-a/deployments'],
  ['GET', '/apis/apps/v1/statefulsets'],
  ['GET', '/metrics'],
  ['POST', '/api/v1/namespaces', { metadata: { name: 'made' } }],
  ['POST', '/api/v1/namespaces/made/services', { metadata: { name: 'one' }, spec: { ports: [{ port: 80 }] } }],
  ['POST', `${rbacPath}/roles`, { metadata: { name: 'held' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }],
  ['POST', `${rbacPath}/rolebindings`, { metadata: { name: 'view' }, roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'view' } }],
]
const codes = [200, 200, 201, 200, 200, 200, 404, 404, 200, 201, 404, 200, 200, 200, 200, 200, 201, 201, 201, 201]

test('requests that need rights of all kinds pass with what was recorded, and not with one rule less', async () => {
  const recorded = await record(steps)
  expect(recorded.codes).toEqual(codes)
  await checkMinimal(steps, recorded.roles, codes)
  await checkMinimal(steps, recorded.named, codes)
}, 60_000)

test('manifests say which request needs which rule', async () => {
  const { roles } = await record([...steps.slice(0, 8), ['GET', '/apis/apps/v1/deployments'], ['GET', '/metrics']])
  expect(roles.yaml).toBe(`# What the service account "demo" in namespace "team-a" asked for, recorded by inpod.
# What everybody may do, such as discovery, is left out.
---
apiVersion: ${rbac}/v1
kind: ClusterRole
metadata:
  name: team-a-demo
rules:
# list /apis/apps/v1/deployments
- apiGroups: ["apps"]
  resources: ["deployments"]
  verbs: ["list"]
# get /metrics
- nonResourceURLs: ["/metrics"]
  verbs: ["get"]
---
apiVersion: ${rbac}/v1
kind: ClusterRoleBinding
metadata:
  name: team-a-demo
roleRef:
  apiGroup: ${rbac}
  kind: ClusterRole
  name: team-a-demo
subjects:
- kind: ServiceAccount
  name: demo
  namespace: team-a
---
apiVersion: ${rbac}/v1
kind: Role
metadata:
  name: team-a-demo
  namespace: team-a
rules:
# get /api/v1/namespaces/team-a
# get /api/v1/namespaces/team-a/pods/one/log
- apiGroups: [""]
  resources: ["namespaces", "pods/log"]
  verbs: ["get"]
# list, watch /api/v1/namespaces/team-a/pods
# get /api/v1/namespaces/team-a/pods/one
- apiGroups: [""]
  resources: ["pods"]
  verbs: ["get", "list", "watch"]
---
apiVersion: ${rbac}/v1
kind: RoleBinding
metadata:
  name: team-a-demo
  namespace: team-a
roleRef:
  apiGroup: ${rbac}
  kind: Role
  name: team-a-demo
subjects:
- kind: ServiceAccount
  name: demo
  namespace: team-a
`)
})

test('in whichever order requests come, and however often, the manifests are the same', async () => {
  const { roles } = await record(steps)
  const { roles: other } = await record([...steps.slice(0, 16).reverse(), ...steps.slice(0, 16), ...steps.slice(16)])
  expect(other.yaml).toBe(roles.yaml)
})

test('who asks for nothing needs no roles', async () => {
  const { roles } = await record([['GET', '/version']])
  expect(roles.objects).toEqual([])
  expect(roles.yaml).toMatch(/^(#.*\n)+$/)
})

test('denied requests count, those of others do not', async () => {
  await using emulator = await start()
  expect(await play(emulator, [['GET', `${home}/pods`]])).toEqual([403])
  await emulator.fetch('/api/v1/nodes')
  await emulator.fetch('/api/v1/services', { headers: { authorization: `Bearer ${emulator.adminToken}` } })
  expect(emulator.audit.leastPrivilege().objects[0]).toMatchObject({
    kind: 'Role',
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
  })
  emulator.audit.clear()
  expect(emulator.audit.leastPrivilege().objects).toEqual([])
})

test('impersonation needs the verb for each part of the user, by name', async () => {
  const asJane: Step[] = [['GET', '/version', undefined, { 'impersonate-user': 'jane', 'impersonate-group': 'devs' }]]
  const { codes, roles } = await record(asJane)
  expect(codes).toEqual([200])
  expect(roles.objects[0]).toMatchObject({
    kind: 'ClusterRole',
    rules: [
      { apiGroups: [''], resources: ['groups'], resourceNames: ['devs'], verbs: ['impersonate'] },
      { apiGroups: [''], resources: ['users'], resourceNames: ['jane'], verbs: ['impersonate'] },
    ],
  })
  await checkMinimal(asJane, roles, [200])
})

test('handing out more than one has takes escalate', async () => {
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['delete'] }]
  const escalating: Step[] = [['POST', `${rbacPath}/roles`, { metadata: { name: 'more' }, rules }]]
  const { codes, roles } = await record(escalating)
  expect(codes).toEqual([201])
  expect(roles.objects[0]?.['rules']).toEqual([{ apiGroups: [rbac], resources: ['roles'], verbs: ['create', 'escalate'] }])
  await checkMinimal(escalating, roles, [201])
})

test('what is let through is told of once in the mode warn, and only the Pod’s account gets through', async () => {
  const warnings: string[] = []
  await using emulator = await start({ rbacMode: 'warn', onWarning: (text) => warnings.push(text) })
  const list: Step = ['GET', `${home}/pods`]
  expect(await play(emulator, [list, list, ['GET', '/metrics']])).toEqual([200, 200, 200])
  expect((await emulator.fetch(`${home}/pods`)).status).toBe(403)
  const who = 'let through, though not allowed: User "system:serviceaccount:team-a:demo" cannot'
  expect(warnings).toEqual([`${who} list resource "pods" in API group "" in the namespace "team-a"`, `${who} get path "/metrics"`])
})

test('what an account asks about is its own, and allowed; asking for everything is only asking', async () => {
  const ask = (resourceAttributes: object): Step => [
    'POST',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    { spec: { resourceAttributes } },
  ]
  await using emulator = await start({ rbacMode: 'record' })
  await play(emulator, [
    ask({ verb: 'delete', resource: 'pods', namespace: 'team-a' }),
    ask({ verb: '*', resource: '*', group: '*' }),
    ask({ verb: 'list', resource: 'pods', namespace: 'team-a' }),
    ['GET', `${home}/pods`],
  ])
  const { objects, yaml } = emulator.audit.leastPrivilege()
  expect(objects[0]?.['rules']).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'delete'] }])
  expect(yaml).toContain(`# list ${home}/pods\n# delete pods (only asked whether it may)\n`)
  const response = await emulator.fetch('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    method: 'POST',
    headers: { authorization: `Bearer ${emulator.pod.files.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ spec: { resourceAttributes: { verb: 'delete', resource: 'nodes' } } }),
  })
  expect(await response.json()).toMatchObject({ status: { allowed: true } })
})

test('requests that a fault answers count too', async () => {
  await using emulator = await start({ faults: [{ match: { resource: 'pods' }, status: 500 }] })
  expect(await play(emulator, [['GET', `${home}/pods`]])).toEqual([500])
  expect(emulator.audit.leastPrivilege().objects[0]?.['rules']).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }])
})
