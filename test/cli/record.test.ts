// --audit, --record, --rbac-mode and --rule-coverage, with a program that makes requests as its Pod.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import type { AuditEvent } from 'inpod'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { asOrdinaryUser, eventually, type RunOptions, runInpod, scratchFolder, startInpod } from './inpod.ts'

const scratch = scratchFolder()
const at = (name: string) => join(scratch.path, name)
const manifests = `apiVersion: v1
kind: ServiceAccount
metadata: {name: demo, namespace: default}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules:
- apiGroups: [""]
  resources: [pods]
  verbs: [list]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: demo, namespace: default}]
`
/** Asks for the paths that it is given, prints the answers' codes, and ends with the first word if that is a number. */
const client = `
  import { readFileSync } from 'node:fs'
  import { get } from 'node:https'
  const read = (name) => readFileSync((process.env.TELEPRESENCE_ROOT ?? '') + '/var/run/secrets/kubernetes.io/serviceaccount/' + name, 'utf8')
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env
  const headers = { authorization: 'Bearer ' + read('token'), 'user-agent': 'client/1' }
  const ask = (path) => new Promise((resolve) => get({ host, port, path, headers, ca: read('ca.crt') }, (response) => {
    if (path.includes('watch=')) resolve(response.statusCode)
    else response.resume().on('end', () => resolve(response.statusCode))
  }))
  const [code, ...paths] = process.argv.slice(2)
  const codes = []
  for (const path of paths) codes.push(await ask(path))
  console.log(codes.join(' '))
  if (code !== 'wait') process.exit(Number(code))
  setInterval(() => {}, 1000)
`

beforeAll(() => {
  writeFileSync(at('rbac.yaml'), manifests)
  writeFileSync(at('client.mjs'), client)
  mkdirSync(at('read-only'), { mode: 0o555 })
})
afterAll(() => scratch.remove())

