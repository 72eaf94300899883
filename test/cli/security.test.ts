// What docs/security.md promises of the command.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { descendants } from '../machine/process-tree.ts'
import { scratch } from '../machine/scratch.ts'
import { hasMountNamespaces, hasNetworkNamespaces, hasUserNamespaces, runInpod, startInpod } from './inpod.ts'
import { type Server, startServer } from './server.ts'

const places: ReturnType<typeof scratch>[] = []
const newPlace = () => {
  places.push(scratch())
  return places.at(-1)!
}
afterAll(() => {
  for (const place of places) place.remove()
})
const hasNamespaces = hasUserNamespaces || hasMountNamespaces

const allKinds = (file: string) => {
  const command = ['sh', '-c', `touch '${file}'`]
  const probe = { exec: { command }, periodSeconds: 1 }
  const container = {
    name: 'app',
    image: 'x',
    command,
    livenessProbe: probe,
    lifecycle: { postStart: { exec: { command } }, preStop: { exec: { command } } },
  }
  const spec = { restartPolicy: 'Never', initContainers: [{ name: 'init', image: 'x', command }], containers: [container] }
  const template = { metadata: { labels: { app: 'x' } }, spec }
  const selector = { matchLabels: { app: 'x' } }
  const always = { ...template, spec: { ...spec, restartPolicy: 'Always' } }
  const object = (apiVersion: string, kind: string, rest: object) => ({ apiVersion, kind, metadata: { name: 'x' }, spec: rest })
  return [
    object('v1', 'Pod', spec),
    object('apps/v1', 'Deployment', { selector, template: always }),
    object('apps/v1', 'StatefulSet', { selector, template: always }),
    object('apps/v1', 'DaemonSet', { selector, template: always }),
    object('batch/v1', 'Job', { template }),
    object('batch/v1', 'CronJob', { schedule: '* * * * *', jobTemplate: { spec: { template } } }),
  ]
}

test.skipIf(!hasNamespaces)('nothing in a manifest is run, but what --pod says (needs namespaces)', { timeout: 60_000 }, async () => {
  const place = newPlace()
  const file = join(place.path, 'ran')
  const manifest = place.write(
    'all.json',
    allKinds(file)
      .map((each) => JSON.stringify(each))
      .join('\n---\n'),
  )
  const server = await startServer(['-f', manifest], { env: place.env })
  const pods = '/api/v1/namespaces/default/pods'
  expect((await server.ask('GET', `${pods}/x`)).status).toBe(200)
  const [pod] = allKinds(file)
  expect((await server.ask('POST', pods, { ...pod, metadata: { name: 'another' } })).status).toBe(201)
  expect((await server.ask('DELETE', `${pods}/x`)).status).toBe(200)
  expect(await runInpod(['exec', '-f', manifest, '--', 'sleep', '1'], { env: place.env })).toMatchObject({ code: 0 })
  await server.end()
  expect(existsSync(file)).toBe(false)
  expect(await runInpod(['exec', '-f', manifest, '--pod', 'job/x'], { env: place.env })).toMatchObject({ code: 0 })
  expect(existsSync(file)).toBe(true)
})

/** What others could read or write, below a folder that they could enter. */
function openToOthers(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isSymbolicLink()) return []
    return (statSync(path).mode & 0o077) !== 0 ? [path] : []
  })
}

test('whatever the umask is, what is made is for its user alone', { timeout: 60_000 }, async () => {
  const place = newPlace()
  const { TMPDIR, HOME, XDG_RUNTIME_DIR } = place.env as Record<'TMPDIR' | 'HOME' | 'XDG_RUNTIME_DIR', string>
  const data = join(place.path, 'data')
  const audit = join(place.path, 'audit.jsonl')
  const through = ['sh', '-c', 'umask 0; exec "$@"', 'sh']
  const server = await startServer(['--data', data, '--audit', audit], { env: place.env, through })
  const kubeconfig = join(place.path, 'kubeconfig')
  expect(await runInpod(['kubeconfig', '--output', kubeconfig], { env: place.env, through })).toMatchObject({ code: 0 })
  for (const folder of [TMPDIR, HOME, join(HOME, '.cache'), XDG_RUNTIME_DIR, data, server.description.podRoot.replace(/[^/]*$/, '')])
    expect(openToOthers(folder)).toEqual([])
  for (const file of [data, audit, kubeconfig]) expect(statSync(file).mode & 0o077, file).toBe(0)
  for (const name of ['kubeconfig', 'caFile']) expect(statSync(server.description[name]).mode & 0o077, name).toBe(0)
  await server.end()
  if (!hasNamespaces) return
  const seen = `find '${TMPDIR}' -mindepth 1 -maxdepth 1 -perm /077; cat /var/run/secrets/kubernetes.io/serviceaccount/namespace`
  const pod = place.write('pod.json', JSON.stringify(allKinds('/dev/null')[0]))
  expect(await runInpod(['exec', '--pod', pod, '--', 'sh', '-c', seen], { env: place.env, through })).toMatchObject({
    code: 0,
    out: 'default',
  })
})

