// What docs/security.md promises of variables: every user of a machine can read the command lines of all its processes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { kubernetesTools, whyNoKubernetesTools } from '../../scripts/tools/kubectl.ts'
import { descendants } from '../machine/process-tree.ts'
import { type Scratch, scratch } from '../machine/scratch.ts'
import { asOrdinaryUser, hasMountNamespaces, hasNetworkNamespaces, hasTool, hasUserNamespaces, type Running, startInpod } from './inpod.ts'
import { everybodyIsAdmin } from './rights.ts'

const SECRET = 'hunter-2-hunter'
const ODD_SECRET = 'hunter-3-hunter'
const hasNamespaces = hasMountNamespaces || hasUserNamespaces
const noKubectl = whyNoKubernetesTools()

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`

let place: Scratch
let running: Running | undefined
let kubectl = ''
beforeAll(async () => {
  if (noKubectl === undefined) kubectl = (await kubernetesTools()).kubectl
}, 120_000)
afterEach(async () => {
  running?.child.kill('SIGKILL')
  await running?.finished
  running = undefined
  place.remove()
})

/** What they are started with is for an instant only: programs of these names that keep it, and become the real ones. */
function recordTools(): { PATH: string; lines(): string[] } {
  const folder = join(place.path, 'bin')
  mkdirSync(folder)
  const log = place.write('command-lines', '')
  chmodSync(log, 0o666)
  for (const name of ['env', 'nsenter', 'script', 'setpriv', 'unshare']) {
    const file = join(folder, name)
    writeFileSync(
      file,
      `#!/bin/sh\nprintf '%s' "${name} $*" | tr '\\n' ' ' >>${log}; echo >>${log}\nPATH=\${PATH#${folder}:} exec ${name} "$@"\n`,
    )
    chmodSync(file, 0o755)
  }
  return { PATH: `${folder}:${process.env['PATH']}`, lines: () => readFileSync(log, 'utf8').split('\n').filter(Boolean) }
}

/** Looks again and again at the command lines of all that a process has started, until told to stop. */
function watchProcesses(pid: number): () => string[] {
  const seen = new Set<string>()
  let stopped = false
  const look = async () => {
    while (!stopped) {
      for (const { command } of descendants(pid)) seen.add(command)
      await delay(5)
    }
  }
  void look()
  return () => {
    stopped = true
    return [...seen]
  }
}

const says = (file: string) => ({ exec: { command: ['sh', '-c', `echo "${file} $PASSWORD" >>$PLACE/${file}; sleep 0.3`] } })

function manifest(): string {
  const probe = (name: string) => ({ ...says(name), periodSeconds: 1, timeoutSeconds: 5 })
  const secretKeyRef = { name: 'login', key: 'password' }
  const container = {
    name: 'app',
    image: 'x',
    env: [
      { name: 'PASSWORD', valueFrom: { secretKeyRef } },
      { name: 'odd.password', value: ODD_SECRET },
      { name: 'PLACE', value: place.path },
      // Which would end what inpod itself runs with Node.js in there.
      { name: 'NODE_OPTIONS', value: '--require /nowhere.cjs' },
    ],
    livenessProbe: probe('liveness'),
    readinessProbe: probe('readiness'),
    lifecycle: { postStart: says('postStart'), preStop: says('preStop') },
  }
  const template = { metadata: { labels: { app: 'x' } }, spec: { terminationGracePeriodSeconds: 10, containers: [container] } }
  const objects = [
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, stringData: { password: SECRET } },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec: { selector: { matchLabels: { app: 'x' } }, template } },
  ]
  return place.write('manifest.yaml', [...objects.map((each) => JSON.stringify(each)), everybodyIsAdmin].join('\n---\n'))
}

