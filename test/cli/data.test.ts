// `--data DIR`: whatever happens to the process or the disk, the cluster is what was acknowledged last.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { asOrdinaryUser, hasMountNamespaces, hasUserNamespaces, runInpod } from './inpod.ts'
import { type Server, startServer } from './server.ts'

const scratch = mkdtempSync(join(tmpdir(), 'test-data-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
let count = 0
const newFolder = () => join(scratch, `folder-${++count}`)
const configMaps = '/api/v1/namespaces/default/configmaps'

const start = (data: string, args: string[] = [], through: string[] = []) => startServer(['--data', data, ...args], { through })

const configMap = (name: string, text = '') => ({ metadata: { name }, data: { text } })
const namesIn = async ({ ask }: Server): Promise<string[]> =>
  (await ask('GET', configMaps)).body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)

test('killed while it writes, again and again, it has all that was acknowledged', { timeout: 120_000 }, async () => {
  const data = newFolder()
  const acknowledged = new Map<string, string>()
  const asked = new Set<string>()
  let port = '0'
  for (let round = 0; round < 5; round++) {
    const server = await start(data, ['--port', port])
    ;({ port } = server)
    const names = await namesIn(server)
    expect([...acknowledged.keys()].filter((name) => !names.includes(name))).toEqual([])
    expect(names.filter((name) => name !== 'kube-root-ca.crt' && !asked.has(name))).toEqual([])
    const writer = async (id: number) => {
      for (let i = 0; ; i++) {
        const name = `r${round}-w${id}-${i}`
        asked.add(name)
        const { status, body } = await server.ask('POST', configMaps, configMap(name, 'x'.repeat(i * 37)))
        expect(status).toBe(201)
        acknowledged.set(name, body.metadata.resourceVersion)
      }
    }
    const writers = [0, 1, 2, 3].map((id) => writer(id).catch(() => {}))
    const before = acknowledged.size
    while (acknowledged.size < before + 20 + round * 7) await new Promise((resolve) => setTimeout(resolve, 1))
    await Promise.all([server.end('SIGKILL'), ...writers])
  }
  const last = await start(data, ['--port', port])
  const { body } = await last.ask('GET', configMaps)
  const versions = new Map(
    body.items.map(({ metadata }: { metadata: Record<string, string> }) => [metadata['name'], metadata['resourceVersion']]),
  )
  for (const [name, version] of acknowledged) expect(versions.get(name)).toBe(version)
  await last.end()
})

test('two processes cannot use one folder; that of a killed one is free', async () => {
  const data = newFolder()
  const first = await start(data)
  const second = await runInpod(['start', '--data', data])
  expect(second).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`${data} is in use by the process ${first.pid} of `) })
  const exec = await runInpod(['exec', '--data', data, '--', 'true'])
  expect(exec).toMatchObject({ code: 1, err: expect.stringContaining(`${data} is in use`) })
  await first.ask('POST', configMaps, configMap('kept'))
  await first.end('SIGKILL')
  const outcomes = await Promise.all([0, 1, 2].map(() => start(data).catch((error: Error) => error.message)))
  const [third, ...more] = outcomes.filter((each) => typeof each !== 'string')
  expect(more).toEqual([])
  expect(await namesIn(third!)).toContain('kept')
  await third!.end()
  expect(readdirSync(data).sort()).toEqual(
    ['keys.json', 'manifests.json', 'objects.log'].filter((name) => readdirSync(data).includes(name)),
  )
})

test('a last line that was cut off is dropped; damage before it is told with what to do', async () => {
  const data = newFolder()
  const first = await start(data)
  for (const name of ['one', 'two', 'three']) await first.ask('POST', configMaps, configMap(name))
  await first.end()
  const file = join(data, 'objects.log')
  truncateSync(file, statSync(file).size - 5)
  const second = await start(data)
  expect(await namesIn(second)).toEqual(['kube-root-ca.crt', 'one', 'two'])
  await second.end()
  const text = readFileSync(file, 'latin1')
  writeFileSync(file, text.replace('"name":"one"', '"name":"eno"'), 'latin1')
  const { code, err } = await runInpod(['start', '--data', data])
  const [message, offset] = /objects\.log is damaged at byte (\d+): /.exec(err) ?? []
  expect(code, err).toBe(1)
  expect(message, err).toBeDefined()
  expect(err).toContain(`truncate --size=${offset} ${file}`)
  truncateSync(file, Number(offset))
  const third = await start(data)
  expect(await namesIn(third)).toEqual(['kube-root-ca.crt'])
  await third.end()
})

const canMount = hasMountNamespaces || hasUserNamespaces
const unshare = hasMountNamespaces ? ['unshare', '--mount'] : [...asOrdinaryUser, 'unshare', '--user', '--map-root-user', '--mount']