test('compiled code that others could have written is not run', async () => {
  const place = newPlace()
  const cache = join(place.path, 'cache')
  const folder = join(cache, 'inpod')
  const run = () => runInpod(['--version'], { env: { ...place.env, XDG_CACHE_HOME: cache } })
  expect(await run()).toMatchObject({ code: 0, err: '' })
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(readdirSync(folder)).toContain('compile')
  rmSync(folder, { recursive: true })
  mkdirSync(folder)
  chmodSync(folder, 0o777)
  expect(await run()).toMatchObject({ code: 0, err: '' })
  expect(readdirSync(folder)).toEqual([])
  rmSync(folder, { recursive: true })
  mkdirSync(join(place.path, 'elsewhere'))
  symlinkSync(join(place.path, 'elsewhere'), folder)
  expect(await run()).toMatchObject({ code: 0, err: '' })
  expect(readdirSync(folder)).toEqual([])
})

test("a link to somebody else's folder, where servers are looked for, is neither believed nor cleared", async () => {
  const place = newPlace()
  const victim = join(place.path, 'victim')
  mkdirSync(victim, { mode: 0o755 })
  writeFileSync(join(victim, '4711.json'), '{}')
  symlinkSync(victim, join(place.env['TMPDIR']!, `inpod-running-${process.getuid!()}`))
  const env = { ...place.env, XDG_RUNTIME_DIR: undefined }
  expect(await runInpod(['env'], { env })).toMatchObject({
    code: 1,
    err: expect.stringContaining('no inpod start of this user is running'),
  })
  const server = await startServer([], { env })
  writeFileSync(join(victim, `${server.pid}.json`), '{}')
  expect(await server.end()).toMatchObject({
    code: 143,
    err: expect.stringContaining('inpod env and inpod kubeconfig will not find this server'),
  })
  await expect.poll(place.left).toEqual([`inpod-running-${process.getuid!()}`])
  expect(readdirSync(victim).sort()).toEqual([`${server.pid}.json`, '4711.json'].sort())
})

const read = (path: string) => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

test('no token is in a command line, in the environment, in an audit log or in what is said', { timeout: 60_000 }, async () => {
  const place = newPlace()
  const audit = join(place.path, 'audit.jsonl')
  const server = await startServer(['--verbose', '--audit', audit], { env: place.env })
  const { token, podRoot } = server.description
  const podToken = readFileSync(join(podRoot, 'var/run/secrets/kubernetes.io/serviceaccount/token'), 'utf8')
  const secret = { metadata: { name: 'secret' }, stringData: { password: 'hunter-2-hunter' } }
  expect((await server.ask('POST', '/api/v1/namespaces/default/secrets', secret)).status).toBe(201)
  const { body } = await server.ask('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', {})
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: podToken } }
  expect((await server.ask('POST', '/apis/authentication.k8s.io/v1/tokenreviews', review)).body.status.authenticated).toBe(true)
  const secrets = [token, podToken, body.status.token, 'hunter-2-hunter', 'PRIVATE KEY']
  const pids = [server.pid, ...descendants(server.pid).map(({ pid }) => pid)]
  const visible = pids.map((pid) => read(`/proc/${pid}/cmdline`) + read(`/proc/${pid}/environ`)).join('\n')
  const { err } = (await server.end()) as { err: string }
  const all = { visible, err, audit: readFileSync(audit, 'utf8') }
  expect(all.audit).toContain('tokenreviews')
  for (const [where, text] of Object.entries(all))
    for (const each of secrets) expect(text.includes(each), `${each.slice(0, 12)} in ${where}`).toBe(false)
  if (!hasNamespaces) return
  const running = startInpod(['exec', '--', 'sh', '-c', 'cat /var/run/secrets/kubernetes.io/serviceaccount/token; echo " end"; sleep 60'], {
    env: place.env,
  })
  const [own] = (await running.said(/\S+ end/)).split(' ')
  const lines = [running.child.pid!, ...descendants(running.child.pid!).map(({ pid }) => pid)].map((pid) => read(`/proc/${pid}/cmdline`))
  expect(lines.filter((line) => line.includes(own!) || line.includes('PRIVATE KEY'))).toEqual([])
  running.child.kill('SIGTERM')
  await running.finished
})