const pods = '/api/v1/namespaces/default/pods'
const secrets = '/api/v1/namespaces/default/secrets'
const command = (options: string[], paths: string[], end = '0') => [
  ...['exec', '--sandbox', 'pod-root', '-f', at('rbac.yaml'), '--service-account', 'demo', ...options],
  ...['--', process.execPath, at('client.mjs'), end, ...paths],
]
const run = (options: string[], paths: string[], end?: string, more?: RunOptions) => runInpod(command(options, paths, end), more)
const eventsIn = (file: string): AuditEvent[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
const brief = ({ stage, verb, requestURI, responseStatus }: AuditEvent) => [stage, verb, requestURI, responseStatus.code]

describe.concurrent('--audit', () => {
  test('writes each request, and each stage of a watch', async ({ expect }) => {
    const file = at('audit.jsonl')
    expect(await run(['--audit', file], ['/version', pods, secrets, `${pods}?watch=1`], '3')).toMatchObject({
      code: 3,
      out: '200 200 403 403\n',
    })
    const events = eventsIn(file)
    expect(events.map(brief)).toEqual([
      ['ResponseComplete', 'get', '/version', 200],
      ['ResponseComplete', 'list', pods, 200],
      ['ResponseComplete', 'list', secrets, 403],
      ['ResponseStarted', 'watch', `${pods}?watch=1`, 403],
      ['ResponseComplete', 'watch', `${pods}?watch=1`, 403],
    ])
    expect(events[1]).toMatchObject({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      user: { username: 'system:serviceaccount:default:demo' },
      userAgent: 'client/1',
      objectRef: { resource: 'pods', namespace: 'default', apiVersion: 'v1' },
      annotations: { 'authorization.k8s.io/decision': 'allow' },
    })
  })

  test.for(['SIGINT', 'SIGTERM'] as const)('is whole after %s', async (signal, { expect }) => {
    const file = at(`audit-${signal}.jsonl`)
    const running = startInpod(command(['--audit', file, '--rbac-mode', 'record'], [pods, `${pods}?watch=1`], 'wait'))
    await running.said(/200 200\n/)
    running.child.kill(signal)
    await running.finished
    expect(eventsIn(file).map(({ stage, verb }) => [stage, verb])).toEqual([
      ['ResponseComplete', 'list'],
      ['ResponseStarted', 'watch'],
      ['ResponseComplete', 'watch'],
    ])
  })

  test('is there while the program runs', async ({ expect }) => {
    const file = at('audit-running.jsonl')
    const running = startInpod(command(['--audit', file], [pods], 'wait'))
    await running.said(/200\n/)
    await eventually(() => readFileSync(file, 'utf8').endsWith('\n'), 'the event is written')
    expect(eventsIn(file)).toHaveLength(1)
    running.child.kill('SIGTERM')
    await running.finished
  })

  test('that cannot be written to the end makes a good run fail, and leaves a bad one its code', async ({ expect }) => {
    const good = await run(['--audit', '/dev/full'], [pods])
    expect(good).toMatchObject({ code: 1, out: '200\n' })
    expect(good.err).toContain('inpod: the audit log /dev/full is not whole: no space is left on the device\n')
    const bad = await run(['--audit', '/dev/full'], [pods], '7')
    expect(bad.code).toBe(7)
    expect(bad.err).toContain('inpod: warning: the audit log /dev/full is not whole')
  })

  test('start writes it too, to standard output if told so', async ({ expect }) => {
    const running = startInpod(['start', '--json', '--audit', '-'])
    const { server, token, caFile } = JSON.parse(await running.said(/\{.*\}\n/))
    const headers = { authorization: `Bearer ${token}` }
    const ca = readFileSync(caFile, 'utf8')
    await new Promise((resolve) =>
      get(`${server}${pods}`, { headers, ca, agent: false }, (response) => response.resume().on('end', resolve)),
    )
    running.child.kill('SIGTERM')
    const { code, out } = await running.finished
    expect(code).toBe(143)
    const [, line = ''] = out.split('\n')
    expect(JSON.parse(line)).toMatchObject({ verb: 'list', requestURI: pods, user: { username: 'kubernetes-admin' } })
  })
})

describe.concurrent('--record', () => {
  test('lets denied requests through, and writes what would allow them; with that they pass', async ({ expect }) => {
    const file = at('recorded.yaml')
    const first = await run(['--record', file], ['/version', pods, secrets, '/metrics'])
    expect(first).toMatchObject({ code: 0, out: '200 200 200 200\n' })
    const text = readFileSync(file, 'utf8')
    expect(text).toContain('# list /api/v1/namespaces/default/pods\n')
    const account = at('account.yaml')
    writeFileSync(account, manifests.split('---')[0]!)
    const exec = (paths: string[]) => [
      ...['exec', '--sandbox', 'pod-root', '-f', account, '-f', file, '--service-account', 'demo'],
      ...['--', process.execPath, at('client.mjs'), '0', ...paths],
    ]
    expect(await runInpod(exec(['/version', pods, secrets, '/metrics', `${pods}/one`]))).toMatchObject({ out: '200 200 200 200 403\n' })
  })

  test('names objects if told so', async ({ expect }) => {
    const file = at('named.yaml')
    await run(['--record', file, '--record-names'], [`${pods}/one`, `${pods}/two`])
    expect(readFileSync(file, 'utf8')).toContain('  resourceNames: ["one", "two"]\n')
  })

  test('with --rbac-mode enforce requests are denied, and recorded all the same', async ({ expect }) => {
    const file = at('enforced.yaml')
    expect(await run(['--record', file, '--rbac-mode', 'enforce'], [secrets])).toMatchObject({ out: '403\n' })
    expect(readFileSync(file, 'utf8')).toContain('  resources: ["secrets"]\n')
  })

  test('replaces a file as a whole, with its mode and behind a link, and leaves nothing else', async ({ expect }) => {
    const folder = at('links')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'real.yaml'), 'old', { mode: 0o640 })
    symlinkSync('real.yaml', join(folder, 'link.yaml'))
    await run(['--record', join(folder, 'link.yaml')], [pods])
    expect(readdirSync(folder)).toEqual(['link.yaml', 'real.yaml'])
    expect(readFileSync(join(folder, 'real.yaml'), 'utf8')).toMatch(/^# What the service account "demo"/)
    expect(statSync(join(folder, 'real.yaml')).mode & 0o777).toBe(0o640)
  })

  test('a program that makes no request needs nothing', async ({ expect }) => {
    const file = at('nothing.yaml')
    expect(await runInpod(['exec', '--sandbox', 'pod-root', '--record', file, '--', 'true'])).toMatchObject({ code: 0 })
    expect(readFileSync(file, 'utf8')).toContain('# It asked for nothing else.\n')
  })

  test('of a workload’s Pod it is that of its account', async ({ expect }) => {
    const pod = `---\napiVersion: v1\nkind: Pod\nmetadata: {name: app, namespace: default}\nspec: {serviceAccountName: demo, containers: [{name: app, image: i}]}\n`
    writeFileSync(at('pod.yaml'), manifests + pod)
    const file = at('of-pod.yaml')
    const program = ['--', process.execPath, at('client.mjs'), '0', secrets]
    const { err } = await runInpod([
      'exec',
      '--sandbox',
      'pod-root',
      '--pod',
      at('pod.yaml'),
      '--record',
      file,
      '--rule-coverage',
      ...program,
    ])
    expect(readFileSync(file, 'utf8')).toContain('name: default-demo')
    expect(err).toContain('rule coverage: 0 of 2 rules were needed')
  })
})