test.skipIf(!canMount)(
  'on a full disk a write is a 500 and did not happen; with space again it works (needs mount namespaces)',
  async () => {
    const disk = newFolder()
    const data = join(disk, 'data')
    const script = 'mkdir -p "$0" && mount -t tmpfs -o size=1m none "$0" && head -c 200000 /dev/zero > "$0/ballast" && exec "$@"'
    const server = await start(data, [], [...unshare, 'sh', '-c', script, disk])
    const inside = `/proc/${server.pid}/root${disk}`
    let [stored, answer] = [0, await server.ask('POST', configMaps, configMap('first'))]
    for (; answer.status === 201; stored++) answer = await server.ask('POST', configMaps, configMap(`x${stored}`, 'v'.repeat(20_000)))
    expect(answer.status).toBe(500)
    expect(answer.body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'the write could not be stored: ENOSPC: no space left on device, write',
      code: 500,
    })
    const failed = `x${stored - 1}`
    expect((await server.ask('GET', `${configMaps}/${failed}`)).status).toBe(404)
    rmSync(join(inside, 'ballast'))
    expect((await server.ask('POST', configMaps, configMap(failed))).status).toBe(201)
    const before = (await server.ask('GET', configMaps)).body
    const copy = newFolder()
    mkdirSync(copy, { mode: 0o700 })
    for (const name of ['objects.log', 'keys.json'])
      writeFileSync(join(copy, name), readFileSync(join(inside, 'data', name)), { mode: 0o600 })
    const { err } = (await server.end('SIGKILL')) as { err: string }
    expect(err.match(/ENOSPC/g)).toHaveLength(1)
    const again = await start(copy)
    expect((await again.ask('GET', configMaps)).body.items).toEqual(before.items)
    await again.end()
  },
)

test.skipIf(!canMount)('a disk that has no room to begin with is told, and leaves nothing running (needs mount namespaces)', async () => {
  const disk = newFolder()
  const script = 'mkdir -p "$0" && mount -t tmpfs -o size=64k none "$0" && exec "$@"'
  const { code, out, err } = await runInpod(['start', '--data', join(disk, 'data')], { through: [...unshare, 'sh', '-c', script, disk] })
  expect({ code, out }, err).toEqual({ code: 1, out: '' })
  expect(err).toContain(`cannot keep the cluster in ${disk}/data: the write could not be stored: ENOSPC`)
})

const binding = `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: edit }
subjects: [{ kind: ServiceAccount, name: default }]
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit }`

/** Asks the API server as a Pod does, and prints what it answers. */
const podProgram = `
  const { readFileSync } = require('node:fs')
  const { request } = require('node:https')
  const read = (name) => readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/' + name)
  const [, method, path, body] = process.argv
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env
  const headers = { authorization: 'Bearer ' + read('token'), 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  request({ host, port, path, method, headers, ca: read('ca.crt') }, (response) => response.pipe(process.stdout)).end(body)`

test.skipIf(!hasUserNamespaces)('programs of exec find what earlier ones left, but not their Pods (needs user namespaces)', async () => {
  const data = newFolder()
  const run = async (...words: string[]) => {
    const { code, out, err } = await runInpod(['exec', '--data', data, '-f', '-', '--', process.execPath, '-e', podProgram, ...words], {
      input: binding,
    })
    expect(code, err).toBe(0)
    return JSON.parse(out)
  }
  await run('POST', configMaps, JSON.stringify(configMap('left', 'something')))
  expect(await run('GET', `${configMaps}/left`, '')).toMatchObject({ data: { text: 'something' } })
  const server = await start(data)
  expect((await server.ask('GET', '/api/v1/pods')).body.items).toEqual([])
  expect((await server.ask('GET', '/api/v1/nodes')).body.items).toEqual([])
  await server.end()
})

const workloads = (...kinds: string[]) =>
  kinds.map((kind) => {
    const template = {
      metadata: { labels: { app: 'web' } },
      spec: { restartPolicy: kind === 'Job' ? 'Never' : 'Always', containers: [{ name: 'app', image: 'x', command: ['hostname'] }] },
    }
    const selector = kind === 'Job' ? {} : { selector: { matchLabels: { app: 'web' } } }
    return { apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1', kind, metadata: { name: 'web' }, spec: { ...selector, template } }
  })

test.skipIf(!hasUserNamespaces)(
  'a workload runs again and again in a kept cluster (needs user namespaces)',
  { timeout: 120_000 },
  async () => {
    const data = newFolder()
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'alone' },
      spec: { containers: [{ name: 'app', image: 'x', command: ['hostname'] }] },
    }
    for (const manifest of [...workloads('Deployment', 'StatefulSet', 'Job', 'DaemonSet'), pod]) {
      const file = join(scratch, `${manifest.kind}.json`)
      writeFileSync(file, JSON.stringify(manifest))
      for (const replicas of [[], ['Pod', 'Job'].includes(manifest.kind) ? [] : ['--replicas', '2'], []]) {
        const { code, out, err } = await runInpod(['exec', '--data', data, '--pod', file, ...replicas])
        expect(code, `${manifest.kind}: ${err}`).toBe(0)
        expect(out).toMatch(manifest.kind === 'Pod' ? /^alone\n$/ : /web-/)
      }
    }
  },
)

test('wrong use is told', async () => {
  expect(await runInpod(['start', '--data', ''])).toMatchObject({ code: 2, err: expect.stringContaining('invalid value "" of --data') })
  expect(await runInpod(['start', '--data', '/proc/nothing'])).toMatchObject({ code: 1, err: expect.stringContaining('/proc/nothing') })
  expect(await runInpod(['start', '--data', scratch])).toMatchObject({ code: 1, err: expect.stringContaining('holds other files') })
})
