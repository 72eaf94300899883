import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  asOrdinaryUser,
  hasMountNamespaces,
  hasNetworkNamespaces,
  hasUserNamespaces,
  type RunOptions,
  runInpod,
  scratchFolder,
  startInpod,
} from './inpod.ts'
import { everybodyIsAdmin } from './rights.ts'

const scratch = scratchFolder()
const file = (name: string) => join(scratch.path, name)
const own = { HOME: file('home'), TMPDIR: file('tmp') }
const folder = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Helpers for the programs that run in there. */
const prelude = `
  const { promises: dns, ADDRCONFIG } = require('node:dns')
  const { readFileSync } = require('node:fs')
  const net = require('node:net')
  const of = (promise) => promise.then((value) => value, (error) => error.code)
  const get = (url, options = {}) => new Promise((resolve, reject) =>
    require(url.startsWith('https') ? 'node:https' : 'node:http').get(url, options, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode, text })
    }).on('error', reject))
  const connect = (host, port) => of(new Promise((resolve, reject) => net.connect(port, host, () => resolve('connected')).on('error', reject)))
  const token = () => readFileSync('${folder}/token', 'utf8')
  const api = (path) => get('https://kubernetes.default.svc' + path, { ca: readFileSync('${folder}/ca.crt'), headers: { authorization: 'Bearer ' + token() } })
  const show = (value) => console.log(JSON.stringify(value))
`
const program = (body: string) => [process.execPath, '-e', `${prelude};(async () => {${body}\n})().then(() => process.exit(0))`]

const manifests = `${everybodyIsAdmin}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.96.7.7, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: dbs}
spec: {clusterIP: None, selector: {app: db}, ports: [{name: pg, port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: front}
spec: {clusterIP: 10.96.6.6, selector: {app: db}, ports: [{name: http, port: 80, targetPort: web}, {name: other, port: 81, targetPort: 1}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: dbs
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - name: app
        image: registry.example/db:1
        ports: [{name: web, containerPort: 8080}]
        env: [{name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
`

const outside = createServer((_, response) => void response.end('outside'))
beforeAll(async () => {
  for (const path of [own.HOME, own.TMPDIR]) {
    mkdirSync(path)
    chmodSync(path, 0o777)
  }
  writeFileSync(file('app.yaml'), manifests)
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  outside.close()
  scratch.remove()
})
const outsidePort = () => (outside.address() as AddressInfo).port

const users = [
  { who: 'an ordinary user', possible: hasUserNamespaces, through: asOrdinaryUser },
  { who: 'root', possible: hasMountNamespaces, through: [] as string[] },
]

