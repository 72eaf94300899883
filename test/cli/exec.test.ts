import { chmodSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  asOrdinaryUser,
  eventually,
  hasFreeRealPath,
  hasMountNamespaces,
  hasUserNamespaces,
  isRunning,
  type RunOptions,
  runInpod,
  scratchFolder,
  startInpod,
  withOwnRun,
} from './inpod.ts'

const scratch = scratchFolder()
const home = join(scratch.path, 'home')
const manifests = join(scratch.path, 'app.yaml')
const folder = '/var/run/secrets/kubernetes.io/serviceaccount'

beforeAll(() => {
  mkdirSync(join(home, '.kube'), { recursive: true })
  writeFileSync(join(home, '.kube', 'config'), 'no kubeconfig')
  writeFileSync(
    manifests,
    `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: demo, namespace: team-a}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: demo, namespace: team-a}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: demo, namespace: team-a}
---
apiVersion: v1
kind: Namespace
metadata: {name: team-a}
`,
  )
})
afterAll(() => scratch.remove())

interface Surroundings {
  way: string
  possible: boolean
  through: string[]
  /** The real path exists and ~/.kube is out of sight. */
  namespaces: boolean
}

/** Through bash, which keeps odd names in the environment. In a user namespace where something lies over a part of /proc, as in many containers, the kernel mounts no other. */
const coverProc = 'mount -t tmpfs none /proc/sys && exec setpriv --inh-caps=-all --ambient-caps=-all -- "$@"'
const withCoveredProc = [
  ...asOrdinaryUser,
  'unshare',
  '--user',
  '--map-current-user',
  '--keep-caps',
  '--mount',
  'bash',
  '-c',
  coverProc,
  'bash',
]

const everywhere: Surroundings[] = [
  { way: 'an ordinary user, with user namespaces', possible: hasUserNamespaces, through: asOrdinaryUser, namespaces: true },
  {
    way: 'an ordinary user, with user namespaces but no PID namespace',
    possible: hasUserNamespaces,
    through: withCoveredProc,
    namespaces: true,
  },
  { way: 'root, with mount namespaces', possible: hasMountNamespaces, through: [], namespaces: true },
]
const real: Surroundings = {
  way: 'root, without namespaces (--sandbox real-path)',
  possible: hasFreeRealPath,
  through: withOwnRun,
  namespaces: false,
}