/** The real kubectl beside a running `inpod exec`. */
async function reach(token: string) {
  const [, url] = /API server at (\S+)/.exec(await running!.said(/API server at \S+?,?\s/))!
  const cluster = { server: url!.replace(/,$/, ''), 'insecure-skip-tls-verify': true }
  const context = { cluster: 'c', user: 'u', namespace: 'default' }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'c', context }],
  }
  const kubeconfig = place.write('kubeconfig', JSON.stringify(config))
  const words = (args: string[]) => [kubectl, '--kubeconfig', kubeconfig, '--cache-dir', join(place.path, 'cache'), ...args]
  const ask = async ([file, ...rest]: string[], input = '') => {
    const child = spawn(file!, rest, { env: { ...process.env, SHELL: '/bin/sh' } })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
    child.stdin.end(input)
    await once(child, 'close')
    return said
  }
  return {
    kubectl: (args: string[], input?: string) => ask(words(args), input),
    inTerminal: (args: string[]) => ask(['script', '-qefc', `exec ${words(args).map(quote).join(' ')}`, '/dev/null']),
    /** Connects to a port of the Pod, where nobody listens. */
    async forward(pod: string) {
      const [file, ...rest] = words(['port-forward', `pod/${pod}`, ':9'])
      const forwarding = spawn(file!, rest)
      // It ends by itself, too, once a connection has failed.
      const closed = once(forwarding, 'close')
      const said = { out: '', err: '' }
      forwarding.stdout.on('data', (text) => (said.out += text))
      forwarding.stderr.on('data', (text) => (said.err += text))
      await expect.poll(() => said.out, { timeout: 20_000 }).toMatch(/:\d+ ->/)
      connect(Number(/:(\d+) ->/.exec(said.out)![1]), '127.0.0.1').on('error', () => {})
      await expect.poll(() => said.err, { timeout: 20_000 }).toMatch(/refused/)
      forwarding.kill()
      await closed
    },
  }
}

const kinds = [
  { kind: 'exec --pod', args: [], possible: hasNamespaces },
  { kind: 'exec --pod of an ordinary user', args: [], possible: hasUserNamespaces, through: asOrdinaryUser },
  { kind: 'exec --replicas', args: ['--replicas', '2'], possible: hasNamespaces },
  { kind: 'exec --network isolated', args: ['--network', 'isolated'], possible: hasNetworkNamespaces },
  { kind: 'exec --sandbox pod-root', args: ['--sandbox', 'pod-root'], possible: true },
]

describe.for(kinds)('inpod $kind: no variable is a word of a command line', ({ args, possible, through = [] }) => {
  const why = noKubectl ?? (hasTool('script') ? undefined : 'script is needed')
  const name = 'of the program, probes, hooks, sidecars, kubectl exec, with a terminal or not, and port-forward'
  test.skipIf(!possible || why !== undefined)(why ? `${name} (skipped: ${why})` : name, { timeout: 60_000 }, async () => {
    place = scratch()
    const tools = recordTools()
    const sidecar = 'echo "sidecar $PASSWORD" >>$PLACE/sidecar; sleep 60'
    const introduction =
      'echo "program $PASSWORD $HOSTNAME $(cat $TELEPRESENCE_ROOT/var/run/secrets/kubernetes.io/serviceaccount/token) up"'
    const program = `trap 'exit 0' TERM; ${introduction}; while :; do sleep 0.1; done`
    const options = ['--verbose', '-f', manifest(), '--pod', 'deployment/x', '--probes', '--hooks', ...args, '--sidecar', sidecar]
    running = startInpod(['exec', ...options, '--', 'sh', '-c', program], {
      env: { ...place.env, PATH: tools.PATH },
      through,
    })
    const stop = watchProcesses(running.child.pid!)
    const line = await running.said(/program .* up\n/)
    const [, password, pod, token] = /program (\S+) (\S+) (\S+) up/.exec(line) ?? []
    expect(password).toBe(SECRET)
    const { kubectl, inTerminal, forward } = await reach(token!)
    const exec = (...flags: string[]) => ['exec', ...flags, pod!, '-c', 'app', '--']
    const environment = await kubectl([...exec(), '/usr/bin/env'])
    expect(environment).toContain(`PASSWORD=${SECRET}\n`)
    expect(environment).toContain(`odd.password=${ODD_SECRET}\n`)
    expect(environment).not.toContain('INPOD_')
    const printing = ['sh', '-c', 'cat; echo "$PASSWORD"; sleep 0.3']
    expect(await kubectl([...exec('-i'), ...printing], 'typed ')).toBe(`typed ${SECRET}\n`)
    expect(await inTerminal([...exec('-it'), 'sh', '-c', 'test -t 1 && echo "$TERM $PASSWORD"; sleep 0.3'])).toContain(`xterm ${SECRET}`)
    await forward(pod!)
    for (const file of ['postStart', 'liveness', 'readiness', 'sidecar'])
      await expect
        .poll(() => existsSync(join(place.path, file)) && readFileSync(join(place.path, file), 'utf8'), { timeout: 20_000 })
        .toContain(`${file} ${SECRET}\n`)
    running.child.kill('SIGTERM')
    await running.finished
    expect(readFileSync(join(place.path, 'preStop'), 'utf8')).toContain(`preStop ${SECRET}\n`)
    const all = [...stop(), ...tools.lines()]
    expect(all.filter((each) => each.includes('sleep 0.3')).length).toBeGreaterThan(0)
    for (const secret of [SECRET, ODD_SECRET, token!]) expect(all.filter((each) => each.includes(secret))).toEqual([])
  })
})