/** As a browser does for a page of somebody else's. */
function asBrowser({ target, port }: Server, path: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown> }>((resolve, reject) => {
    const asking = request(new URL(path, target.url), {
      method,
      ca: target.caCertificate,
      agent: false,
      // A browser would end here already: the certificate is not of that name.
      checkServerIdentity: () => undefined,
      headers: { host: `evil.example:${port}`, ...headers },
    })
    asking.on('response', (response) => resolve({ status: response.resume().statusCode, headers: response.headers }))
    asking.on('error', reject).end()
  })
}

test('a web page has no credentials, whatever name it gives the server, and no leave to read answers', async () => {
  const place = newPlace()
  const server = await startServer([], { env: place.env })
  const origin = 'https://evil.example'
  for (const [method, path, status] of [
    ['GET', '/api/v1/secrets', 403],
    ['POST', '/api/v1/namespaces/default/configmaps', 403],
    ['GET', '/inpod/', 403],
    ['GET', '/version', 200],
    ['OPTIONS', '/api/v1/secrets', 403],
  ] as const) {
    const headers = { origin, cookie: `token=${server.target.adminToken}`, 'access-control-request-method': 'POST' }
    const answer = await asBrowser(server, path, headers, method)
    expect(answer.status, `${method} ${path}`).toBe(status)
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
  }
  await server.end()
})

/** Addresses at which processes in our network listen, in the kernel's hexadecimal. */
function listening(pids: number[]): string[] {
  const network = readlinkSync('/proc/self/ns/net')
  const here = pids.filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/ns/net`) === network
    } catch {
      return false
    }
  })
  const inodes = new Set(
    here.flatMap((pid) =>
      readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
        } catch {
          return []
        }
      }),
    ),
  )
  const rows = (family: string) =>
    read(`/proc/self/net/${family}`)
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.trim().split(/\s+/))
  const tcp = ['tcp', 'tcp6'].flatMap(rows).filter(([, , , state]) => state === '0A')
  const udp = ['udp', 'udp6'].flatMap(rows)
  return [...tcp, ...udp].flatMap((row) => (inodes.has(row[9]!) ? [row[1]!.split(':')[0]!] : []))
}

describe.skipIf(!hasNamespaces)('what inpod listens at is at 127.0.0.1 (needs namespaces)', () => {
  const kinds: Array<[string, string[], boolean]> = [
    ['exec', ['exec'], true],
    ['exec --proxy', ['exec', '--proxy'], true],
    ['exec --network isolated', ['exec', '--network', 'isolated'], hasNetworkNamespaces],
    ['exec --replicas', ['exec', '--replicas', '2'], true],
  ]
  test.each(kinds)('%s', async (_name, args, isPossible) => {
    if (!isPossible) return
    const place = newPlace()
    const running = startInpod([...args, '--', 'sh', '-c', 'echo up; sleep 60'], { env: place.env })
    await running.said(/up\n/)
    const pids = () => [running.child.pid!, ...descendants(running.child.pid!).map(({ pid }) => pid)]
    await expect.poll(() => listening(pids()).length, { timeout: 10_000 }).toBeGreaterThan(0)
    expect(new Set(listening(pids()))).toEqual(new Set(['0100007F']))
    running.child.kill('SIGTERM')
    await running.finished
  })
})
