import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kubernetesTools, whyNoKubernetesTools } from '../../scripts/tools/kubectl.ts'
import { hasMountNamespaces, hasUserNamespaces, type RunOptions, runInpod, scratchFolder, startInpod } from './inpod.ts'

const scratch = scratchFolder()
const file = (name: string) => join(scratch.path, name)
const hasNamespaces = hasMountNamespaces || hasUserNamespaces
const noKubectl = whyNoKubernetesTools()

const manifests = `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: edit}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{kind: ServiceAccount, name: default, namespace: default}]
---
apiVersion: v1
kind: Pod
metadata: {name: one}
spec: {containers: [{name: app, image: x, env: [{name: COLOR, value: green}]}]}
`

/** Asks each URL of the ports in its arguments, and prints all answers, but for what is never the same, as JSON. */
const asking = `
  const { request } = require('node:http')
  const ports = process.argv.slice(1)
  const config = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'c-' }, data: { text: 'x'.repeat(20000) } })
  const asks = [
    {}, { path: '/version' }, { path: '/apis/apps?timeout=1s' }, { path: '/nope' }, { path: '/api/v1/pods' }, { path: '/static/' },
    { path: '/api/v1/namespaces/default/pods/x/exec' }, { path: '/api/v1/namespaces/default/pods/x/execute?a=b', method: 'POST' },
    { path: '/api/v1/namespaces/default/pods/x/attach' }, { path: '/api/v1/namespaces/default/pods/x/%65xec' }, { path: '/api/v1/namespaces/default/pods/x/log' },
    { path: '/api/v1/namespaces/default/pods/x/portforward' },
    { path: '/api/../api?x=1&y=2' }, { path: '//api' }, { path: '/api/../api', method: 'POST' },
    { path: '/api', headers: { host: 'evil' } }, { path: '/api', headers: { host: 'localhost:1' } }, { path: '/api', headers: { host: '[::1]' } },
    { path: '/api', headers: { host: '[::1]:8001' } }, { path: '/api', headers: { host: '127.0.0.1' } }, { path: '/api', headers: { host: '127.0.0.2' } },
    { path: '/api', headers: { authorization: 'Bearer wrong' } }, { path: '/api', headers: { origin: 'http://evil' } },
    { path: '/api', headers: { accept: 'application/yaml' } }, { path: '/api', method: 'OPTIONS' },
    { path: '/api/v1/namespaces/default/configmaps', method: 'POST', headers: { 'content-type': 'application/json' }, body: config },
    { path: '/api/v1/namespaces/default/configmaps', method: 'POST', headers: { 'content-type': 'text/odd' }, body: 'odd' },
  ]
  const ask = (port, { body, ...options }) => new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path: '/', ...options }, async (answer) => {
      const text = (await answer.toArray()).join('')
      const { 'content-type': type, location, 'x-content-type-options': sniff } = answer.headers
      const body = text.replace(/"(name|uid|creationTimestamp|resourceVersion|time)": *"[^"]*"/g, '')
      resolve([JSON.stringify(options), answer.statusCode, answer.statusMessage, type, location, sniff, body])
    })
    asked.on('error', reject).end(body)
  })
  const main = async () => {
    const answers = {}
    for (const port of ports) { answers[port] = []; for (const each of asks) answers[port].push(await ask(port, each)) }
    console.log(JSON.stringify(answers))
  }
  main()`

beforeAll(() => {
  mkdirSync(file('home'))
  writeFileSync(file('pod.yaml'), manifests)
})
afterAll(() => scratch.remove())

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

const options: RunOptions = { env: { HOME: file('home') }, cwd: scratch.path }
const exec = (...args: string[]) => runInpod(['exec', ...args], options)