describe.for([...everywhere, real])('as $way', ({ possible, through, namespaces }) => {
  const options = (more: RunOptions = {}): RunOptions => ({ through, ...more, env: { HOME: home, ...more.env } })
  const sandbox = namespaces ? [] : ['--sandbox', 'real-path']
  const exec = (command: string[], args: string[] = [], more?: RunOptions) =>
    runInpod(['exec', ...sandbox, ...args, '--', ...command], options(more))
  const hasCommonRun = !namespaces && withOwnRun.length === 0
  const it = possible ? (namespaces ? test.concurrent : test) : test.skip

  it("a client in the program sees the server with the account's rights", async ({ expect }) => {
    const client = `
      const { readFileSync } = require('node:fs')
      const read = (name) => readFileSync('${folder}/' + name, 'utf8')
      const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env
      const headers = { authorization: 'Bearer ' + read('token') }
      const get = (path) => new Promise((resolve) => require('node:https').get({ host, port, path, headers, ca: read('ca.crt') }, (response) => resolve(response.resume().statusCode)))
      const main = async () => [await get('/api/v1/namespaces/' + read('namespace') + '/pods'), await get('/api/v1/namespaces/default/pods')]
      main().then((codes) => console.log(read('namespace'), ...codes))`
    const args = ['-f', manifests, '-n', 'team-a', '--service-account', 'demo']
    expect(await exec([process.execPath, '-e', client], args)).toMatchObject({ code: 0, out: 'team-a 200 403\n', err: '' })
  })

  it('an account without automountServiceAccountToken leaves no files, only variables', async ({ expect }) => {
    const input = '{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "bare"}, "automountServiceAccountToken": false}'
    const script = `test -n "$KUBERNETES_SERVICE_HOST" && ls ${folder}; ls /run/secrets; exit 3`
    const { code, out } = await exec(['sh', '-c', script], ['-f', '-', '--service-account', 'bare'], { input })
    expect({ code, out }).toEqual({ code: 3, out: '' })
  })

  it('objects without a namespace go to that of the Pod, as with kubectl', async ({ expect }) => {
    const input =
      'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: there}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: home}\n'
    const { code, err } = await exec(['true'], ['-f', '-', '-n', 'home', '--service-account', 'there'], { input })
    expect({ code, err }).toEqual({ code: 0, err: '' })
  })

  it('the program keeps its user, folder, umask, standard streams and environment', async ({ expect }) => {
    const script = 'id -u; pwd; umask; cat; echo problem >&2; printf "<%s>" "$@"'
    const more: RunOptions = { input: 'typed', cwd: scratch.path, through: ['sh', '-c', 'umask 027; exec "$@"', 'sh', ...through] }
    const { code, out, err } = await exec(['sh', '-c', script, 'sh', 'two words', '', "it's", '*', '$HOME'], [], more)
    const uid = through === asOrdinaryUser || through === withCoveredProc ? '65534' : String(process.getuid!())
    expect({ code, err }).toEqual({ code: 0, err: 'problem\n' })
    expect(out).toBe(`${uid}\n${scratch.path}\n0027\ntyped<two words><><it's><*><$HOME>`)
  })

  it("the environment is the Pod's and the rest as it was, odd names too", async ({ expect }) => {
    const env = { 'odd.name-1': 'a b\nc', KUBECONFIG: '/elsewhere', KUBERNETES_MASTER: 'x', NO_PROXY: 'intra', PLAIN: "'" }
    const print = 'console.log(JSON.stringify(process.env))'
    const { out } = await exec([process.execPath, '-e', print], [], { env })
    const seen = JSON.parse(out)
    expect(seen).toMatchObject({ 'odd.name-1': 'a b\nc', PLAIN: "'", KUBERNETES_SERVICE_HOST: '127.0.0.1' })
    expect(seen.NO_PROXY).toMatch(/^intra,127\.0\.0\.1,/)
    for (const name of ['KUBECONFIG', 'KUBERNETES_MASTER', 'OLDPWD', '_', 'SHLVL'].filter((each) => !(each in process.env)))
      expect(seen).not.toHaveProperty(name)
    expect(Object.keys(seen).filter((name) => /inpod/i.test(name))).toEqual([])
  })

  it.for([
    ['exit 0', 0],
    ['exit 7', 7],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
    ['kill -INT $$', 130],
  ] as const)('%s ends with %i', async ([script, code], { expect }) => {
    expect(await exec(['sh', '-c', script])).toMatchObject({ code, signal: null, out: '', err: '' })
  })

  it('what runs in the background ends with the program', async ({ expect }) => {
    const mark = `sleep 4${Math.random()}`
    expect(await exec(['sh', '-c', `${mark} & setsid ${mark} & sleep 0.1`])).toMatchObject({ code: 0 })
    expect(isRunning(mark)).toBe(false)
  })

  it('nothing is left when inpod itself is killed', async ({ expect }) => {
    const mark = `sleep 4${Math.random()}`
    const running = startInpod(['exec', ...sandbox, '--', 'sh', '-c', `${mark} & setsid ${mark} & echo up; ${mark}`], options())
    await running.said(/up/)
    expect(isRunning(mark)).toBe(true)
    running.child.kill('SIGKILL')
    await eventually(() => !isRunning(mark), 'no process')
    if (hasCommonRun) await eventually(() => !readdirSync('/run').includes('secrets'), 'no folder')
    await running.finished
  })

  it('signals reach the program once each, and its exit code counts', async ({ expect }) => {
    const names = ['INT', 'TERM', 'HUP', 'QUIT', 'USR1', 'USR2', 'WINCH']
    const traps = names.map((name) => `trap 'echo got ${name}' ${name}`).join('; ')
    const running = startInpod(
      ['exec', ...sandbox, '--', 'sh', '-c', `${traps}; trap 'exit 9' ALRM; echo up $$; while :; do sleep 0.02; done`],
      options(),
    )
    await running.said(/up/)
    for (const name of names) {
      running.child.kill(`SIG${name}` as NodeJS.Signals)
      await running.said(new RegExp(`got ${name}`))
    }
    running.child.kill('SIGTERM')
    await running.said(/TERM[\s\S]*got TERM/)
    running.child.kill('SIGKILL')
    const { out } = await running.finished
    expect(
      out
        .split('\n')
        .filter((line) => line.startsWith('got'))
        .sort(),
    ).toEqual([...names, 'TERM'].map((name) => `got ${name}`).sort())
  })

  it('a signal to the whole process group reaches the program once', async ({ expect }) => {
    const program =
      "trap 'echo got TERM' TERM; trap 'echo got QUIT' QUIT; trap 'exit 3' USR1; echo up; while :; do read -r -t 0.02 line; done"
    // bash: its read is no process of its own, which the signal would end.
    const running = startInpod(['exec', ...sandbox, '--', 'bash', '-c', program], options({ detached: true }))
    await running.said(/up/)
    await new Promise((resolve) => setTimeout(resolve, 200))
    for (const name of ['TERM', 'QUIT'] as const) {
      process.kill(-running.child.pid!, `SIG${name}`)
      await running.said(new RegExp(`got ${name}`))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    process.kill(-running.child.pid!, 'SIGUSR1')
    const { code, out } = await running.finished
    expect({ code, out }).toEqual({ code: 3, out: 'up\ngot TERM\ngot QUIT\n' })
  })

  if (namespaces)
    it('the rest of /run is there, the kubeconfig at home is not', async ({ expect }) => {
      const { code, out, err } = await exec(['sh', '-c', 'ls -A /run; echo --; ls -A ~/.kube'])
      expect({ code, err }).toEqual({ code: 0, err: '' })
      const [run, kube] = out.split('--\n')
      expect(run!.trim().split('\n').sort()).toEqual([...new Set([...readdirSync('/run'), 'secrets'])].sort())
      expect(kube).toBe('')
    })

  it('leaves no folder behind', async ({ expect }) => {
    // Of its own, since others make folders in the common one.
    const temporary = mkdtempSync(join(scratch.path, 'tmp-'))
    chmodSync(temporary, 0o777)
    await exec(['true'], [], { env: { TMPDIR: temporary } })
    expect(readdirSync(temporary)).toEqual([])
    if (hasCommonRun) expect(readdirSync('/run')).not.toContain('secrets')
  })
})

test('a folder instead of / (--sandbox pod-root) says whom it serves, and is removed', async () => {
  const program = 'echo "$TELEPRESENCE_ROOT"; cat "$KUBECONFIG"; ls "$TELEPRESENCE_ROOT/var/run/secrets/kubernetes.io/serviceaccount"'
  const { code, out, err } = await runInpod(['exec', '--sandbox', 'pod-root', '--', 'sh', '-c', program], { env: { HOME: home } })
  expect({ code, err: err.split(':').slice(0, 2).join(':') }).toEqual({ code: 0, err: 'inpod: warning' })
  expect(err).toMatch(/KUBECONFIG/)
  const [root, kubeconfig, ...files] = out.trim().split('\n')
  expect(JSON.parse(kubeconfig!).users[0].user.tokenFile).toBe(`${root}${folder}/token`)
  expect(files).toEqual(['ca.crt', 'namespace', 'token'])
  expect(readdirSync(tmpdir())).not.toContain(root!.split('/').pop())
})

test('nothing that a program writes to standard error is lost, though it writes faster than it is read', async () => {
  const script = 'sleep 0.1; i=0; while [ $i -lt 5000 ]; do i=$((i+1)); echo $i >&2 || exit 9; done'
  const { code, err } = await runInpod(['exec', '-f', manifests, '-n', 'team-a', '--', 'sh', '-c', script])
  expect({ code, lines: err.split('\n').length }).toEqual({ code: 0, lines: 5001 })
})
