// Bad input of each kind, as somebody at a terminal gives it: an exit code, one message that says what, where and what to do, no stack.

import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asOrdinaryUser, hasUserNamespaces, runInpod, scratchFolder } from './inpod.ts'

const scratch = scratchFolder()
const files: Record<string, string> = {
  'broken.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n data: [\n',
  'second.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\nkind: {{ .Values.kind }}\n',
  'kind.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pood\nmetadata: {name: b}\n',
  'name.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: Not_A_Name\n',
  'no-kind.yaml': '# a comment\nfoo: bar\n',
  'list.yaml': '- a\n- b\n',
  'empty.yaml': '# nothing\n---\n',
  'broken.json': '{"apiVersion": "v1",\n "kind" "Pod"}',
  'half.json': '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "\\ud800"}}',
  'name-is-object.json': '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": {"toString": "a"}}}',
  'namespace-missing.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: nowhere}\n',
  'null-rules.yaml': [
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: ClusterRole',
    'metadata: {name: odd}',
    'rules:',
    '- {apiGroups: [null], resources: [null], verbs: [get]}',
    '- {apiGroups: null, resources: null, nonResourceURLs: [/healthz], verbs: [get]}',
  ].join('\n'),
  'kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [dangling.yaml]\n',
  'dangling.yaml': [
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: RoleBinding',
    'metadata: {name: rb, namespace: default}',
    'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: missing}',
    'subjects: [{kind: ServiceAccount, name: ghost, namespace: default}]',
    '---',
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: Role',
    'metadata: {name: typo, namespace: default}',
    'rules: [{apiGroups: [""], resources: [pod, deployments], verbs: [get]}, {apiGroups: [apps], resources: [deployments/finalizers, deployments/stat], verbs: [update]}]',
  ].join('\n'),
}

