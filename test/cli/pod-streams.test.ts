// What a kubelet serves, of a program that inpod runs: logs, exec, attach, port-forward, cp, and its end. With the real kubectl, from outside.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { kubernetesTools, whyNoKubernetesTools } from '../../scripts/tools/kubectl.ts'
import { asOrdinaryUser, hasMountNamespaces, hasTool, hasUserNamespaces, type Running, scratchFolder, startInpod } from './inpod.ts'
import { everybodyIsAdmin } from './rights.ts'

const scratch = scratchFolder()
afterAll(() => scratch.remove())
const home = join(scratch.path, 'home')
mkdirSync(home, { mode: 0o777 })
const admin = join(scratch.path, 'admin.yaml')
writeFileSync(admin, everybodyIsAdmin)
const workload = join(scratch.path, 'app.yaml')
writeFileSync(
  workload,
  `apiVersion: v1
kind: Pod
metadata: {name: app}
spec:
  terminationGracePeriodSeconds: 2
  hostname: named
  containers:
  - {name: app, image: x, workingDir: /tmp, env: [{name: HUE, value: light blue}], volumeMounts: [{name: info, mountPath: /etc/info}]}
  - {name: sidecar, image: x}
  volumes: [{name: info, downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}}]
`,
)

interface Ended {
  code: number | null
  out: string
  err: string
}

/** A program in a Pod, and kubectl beside it. */
interface Pod {
  running: Running
  name: string
  kubectl(...args: string[]): Promise<Ended>
  start(args: string[], env?: Record<string, string>): ChildProcess & { text: { out: string; err: string } }
}

/** Tells how the API is reached, and who it is. */
const introduce =
  'echo "api $KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT $HOSTNAME $(cat $TELEPRESENCE_ROOT/var/run/secrets/kubernetes.io/serviceaccount/token)" >&2'

const ended = async (child: ChildProcess & { text: { out: string; err: string } }, input?: string): Promise<Ended> => {
  child.stdin!.end(input)
  const [code] = await once(child, 'close')
  return { code, ...child.text }
}

let kubectl = ''
const left: Pod[] = []
beforeAll(async () => {
  if (whyNoKubernetesTools() === undefined) kubectl = (await kubernetesTools()).kubectl
}, 120_000)
afterEach(async () => {
  for (const { running } of left.splice(0)) {
    running.child.kill('SIGKILL')
    await running.finished
  }
})

async function startPod(through: string[], options: string[], script: string, env: Record<string, string> = {}): Promise<Pod> {
  const args = ['exec', '-f', admin, ...options, '--', 'sh', '-c', `${introduce}\n${script}`]
  const running = startInpod(args, { through, cwd: scratch.path, env: { HOME: home, ...env } })
  const [, server, host, token] = /api (\S+) (\S+) (\S+)/.exec(await running.said(/api \S+ \S+ \S+\n/))!
  const name = options.includes('--pod') ? 'app' : host!
  const own = mkdtempSync(join(scratch.path, 'kubectl-'))
  const start: Pod['start'] = (words, more = {}) => {
    const connection = ['--server', `https://${server}`, '--token', token!, '--insecure-skip-tls-verify', '--cache-dir', own]
    const child = spawn(kubectl, [...connection, ...words], { env: { ...process.env, HOME: own, KUBECONFIG: '/dev/null', ...more } })
    const text = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (part) => (text.out += part))
    child.stderr.setEncoding('utf8').on('data', (part) => (text.err += part))
    return Object.assign(child, { text })
  }
  const pod: Pod = { running, name, start, kubectl: (...words) => ended(start(words)) }
  left.push(pod)
  return pod
}

/** That of a Pod ends with it, and whoever deletes it looks whether it is gone. */
const ownToken = async (pod: Pod) => ['--token', (await pod.kubectl('create', 'token', 'default')).out.trim()]

const says = async (child: { text: { out: string; err: string } }, pattern: RegExp) =>
  expect.poll(() => child.text.out + child.text.err, { timeout: 20_000 }).toMatch(pattern)

const ways = [
  { way: 'root', possible: hasMountNamespaces, through: [] as string[], options: [] as string[] },
  { way: 'an ordinary user', possible: hasUserNamespaces, through: asOrdinaryUser, options: [] as string[] },
  {
    way: 'the container of a manifest',
    possible: hasUserNamespaces,
    through: asOrdinaryUser,
    options: ['--pod', workload, '--container', 'app'],
  },
  { way: 'a program without namespaces', possible: true, through: [] as string[], options: ['--sandbox', 'pod-root'] },
]
const forever = 'while :; do sleep 0.05; done'