describe.each(users)('inpod exec --network isolated as $who (needs network namespaces, iproute2 and veth)', ({ possible, through }) => {
  const exec = (args: string[], more: RunOptions = {}) =>
    runInpod(['exec', '--network', 'isolated', ...args], { through, cwd: scratch.path, ...more, env: { ...own, ...more.env } })
  const run = async (body: string, args: string[] = [], more: RunOptions = {}) => {
    const { code, out, err } = await exec([...args, '--', ...program(body)], more)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    return out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }
  const it = possible && hasNetworkNamespaces ? test.concurrent : test.skip

  it('the API server has its name and port 443, and the variables say so', async ({ expect }) => {
    const body = `
      show(Object.entries(process.env).filter(([name]) => /^KUBERNETES_(SERVICE|PORT$)/.test(name)).sort())
      show((await api('/version')).status)
      const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env
      show((await get('https://' + host + ':' + port + '/version', { ca: readFileSync('${folder}/ca.crt') })).status)
      show(JSON.parse((await api('/api/v1/namespaces/default/pods/' + process.env.HOSTNAME)).text).status?.podIP)
      show(Object.values(require('node:os').networkInterfaces()).flat().filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address))
      show(require('node:os').hostname() === process.env.HOSTNAME)`
    expect(await run(body, ['-f', 'app.yaml'])).toEqual([
      [
        ['KUBERNETES_PORT', 'tcp://10.96.0.1:443'],
        ['KUBERNETES_SERVICE_HOST', '10.96.0.1'],
        ['KUBERNETES_SERVICE_PORT', '443'],
        ['KUBERNETES_SERVICE_PORT_HTTPS', '443'],
      ],
      200,
      200,
      '10.244.0.5',
      ['10.244.0.5'],
      true,
    ])
  })

  it('names of the cluster resolve as the C library and a DNS client ask for them, and follow the API', async ({ expect }) => {
    const body = `
      const look = (name) => of(dns.lookup(name, { family: 4 }).then(({ address }) => address))
      for (const name of ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local', 'kube-dns.kube-system', 'web', 'missing', 'example.com', process.env.HOSTNAME])
        show(await look(name))
      show(await of(dns.resolveSrv('_https._tcp.kubernetes.default.svc.cluster.local')))
      show(await of(dns.reverse('10.96.7.7')))
      const service = JSON.stringify({ metadata: { name: 'late' }, spec: { clusterIP: '10.96.8.8', ports: [{ port: 1 }] } })
      const options = { method: 'POST', ca: readFileSync('${folder}/ca.crt'), headers: { authorization: 'Bearer ' + token(), 'content-type': 'application/json' } }
      await new Promise((resolve) => require('node:https').request('https://kubernetes.default.svc/api/v1/namespaces/default/services', options, resolve).end(service))
      show(await look('late'))`
    expect(await run(body, ['-f', 'app.yaml'])).toEqual([
      ...Array(4).fill('10.96.0.1'),
      '10.96.0.10',
      '10.96.7.7',
      'ENOTFOUND',
      'ENOTFOUND',
      '10.244.0.5',
      [expect.objectContaining({ name: 'kubernetes.default.svc.cluster.local', port: 443, priority: 0, weight: 100 })],
      ['web.default.svc.cluster.local'],
      '10.96.8.8',
    ])
  })

  it('nothing else can be reached, and is refused at once', async ({ expect }) => {
    const body = `
      show(await connect('127.0.0.1', ${outsidePort()}))
      show(await connect('192.0.2.1', 80))
      show(await connect('10.96.7.7', 80))
      show(await connect('10.96.0.1', 80))`
    expect(await run(body, ['-f', 'app.yaml'])).toEqual(Array(4).fill('ECONNREFUSED'))
  })

  it('--allow-host opens a name and a port', async ({ expect }) => {
    const port = outsidePort()
    const body = `
      show(await get('http://host.inpod.internal:${port}/'))
      show(await connect('host.inpod.internal', ${port === 80 ? 81 : 80}))
      show([process.env.HTTPS_PROXY, process.env.http_proxy])
      const { address } = await dns.lookup('names.example.com')
      show(address.startsWith('198.18.'))
      // Nobody is there.
      const socket = net.connect(1, 'host.inpod.internal')
      show(await of(new Promise((resolve, reject) => socket.on('error', reject).on('close', resolve))))`
    const allowed = [`host.inpod.internal:${port}`, 'host.inpod.internal:1', 'Names.example.com:443', '192.0.2.7:8080'].flatMap((each) => [
      '--allow-host',
      each,
    ])
    const env = { HTTPS_PROXY: 'http://proxy.example.com:3128', http_proxy: '192.0.2.7:8080' }
    expect(await run(body, allowed, { env })).toEqual([
      { status: 200, text: 'outside' },
      'ECONNREFUSED',
      [null, '192.0.2.7:8080'],
      true,
      'ECONNRESET',
    ])
  })

  it('every port is free for the program', async ({ expect }) => {
    const body = `
      for (const port of [443, 53, 80]) await new Promise((resolve, reject) => net.createServer((socket) => socket.end()).on('error', reject).listen(port, resolve))
      show(await connect('127.0.0.1', 443))
      show((await api('/version')).status)`
    expect(await run(body)).toEqual(['connected', 200])
  })

  it("--pod: the Pod has that address and its cluster's names", async ({ expect }) => {
    const body = `
      show([process.env.POD_IP, require('node:os').hostname()])
      show(readFileSync('/etc/resolv.conf', 'utf8'))
      show(readFileSync('/etc/hosts', 'utf8').trim().split('\\n').pop())
      show((await api('/version')).status)`
    const { code, out } = await exec(['-f', 'app.yaml', '--pod', 'statefulset/db', '--', ...program(body)])
    expect(code).toBe(0)
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      ['10.244.0.5', 'db-0'],
      'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
      '10.244.0.5\tdb-0.dbs.default.svc.cluster.local\tdb-0',
      200,
    ])
  })

  it('--pod: Services that select the Pod lead to it, by cluster IP and by name', async ({ expect }) => {
    const body = `
      await new Promise((resolve) => require('node:http').createServer((request, response) => response.end('served')).listen(8080, resolve))
      const path = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/front-inpod'
      const slice = async () => JSON.parse((await api(path)).text)
      while ((await slice()).endpoints?.[0]?.conditions.ready !== true) await new Promise((resolve) => setTimeout(resolve, 20))
      const settled = await slice()
      show(settled.ports)
      let answer
      while ((answer = await of(get('http://front/'))) === 'ECONNREFUSED') await new Promise((resolve) => setTimeout(resolve, 20))
      show(answer)
      show(await of(get('http://db-0.dbs:8080/')))
      show((await dns.resolveSrv('_pg._tcp.dbs.default.svc.cluster.local')).map(({ name, port }) => name + ':' + port))
      show(await of(get('http://front:81/')))
      show((await slice()).metadata.resourceVersion === settled.metadata.resourceVersion)`
    const { out, code } = await exec(['-f', 'app.yaml', '--pod', 'statefulset/db', '--', ...program(body)])
    expect({
      code,
      lines: out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    }).toEqual({
      code: 0,
      lines: [
        [
          { name: 'http', protocol: 'TCP', port: 8080 },
          { name: 'other', protocol: 'TCP', port: 1 },
        ],
        { status: 200, text: 'served' },
        { status: 200, text: 'served' },
        ['db-0.dbs.default.svc.cluster.local:5432'],
        'ECONNRESET',
        true,
      ],
    })
  })

  it('the program has its user, folder, streams and exit code; signals reach it', async ({ expect }) => {
    const running = startInpod(
      [
        'exec',
        '--network',
        'isolated',
        '--',
        'sh',
        '-c',
        'id -u; pwd; umask; echo problem >&2; trap "exit 7" TERM; echo up; while :; do sleep 0.02; done',
      ],
      { through, cwd: scratch.path, env: own },
    )
    await running.said(/up/)
    running.child.kill('SIGTERM')
    const uid = through.length > 0 ? '65534' : String(process.getuid!())
    expect(await running.finished).toMatchObject({ code: 7, out: `${uid}\n${scratch.path}\n0022\nup\n`, err: 'problem\n' })
  })
})