/** A role that is right, though nothing serves what it names, and three that are not. */
files['asked-for.yaml'] = `
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.k8s.io}
spec: {group: metrics.k8s.io, version: v1beta1, groupPriorityMinimum: 100, versionPriority: 100, service: {name: m, namespace: default}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: right}
rules:
- {apiGroups: [""], resources: [users, groups, serviceaccounts, nodes/metrics, nodes/stats], verbs: [impersonate, get]}
- {apiGroups: [authentication.k8s.io], resources: [uids, userextras/scopes], verbs: [impersonate]}
- {apiGroups: [certificates.k8s.io], resources: [signers], verbs: [approve]}
- {apiGroups: [metrics.k8s.io], resources: [pods], verbs: [list]}
${[1, 2, 3]
  .map(
    (number) => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: integration-${number}}
rules:
- {apiGroups: [ray.io], resources: [rayjobs, rayjobs/status], verbs: [get]}
- {apiGroups: [extensions], resources: [deployments], verbs: [get]}
- {apiGroups: [constructor], resources: [toString], verbs: [get]}
`,
  )
  .join('')}`

beforeAll(() => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(scratch.path, name), text)
  writeFileSync(join(scratch.path, 'plain.txt'), 'text')
  mkdirSync(join(scratch.path, 'no-manifests'))
  symlinkSync('loop.yaml', join(scratch.path, 'loop.yaml'))
  const started = { server: 'https://127.0.0.1:1', caFile: join(scratch.path, 'plain.txt'), token: 'x', podRoot: scratch.path, env: {} }
  writeFileSync(join(scratch.path, 'started.json'), `\uFEFF${JSON.stringify(started)}\r\n`)
  writeFileSync(join(scratch.path, 'description.json'), JSON.stringify({ ...started, env: null }))
})
afterAll(() => scratch.remove())

const run = (args: string[], through: string[] = []) => runInpod(args, { cwd: scratch.path, env: { HOME: scratch.path }, through })

interface BadInput {
  what: string
  args: string[]
  code: number
  says: (string | RegExp)[]
}

const badInputs: BadInput[] = [
  { what: 'no command', args: [], code: 2, says: ['no command', 'exec, start'] },
  { what: 'an unknown command', args: ['exce', '--', 'true'], code: 2, says: ['unknown command exce', 'Did you mean exec?'] },
  {
    what: 'a kustomization',
    args: ['exec', '-f', 'kustomization.yaml', '--', 'true'],
    code: 2,
    says: ['kustomization.yaml:1: no kind "Kustomization"', 'kubectl kustomize FOLDER'],
  },
  { what: 'no program', args: ['exec'], code: 2, says: ['no program to run', 'inpod exec -- kubectl'] },
  { what: 'no program after --', args: ['exec', '-n', 'default', '--'], code: 2, says: ['no program to run'] },
  {
    what: 'an unknown option',
    args: ['exec', '--namespac', 'x', '--', 'true'],
    code: 2,
    says: ['--namespac', 'Did you mean --namespace?'],
  },
  { what: 'an unknown short option', args: ['exec', '-x', '--', 'true'], code: 2, says: ['unknown option -x', 'inpod exec --help'] },
  { what: 'an option without its value', args: ['exec', '-f', '--', 'true'], code: 2, says: ['-f needs a value: FILE'] },
  { what: 'a switch with a value', args: ['start', '--json=yes'], code: 2, says: ['--json takes no value'] },
  { what: 'a port that is none', args: ['start', '--port', 'http'], code: 2, says: ['"http" of --port', '65535'] },
  {
    what: 'a duration that is none',
    args: ['exec', '--token-expiration', '10x', '--', 'true'],
    code: 2,
    says: ['"10x" of --token-expiration'],
  },
  { what: 'a duration that is too short', args: ['exec', '--token-expiration', '0s', '--', 'true'], code: 2, says: ['at least a second'] },
  {
    what: 'a sandbox by a name that all objects have',
    args: ['exec', '--sandbox', 'constructor', '--', 'true'],
    code: 2,
    says: ['"constructor" of --sandbox', 'real-path'],
  },
  { what: 'a network that there is not', args: ['exec', '--network', 'lunar', '--', 'true'], code: 2, says: ['"lunar" of --network'] },
  {
    what: 'an allowed host without a port',
    args: ['exec', '--network', 'isolated', '--allow-host', 'db.example.com', '--', 'true'],
    code: 2,
    says: ['"db.example.com" of --allow-host', 'a colon and a port'],
  },
  {
    what: 'an allowed host that is the Pod itself',
    args: ['exec', '--network', 'isolated', '--allow-host', 'localhost:5432', '--', 'true'],
    code: 2,
    says: ['"localhost:5432" of --allow-host', 'host.inpod.internal:5432'],
  },
  {
    what: 'an allowed host of IPv6',
    args: ['exec', '--network', 'isolated', '--allow-host', '[2001:db8::1]:443', '--', 'true'],
    code: 2,
    says: ['of --allow-host', 'IPv6'],
  },
  {
    what: 'an allowed host in the cluster',
    args: ['exec', '--network', 'isolated', '--allow-host', 'web.team.svc.cluster.local:80', '--', 'true'],
    code: 2,
    says: ['names of the cluster are its own'],
  },
  {
    what: 'an allowed host without a network',
    args: ['exec', '--allow-host', 'db.example.com:5432', '--', 'true'],
    code: 2,
    says: ['--allow-host without --network isolated'],
  },
  {
    what: 'a network without a namespace',
    args: ['exec', '--network', 'isolated', '--sandbox', 'pod-root', '--', 'true'],
    code: 2,
    says: ['--network isolated with --sandbox pod-root', '--sandbox namespaces'],
  },
  { what: 'an invalid namespace', args: ['exec', '-n', 'Team_A', '--', 'true'], code: 2, says: ['"Team_A" of --namespace'] },
  { what: 'a program for start', args: ['start', 'sh'], code: 2, says: ['unexpected "sh"', 'inpod exec'] },
  { what: 'a missing file', args: ['exec', '-f', 'nope.yaml', '--', 'true'], code: 2, says: ['nope.yaml: no such file'] },
  { what: 'a folder without manifests', args: ['exec', '-f', 'no-manifests', '--', 'true'], code: 2, says: ['no-manifests: no .yaml'] },
  { what: 'an empty file', args: ['exec', '-f', 'empty.yaml', '--', 'true'], code: 2, says: ['empty.yaml: no objects'] },
  { what: 'broken YAML', args: ['exec', '-f', 'broken.yaml', '--', 'true'], code: 2, says: [/broken\.yaml:5:\d+: /] },
  { what: 'broken YAML in a later document', args: ['exec', '-f', 'second.yaml', '--', 'true'], code: 2, says: [/second\.yaml:5:\d+: /] },
  { what: 'broken JSON', args: ['exec', '-f', 'broken.json', '--', 'true'], code: 2, says: [/broken\.json:2:\d+: /] },
  {
    what: 'an object without a kind',
    args: ['exec', '-f', 'no-kind.yaml', '--', 'true'],
    code: 2,
    says: ['no-kind.yaml:2', 'apiVersion is missing'],
  },
  { what: 'no object at all', args: ['exec', '-f', 'list.yaml', '--', 'true'], code: 2, says: ['list.yaml:1', 'a list'] },
  { what: 'an unknown kind', args: ['exec', '-f', 'kind.yaml', '--', 'true'], code: 2, says: ['kind.yaml:5', '"Pood"', '"v1"'] },
  { what: 'an invalid name', args: ['exec', '-f', 'name.yaml', '--', 'true'], code: 2, says: ['name.yaml:1', 'Not_A_Name', 'RFC 1123'] },
  { what: 'a name that is half a character', args: ['exec', '-f', 'half.json', '--', 'true'], code: 2, says: ['half.json:1', 'RFC 1123'] },
  {
    what: 'a name that is an object',
    args: ['exec', '-f', 'name-is-object.json', '--', 'true'],
    code: 2,
    says: ['name-is-object.json:1', 'cannot unmarshal object into Go struct field ObjectMeta.metadata.name of type string'],
  },
  {
    what: 'an object in a namespace that nothing makes',
    args: ['exec', '-f', 'namespace-missing.yaml', '--', 'true'],
    code: 2,
    says: ['namespace-missing.yaml:1', '"nowhere" not found', 'Namespace'],
  },
  {
    what: 'a namespace that nothing makes',
    args: ['exec', '-n', 'gone', '--', 'true'],
    code: 2,
    says: ['"gone"', 'kind: Namespace', 'name: gone'],
  },
  {
    what: 'a service account that nothing makes',
    args: ['exec', '--service-account', 'gone', '--', 'true'],
    code: 2,
    says: ['"gone"', 'kind: ServiceAccount', 'namespace: default'],
  },
  { what: 'an empty path', args: ['exec', '--record', '', '--', 'true'], code: 2, says: ['invalid value "" of --record', 'FILE'] },
  { what: 'a link to itself', args: ['matrix', '--list', 'loop.yaml'], code: 2, says: ['loop.yaml: ELOOP'] },
  { what: 'manifests in a link to itself', args: ['exec', '-f', 'loop.yaml', '--', 'true'], code: 2, says: ['loop.yaml: ELOOP'] },
  {
    what: 'a description without variables',
    args: ['env', '--docker', '--from', 'description.json'],
    code: 2,
    says: ['--from description.json: this is not what inpod start --json prints: env'],
  },
  {
    what: 'a folder to write a kubeconfig to',
    args: ['kubeconfig', '--from', 'started.json', '--output', 'no-manifests'],
    code: 2,
    says: ['--output no-manifests: it is a folder'],
  },
  {
    what: 'a file in a file to write a kubeconfig to',
    args: ['kubeconfig', '--from', 'started.json', '--output', 'plain.txt/x'],
    code: 2,
    says: ['--output plain.txt/x: no such folder'],
  },
  { what: 'a program that does not exist', args: ['exec', '--', 'no-such-program'], code: 127, says: ['no-such-program', 'PATH'] },
  { what: 'a path that does not exist', args: ['exec', '--', './nothing'], code: 127, says: ['./nothing'] },
  { what: 'a program that is not executable', args: ['exec', '--', './plain.txt'], code: 126, says: ['plain.txt', 'chmod +x'] },
  { what: 'a folder as a program', args: ['exec', '--', './no-manifests'], code: 126, says: ['it is a folder'] },
]

describe.concurrent('bad input', () => {
  test.for(badInputs)('$what', async ({ args, code, says }, { expect }) => {
    const { err, ...end } = await run(args)
    expect({ ...end, err }).toMatchObject({ code, out: '' })
    for (const text of says) expect(err).toMatch(text instanceof RegExp ? text : new RegExp(text.replaceAll(/[.?*+^$()[\]{}|\\]/g, '\\$&')))
    expect(err).toMatch(/^inpod: /)
    expect(err).not.toMatch(/\n\s+at /)
  })

  test('RBAC that refers to nothing is taken, with warnings that say so', async ({ expect }) => {
    const { code, err } = await run(['exec', '-f', 'dangling.yaml', '--', 'true'])
    expect(code).toBe(0)
    expect(err.split('\n').sort()).toEqual(
      [
        '',
        'inpod: warning: dangling.yaml:1: RoleBinding "rb" names the service account "ghost" in namespace "default", which does not exist',
        'inpod: warning: dangling.yaml:1: RoleBinding "rb" refers to the Role "missing" in namespace "default", which does not exist: it grants nothing',
        'inpod: warning: dangling.yaml:7: Role "typo" names the resource "deployments" of "": it is in apiGroup "apps"',
        'inpod: warning: dangling.yaml:7: Role "typo" names the resource "pod" of "": no such resource. Did you mean "pods"?',
        'inpod: warning: dangling.yaml:7: Role "typo" names the resource "deployments/stat" of "apps": "deployments" has no subresource "stat"',
      ].sort(),
    )
  })

  test('what is asked for without being served is known, and what integrations lack is told once', async ({ expect }) => {
    const { code, err } = await run(['exec', '-f', 'asked-for.yaml', '--', 'true'])
    const said = (number: number, what: string) => `ClusterRole "integration-${number}" names the resource ${what}`
    const elsewhere = '"deployments" of "extensions": nothing serves that group. "deployments" is in apiGroup "apps"'
    const nowhere = 'nothing serves that group. Its CustomResourceDefinition belongs into the manifests'
    expect(code).toBe(0)
    expect(err.split('\n').map((line) => line.replace(/^inpod: warning: asked-for.yaml:\d+: /, ''))).toEqual([
      said(1, `"rayjobs" of "ray.io": ${nowhere}`),
      said(1, elsewhere),
      said(1, `"toString" of "constructor": ${nowhere}`),
      said(2, elsewhere),
      said(3, elsewhere),
      '',
    ])
  })

  test('rules with null in the place of lists and strings', async ({ expect }) => {
    const { code, err } = await run(['exec', '-f', 'null-rules.yaml', '--', 'true'])
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringContaining('null-rules.yaml:1: ClusterRole "odd" names the resource "" of "": no such resource'),
    })
  })

  test('a port in use', async ({ expect }) => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const { code, err } = await run(['exec', '--port', String(port), '--', 'true'])
    server.close()
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`port ${port} of 127.0.0.1 is in use`) })
  })

  test('--verbose shows where an error comes from', async ({ expect }) => {
    const { code, err } = await run(['exec', '--verbose', '-f', 'broken.yaml', '--', 'true'])
    expect(code).toBe(2)
    expect(err).toMatch(/\n\s+at /)
  })
})

const forbid = ['unshare', '--user', '--map-current-user', '--keep-caps', 'sh', '-c']
const testForbidden = hasUserNamespaces ? test : test.skip
testForbidden('user namespaces that are forbidden (needs user namespaces, to forbid them in one)', async () => {
  const script = 'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --inh-caps=-all --ambient-caps=-all -- "$@"'
  const { code, out, err } = await run(['exec', '--', 'true'], [...asOrdinaryUser, ...forbid, script, 'sh'])
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^inpod: cannot give the program a Pod's files\n/)
  expect(err).toMatch(/tried a user namespace and a mount namespace.*\n.*unshare/)
  expect(err).toMatch(/kernel\.unprivileged_userns_clone=1/)
  expect(err).toMatch(/--sandbox pod-root/)
})

test('a file that may not be read', async () => {
  const file = join(scratch.path, 'secret.yaml')
  writeFileSync(file, 'kind: x')
  chmodSync(file, 0o000)
  const { code, err } = await run(['exec', '-f', 'secret.yaml', '--', 'true'], asOrdinaryUser)
  expect({ code, err }).toEqual({ code: 2, err: 'inpod: secret.yaml: may not be read\n' })
})

test('a kubeconfig is written to what is no file as it is', async () => {
  const pipe = join(scratch.path, 'pipe')
  expect(spawnSync('mkfifo', [pipe]).status).toBe(0)
  const read = new Promise((resolve) => execFile('cat', [pipe], (_error, text) => resolve(text)))
  expect(await run(['kubeconfig', '--from', 'started.json', '--output', 'pipe'])).toMatchObject({ code: 0, out: '', err: '' })
  expect(JSON.parse(String(await read))).toMatchObject({ kind: 'Config' })
  expect(statSync(pipe).isFIFO()).toBe(true)
})

test('a folder that may not be read', async () => {
  const folder = join(scratch.path, 'closed')
  mkdirSync(folder, { mode: 0o100 })
  expect(await run(['exec', '-f', 'closed', '--', 'true'], asOrdinaryUser)).toMatchObject({
    code: 2,
    err: 'inpod: closed: may not be read\n',
  })
  const { code, err } = await run(['matrix', '--list', 'closed'], asOrdinaryUser)
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringMatching(/^inpod: closed: EACCES/) })
})

test('a Node.js that is too old gets as far as saying so', async () => {
  const text = readFileSync(join(import.meta.dirname, '../../packages/emulator/bin/inpod.mjs'), 'utf8')
  // The version is read from process.versions, which can be changed before the file is imported.
  const script = join(scratch.path, 'old.mjs')
  writeFileSync(join(scratch.path, 'inpod.mjs'), text)
  writeFileSync(
    script,
    "Object.defineProperty(process.versions, 'node', { value: '20.11.0' }); Object.defineProperty(process, 'version', { value: 'v20.11.0' }); await import('./inpod.mjs')",
  )
  const end = await new Promise<{ code: number; err: string }>((resolve) =>
    execFile(process.execPath, [script], (error, _, err) => resolve({ code: Number(error?.code ?? 0), err })),
  )
  expect(end).toEqual({ code: 1, err: 'inpod: needs Node.js 22.12 or newer, and this is v20.11.0\n' })
})