describe.for(ways)('kubectl reaches $way (needs kubectl)', { timeout: 60_000 }, ({ possible, through, options }) => {
  const it = possible && whyNoKubernetesTools() === undefined ? test : test.skip
  const container = options.includes('--pod') ? ['-c', 'app'] : []

  it('logs', async () => {
    const go = join(mkdtempSync(join(scratch.path, 'logs-')), 'go')
    const waiting = `while [ ! -e ${go} ]; do sleep 0.05; done; echo last; exit 3`
    chmodSync(dirname(go), 0o755)
    const pod = await startPod(through, options, `for i in 1 2 3; do echo line $i; done; echo wrong >&2; ${waiting}`)
    await pod.running.said(/wrong/)
    const logs = (...args: string[]) => pod.kubectl('logs', pod.name, ...container, ...args)
    const { out } = await logs()
    expect(
      out
        .replace(/api .*\n/, '')
        .split('\n')
        .sort(),
    ).toEqual(['', 'line 1', 'line 2', 'line 3', 'wrong'])
    expect((await logs('--tail=1')).out).toMatch(/^[^\n]+\n$/)
    expect((await logs('--limit-bytes=3')).out).toHaveLength(3)
    expect((await logs('--since=1h')).out).toBe(out)
    expect((await logs('--since-time=2099-01-01T00:00:00Z')).out).toBe('')
    expect((await logs('--timestamps')).out).toMatch(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z [^\n]+\n){5}$/)
    const previous = await logs('--previous')
    expect(previous.err).toMatch(/previous terminated container "(main|app)" in pod "\S+" not found/)
    const following = pod.start(['logs', '-f', pod.name, ...container])
    await says(following, /line 3/)
    writeFileSync(go, '')
    expect((await ended(following)).out).toContain('last\n')
    expect(await pod.running.finished).toMatchObject({ code: 3, out: 'line 1\nline 2\nline 3\nlast\n' })
  })

  it('exec', async () => {
    const pod = await startPod(through, options, `export OWN=1; ${forever}`)
    const exec = (args: string[], env?: Record<string, string>) => pod.start(['exec', ...args], env)
    const script =
      'id -u; pwd; echo "$HUE,$OWN"; hostname; ls $TELEPRESENCE_ROOT/var/run/secrets/kubernetes.io/serviceaccount | wc -l; echo direct >/dev/stdout'
    const plain = await ended(exec([pod.name, ...container, '--', 'sh', '-c', `${script}; echo error >&2; exit 7`]))
    const isPod = options.includes('--pod')
    const uid = through.length > 0 ? '65534' : String(process.getuid!())
    const lines = plain.out.split('\n')
    expect(lines[0]).toBe(uid)
    expect(lines.slice(1, 3)).toEqual(isPod ? ['/tmp', 'light blue,'] : [scratch.path, ','])
    if (isPod) expect(lines[3]).toBe('named')
    expect(lines.slice(4)).toEqual(['3', 'direct', ''])
    expect(plain.err).toBe('error\ncommand terminated with exit code 7\n')
    expect(plain.code).toBe(7)
    for (const webSockets of ['true', 'false']) {
      const env = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: webSockets }
      const through = exec(['-i', pod.name, ...container, '--', 'sh', '-c', 'cat; echo end; kill -9 $$'], env)
      const big = 'some text\n'.repeat(50_000)
      expect(await ended(through, big)).toMatchObject({ code: 137, out: `${big}end\n` })
      expect(await ended(exec([pod.name, ...container, '--', 'true'], env))).toMatchObject({ code: 0, out: '', err: '' })
    }
    for (const [program, reason] of [
      ['nosuch', '"nosuch": executable file not found in $PATH'],
      ['/no/such', '"/no/such": stat /no/such: no such file or directory'],
      ['/etc', '"/etc": is a directory'],
      ['/etc/passwd', '"/etc/passwd": permission denied'],
    ]) {
      const refused = await ended(exec([pod.name, ...container, '--', program!]))
      expect(refused.code).toBe(1)
      expect(refused.err).toContain('error: Internal error occurred: error executing command in container: failed to exec in container')
      expect(refused.err).toContain(`unable to start container process: exec: ${reason}: unknown`)
    }
  })

  const inTerminal = hasTool('script') && hasTool('bash') ? it : test.skip
  inTerminal('exec with a terminal, its size and its keys (needs script and bash)', async () => {
    const pod = await startPod(through, options, forever)
    for (const webSockets of ['true', 'false']) {
      const command = `stty rows 33 cols 99; exec "$@"`
      const shell = ['sh', '-c', command, 'sh']
      const spawned = pod.start(['exec', '-it', pod.name, ...container, '--', 'bash', '--norc', '--noprofile', '-i'], {})
      spawned.kill()
      const words = spawned.spawnargs
      const quoted = [...shell, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
      const child = spawn('script', ['-qefc', quoted, '/dev/null'], {
        env: { ...process.env, SHELL: '/bin/sh', HOME: scratch.path, KUBECTL_REMOTE_COMMAND_WEBSOCKETS: webSockets },
      })
      const text = { out: '', err: '' }
      child.stdout.setEncoding('utf8').on('data', (part) => (text.out += part))
      const closed = once(child, 'close')
      const sees = (pattern: RegExp) => says({ text }, pattern)
      await sees(/\$ $|# $/)
      child.stdin.write(
        'PS1="re""ady> "; test -t 0 && test -t 2 && echo T="$TERM"; until [ "$(stty size)" = "33 99" ]; do sleep 0.05; done; echo si""ze\n',
      )
      await sees(/T=xterm\r\n/)
      await sees(/size\r\n.*ready> /s)
      child.stdin.write('sleep 60\n')
      await sees(/sleep 60\r\n/)
      await new Promise((resolve) => setTimeout(resolve, 300))
      child.stdin.write('\x03')
      child.stdin.write('echo co""de $?; exit 5\n')
      await sees(/code 130\r\n/)
      const [code] = await closed
      expect(code).toBe(5)
      expect(text.out).not.toMatch(/no job control|cannot set terminal process group|Cannot set tty/)
    }
  })

  it('port-forward', async () => {
    const pod = await startPod(through, options, forever)
    const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
    await once(echo, 'listening')
    const { port } = echo.address() as { port: number }
    for (const webSockets of ['true', 'false']) {
      const forwarding = pod.start(['port-forward', `pod/${pod.name}`, `:${port}`, ':1'], { KUBECTL_PORT_FORWARD_WEBSOCKETS: webSockets })
      await says(forwarding, /-> 1\n/)
      const [echoed, closed] = [...forwarding.text.out.matchAll(/127\.0\.0\.1:(\d+) -> /g)].map(([, local]) => Number(local))
      const sent = Buffer.alloc(2_000_000, 'forwarded ')
      const exchange = async () => {
        const socket = connect(echoed!, '127.0.0.1')
        socket.end(sent)
        return Buffer.concat(await socket.toArray())
      }
      const both = await Promise.all([exchange(), exchange()])
      for (const back of both) expect(back.equals(sent)).toBe(true)
      connect(closed!, '127.0.0.1').on('error', () => {})
      await says(forwarding, /error forwarding port 1 to pod [\w-]+, uid : .*127\.0\.0\.1:1: connect: connection refused/)
      forwarding.kill()
    }
    echo.close()
  })

  it('cp, both ways (needs tar)', async () => {
    const pod = await startPod(through, options, forever)
    const local = join(mkdtempSync(join(scratch.path, 'cp-')), 'file')
    const remote = `/tmp/inpod-test-${Math.random().toString(36).slice(2)}`
    writeFileSync(local, 'content\n'.repeat(10_000), { mode: 0o644 })
    expect(await pod.kubectl('cp', local, `${pod.name}:${remote}`, ...container)).toMatchObject({ code: 0 })
    expect(await pod.kubectl('cp', `${pod.name}:${remote}`, `${local}-2`, ...container)).toMatchObject({ code: 0 })
    expect(readFileSync(`${local}-2`, 'utf8')).toBe(readFileSync(local, 'utf8'))
    await pod.kubectl('exec', pod.name, ...container, '--', 'rm', remote)
    expect(existsSync(remote)).toBe(false)
  })

  it('attach', async () => {
    const pod = await startPod(through, options, 'trap "echo bye; exit 0" TERM; while :; do echo tick; sleep 0.1; done')
    const attached = pod.start(['attach', pod.name, ...container])
    await says(attached, /tick\n/)
    pod.running.child.kill('SIGTERM')
    expect(await ended(attached)).toMatchObject({ code: 0, out: expect.stringMatching(/^(tick\n)+bye\n$/) })
  })

  it('delete ends the program: SIGTERM, then SIGKILL once its time is over, and the Pod goes', async () => {
    const kind = await startPod(through, options, `trap "echo got TERM; exit 4" TERM; echo set; ${forever}`)
    await kind.running.said(/set/)
    expect(await kind.kubectl(...(await ownToken(kind)), 'delete', 'pod', kind.name)).toMatchObject({
      code: 0,
      out: expect.stringContaining('deleted'),
    })
    expect(await kind.running.finished).toMatchObject({ code: 4, out: 'set\ngot TERM\n' })
    const stubborn = await startPod(through, options, `trap "echo got TERM" TERM; echo set; ${forever}`)
    await stubborn.running.said(/set/)
    const token = await ownToken(stubborn)
    const began = performance.now()
    expect(await stubborn.kubectl(...token, 'delete', 'pod', stubborn.name, '--grace-period=1')).toMatchObject({ code: 0 })
    expect(await stubborn.running.finished).toMatchObject({ code: 137, out: 'set\ngot TERM\n' })
    expect(performance.now() - began).toBeGreaterThan(900)
  })

  it('a watch sees how the Pod ends', async () => {
    const pod = await startPod(through, options, `trap "exit 6" USR1; echo set; ${forever}`)
    await pod.running.said(/set/)
    const states = '-o=jsonpath={.status.phase} {.status.containerStatuses[0].state.terminated.exitCode}{"\\n"}'
    const watching = pod.start(['get', 'pod', pod.name, '--watch', states])
    await says(watching, /Running/)
    pod.running.child.kill('SIGUSR1')
    expect((await pod.running.finished).code).toBe(6)
    await says(watching, /Failed 6\n/)
    watching.kill()
  })
})