test.concurrent('--rbac-mode warn lets through what it warns of', async ({ expect }) => {
  const { out, err } = await run(['--rbac-mode', 'warn'], [secrets, secrets])
  expect(out).toBe('200 200\n')
  const text = 'let through, though not allowed: User "system:serviceaccount:default:demo" cannot list resource "secrets"'
  expect(err.split(text)).toHaveLength(2)
})

test.concurrent('rules that were not needed are shown, and fail the run if told so', async ({ expect }) => {
  const shown = await run(['--rule-coverage'], [pods])
  expect(shown.code).toBe(0)
  const file = at('rbac.yaml')
  expect(shown.err.split('\n').slice(-4, -1)).toEqual([
    expect.stringMatching(/^ {2}NEEDED {2}RULE +WHERE +ALLOWS +NOT NEEDED$/),
    expect.stringMatching(`^  yes     Role default/reader, rule 1  ${file}:9   list pods$`),
    expect.stringMatching(`^  no      Role default/reader, rule 2  ${file}:12  get deployments of apps$`),
  ])
  expect(shown.err).toContain('inpod: rule coverage: 1 of 2 rules were needed\n')
  expect(await run(['--fail-on-unused'], [pods])).toMatchObject({ code: 1, err: expect.stringContaining('rule 2') })
  expect(await run(['--fail-on-unused'], [pods], '5')).toMatchObject({ code: 5 })
  expect(await run(['--fail-on-unused'], [pods, '/apis/apps/v1/namespaces/default/deployments/one'])).toMatchObject({ code: 0 })
})

describe.concurrent('wrong use', () => {
  test.for([
    [['--audit', '-'], '--audit - would mix with what the program prints'],
    [['--record', '-'], '--record - would mix with what the program prints'],
    [['--record-names'], '--record-names without --record'],
    [['--rbac-mode', 'off'], 'invalid value "off" of --rbac-mode: one of enforce, warn, record'],
    [['--audit', 'none/audit.jsonl'], '--audit none/audit.jsonl: no such folder'],
    [['--audit', '.'], '--audit .: it is a folder'],
    [['--record', 'none/rbac.yaml'], '--record none/rbac.yaml: no such folder'],
    [['--record', '.'], '--record .: it is a folder'],
  ] as const)('%s', async ([options, message], { expect }) => {
    const { code, out, err } = await run([...options], [pods], '0', { cwd: scratch.path })
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(`inpod: ${message}\n`)
  })

  test('a folder that may not be written to', async ({ expect }) => {
    const through = asOrdinaryUser
    for (const option of ['audit', 'record']) {
      const file = join(at('read-only'), 'file')
      const { code, err } = await runInpod(['exec', '--sandbox', 'pod-root', `--${option}`, file, '--', 'true'], {
        through,
        env: { HOME: scratch.path },
      })
      expect(code).toBe(2)
      expect(err).toContain(`inpod: --${option} ${file}: may not be written\n`)
      expect(existsSync(file)).toBe(false)
    }
  })
})