describe('inpod exec --proxy', () => {
  const name = 'answers as the real kubectl proxy does, which runs beside it'
  test.skipIf(noKubectl !== undefined || !hasNamespaces)(noKubectl ? `${name} (skipped: ${noKubectl})` : name, async () => {
    const [own, real] = [await freePort(), await freePort()]
    const { kubectl } = await kubernetesTools()
    const env = { ...options.env, PATH: `${dirname(kubectl)}:${process.env['PATH']}` }
    const waiting = `fetch('http://127.0.0.1:${real}/api').catch(() => process.exit(1))`
    const script = `until "$0" -e "${waiting}"; do sleep 0.1; done; exec "$0" -e "$1" ${own} ${real}`
    const sidecar = ['--sidecar', `kubectl proxy --port ${real}`]
    const { code, out, err } = await runInpod(
      ['exec', '-f', 'pod.yaml', `--proxy=${own}`, ...sidecar, '--', 'sh', '-c', script, process.execPath, asking],
      { ...options, env },
    )
    expect(err).toBe(`Starting to serve on 127.0.0.1:${real}\n`)
    const answers = JSON.parse(out)
    for (const [index, answer] of answers[own].entries()) expect(answer).toEqual(answers[real][index])
    expect(answers[own].map(([, status]: [string, number]) => status)).toEqual(expect.arrayContaining([200, 201, 307, 401, 403, 404, 415]))
    expect(code).toBe(0)
  })

  test('is the service account of the Pod; watches flow, also as WebSockets; tokens are replaced on the way', async () => {
    const port = await freePort()
    const program = `
      const base = '127.0.0.1:${port}/api/v1/namespaces/default/configmaps'
      const create = (name) => fetch('http://' + base, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ metadata: { name } }) })
      const main = async () => {
        const watch = await fetch('http://' + base + '?watch=true&fieldSelector=metadata.name=made')
        const socket = new WebSocket('ws://' + base + '?watch=true&fieldSelector=metadata.name=made', { headers: { origin: 'http://localhost' } })
        await new Promise((resolve) => socket.addEventListener('open', resolve))
        const message = new Promise((resolve) => socket.addEventListener('message', ({ data }) => resolve(JSON.parse(data).type)))
        console.log((await create('made')).status)
        for await (const chunk of watch.body) { console.log('watched', JSON.parse(Buffer.from(chunk)).type); break }
        console.log('websocket', await message)
        socket.close()
        await new Promise((resolve) => setTimeout(resolve, 4000))
        console.log((await create('late')).status)
        process.exit()
      }
      main()`
    const args = ['-f', 'pod.yaml', `--proxy=${port}`, '--token-expiration', '2s', '--', process.execPath, '-e', program]
    const expected = '201\nwatched ADDED\nwebsocket ADDED\n201\n'
    expect(await exec(...args)).toMatchObject({ code: 0, out: expected })
    const asPod = await exec('--pod', 'pod.yaml', ...args.slice(2))
    expect(asPod).toMatchObject({ code: 0, out: expected })
  })

  test('listens at a Unix socket, which goes with it', async () => {
    const path = file('proxy.sock')
    const program = `require('node:http').get({ socketPath: '${path}', path: '/version', headers: { host: 'localhost' } }, (answer) => console.log(answer.resume().statusCode))`
    const args = ['exec', `--proxy=unix:${path}`, '--sandbox', 'pod-root', '--', process.execPath, '-e', program]
    expect(await runInpod(args, options)).toMatchObject({ code: 0, out: '200\n' })
    expect(await runInpod(args, options)).toMatchObject({ code: 0, out: '200\n' })
  })

  test('says when it cannot listen', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    expect(await exec(`--proxy=${port}`, '--', 'true')).toMatchObject({
      code: 1,
      err: expect.stringContaining(`port ${port} of 127.0.0.1 is in use`),
    })
    server.close()
    expect(await exec('--proxy=unix:/no/such/folder', '--', 'true')).toMatchObject({
      code: 2,
      err: expect.stringContaining('the proxy cannot listen at /no/such/folder'),
    })
  })

  test.each([
    [['--proxy=http', '--', 'true'], /invalid value "http" of --proxy/],
    [['--proxy=70000', '--', 'true'], /invalid value "70000" of --proxy/],
    [['--proxy', '--replicas', '2', '--', 'true'], /--proxy with --replicas/],
    [['--proxy', '--network', 'isolated', '--', 'true'], /--proxy with --network isolated/],
  ])('%j is refused', async (args, message) => {
    const { code, err } = await exec(...args)
    expect(err).toMatch(message)
    expect(code).toBe(2)
  })
})

describe('inpod exec --sidecar', () => {
  const sidecar = `trap 'echo end >>${scratch.path}/told' EXIT; echo "beside $COLOR"; echo up >${scratch.path}/up; while :; do sleep 0.05; done`
  test.runIf(hasNamespaces)('runs with the variables of the program, and not longer than it', async () => {
    const script = `until [ -e ${scratch.path}/up ]; do sleep 0.05; done; echo "main $COLOR"`
    const { code, out, err } = await exec('--pod', 'pod.yaml', '--sidecar', sidecar, '--', 'sh', '-c', script)
    expect({ code, out }).toEqual({ code: 0, out: 'main green\n' })
    expect(err).toContain('beside green\n')
  })

  test('signals go to the program alone', async () => {
    const running = startInpod(
      ['exec', '--sidecar', 'sleep 600', '--', 'sh', '-c', 'trap "exit 6" TERM; echo up; while :; do sleep 0.05; done'],
      options,
    )
    await running.said(/up/)
    running.child.kill('SIGTERM')
    expect(await running.finished).toMatchObject({ code: 6 })
  })
})
