// What a shell takes up from a running `inpod start`, and kubeconfigs of it.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { formats } from '../../packages/emulator/src/cli/env-formats.ts'
import { kubernetesTools, whyNoKubernetesTools } from '../../scripts/tools/kubectl.ts'
import { eventually, hasTool, inpod, type Running, runInpod, startInpod } from './inpod.ts'

const scratch = mkdtempSync(join(tmpdir(), 'test-env-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
let count = 0

/** A runtime folder of the test's own, so that no other test's servers are found. */
function surroundings(temporary = 'tmp') {
  const folder = join(scratch, String(++count))
  const env = { XDG_RUNTIME_DIR: join(folder, 'run'), TMPDIR: join(folder, temporary) }
  for (const made of Object.values(env)) mkdirSync(made, { recursive: true })
  return env
}

async function start(env: Record<string, string>, args: string[] = []) {
  const running = startInpod(['start', '--json', ...args], { env })
  return { running, started: JSON.parse(await running.said(/\{.*\}\n/)) }
}

const end = async (running: Running, signal: NodeJS.Signals = 'SIGTERM') => {
  running.child.kill(signal)
  await running.finished
}

const show = [process.execPath, '-e', 'console.log(JSON.stringify(process.env))']
const quoted = (words: string[]) => words.map((word) => `'${word}'`).join(' ')
/** What each shell runs to take the environment up, and then to show it. */
const shells: Record<string, string> = {
  sh: `eval "$(${quoted(inpod)} env)"; ${quoted(show)}`,
  bash: `eval "$(${quoted(inpod)} env --shell bash)"; ${quoted(show)}`,
  zsh: `eval "$(${quoted(inpod)} env --shell zsh)"; ${quoted(show)}`,
  fish: `${quoted(inpod)} env --shell fish | source; ${quoted(show)}`,
  pwsh: `& ${quoted(inpod)} env --shell pwsh | Out-String | Invoke-Expression; & ${quoted(show)}`,
}

for (const [shell, script] of Object.entries(shells)) {
  test
    .skipIf(!hasTool(shell))
    .concurrent(`${shell} has a Pod's environment, whatever the paths are (needs ${shell})`, async ({ expect }) => {
      const env = surroundings(`it's "a" \\'$HOME' \`x\` ‘q’ %41 ; #`)
      const { running, started } = await start(env)
      const own = { ...process.env, ...env, KUBE_TOKEN: 'x', KUBECONFIG: '/elsewhere', NO_PROXY: 'mine.example' }
      const shown = JSON.parse(execFileSync(shell, ['-c', script], { env: own, encoding: 'utf8' }))
      expect(shown).toMatchObject({
        ...started.env,
        NO_PROXY: expect.stringMatching(/^mine\.example,127\.0\.0\.1,/),
        no_proxy: expect.stringMatching(/^mine\.example,127\.0\.0\.1,/),
        KUBECONFIG: join(started.podRoot, 'kubeconfig'),
        TELEPRESENCE_ROOT: started.podRoot,
      })
      expect(shown).not.toHaveProperty('KUBE_TOKEN')
      expect(JSON.parse(readFileSync(shown.KUBECONFIG, 'utf8')).clusters[0].cluster.server).toBe(started.server)
      await end(running)
    })
}

test.concurrent('json and dotenv have the same variables', async ({ expect }) => {
  const env = surroundings('with space')
  const { running } = await start(env)
  const asked = { env: { ...env, KUBE_TOKEN: 'x' } }
  const { set, unset } = JSON.parse((await runInpod(['env', '--json'], asked)).out)
  expect(set.KUBECONFIG).toContain('with space')
  expect(unset).toContain('KUBE_TOKEN')
  const file = (await runInpod(['env', '--dotenv'], asked)).out
  expect(parseEnv(file)).toEqual(set)
  expect(file).toMatch(/^# Not to be set: .*KUBE_TOKEN/)
  await end(running)
})

test('what a format cannot write is refused', () => {
  const change = { set: { A: `'"` }, unset: [] }
  expect(() => formats.dotenv(change)).toThrow(expect.objectContaining({ code: 'ERR_UNWRITABLE' }))
  expect(formats.dotenv({ set: { A: `it's`, B: 'a"b' }, unset: [] })).toBe(`A="it's"\nB='a"b'\n`)
  expect(formats.powershell({ set: { A: `it's ‘x’` }, unset: ['B'] })).toBe(
    `Remove-Item -ErrorAction SilentlyContinue Env:B\n$env:A = 'it''s ‘‘x’’'\n`,
  )
})

test.concurrent("docker's arguments mount the files and lead to the server", async ({ expect }) => {
  const env = surroundings()
  const { running, started } = await start(env, ['-n', 'kube-system'])
  const { out, code } = await runInpod(['env', '--docker'], { env })
  expect(code).toBe(0)
  const words = out.trim().split(' ')
  const after = (option: string) => words[words.indexOf(option) + 1]!
  const [source, target, mode] = after('-v').split(':')
  expect([target, mode]).toEqual(['/var/run/secrets/kubernetes.io/serviceaccount', 'ro'])
  expect(readFileSync(join(source!, 'namespace'), 'utf8')).toBe('kube-system')
  if (process.platform === 'linux') expect(after('--network')).toBe('host')
  else expect(after('--add-host')).toBe('kubernetes.default.svc:host-gateway')
  const file = readFileSync(after('--env-file'), 'utf8')
  expect(file).toContain(`KUBERNETES_SERVICE_PORT=${started.env.KUBERNETES_SERVICE_PORT}\n`)
  expect(statSync(after('--env-file')).mode & 0o777).toBe(0o600)
  await end(running)
  expect(existsSync(after('--env-file'))).toBe(false)
})

test.concurrent('without a server, with several, and with one that was killed', async ({ expect }) => {
  const env = surroundings()
  const none = await runInpod(['env'], { env })
  expect(none).toMatchObject({ code: 1, out: '', err: expect.stringContaining('no inpod start of this user is running') })
  const [first, second] = [await start(env), await start(env)]
  const several = await runInpod(['env'], { env })
  expect(several).toMatchObject({ code: 2, out: '', err: expect.stringContaining(`--pid ${second.started.pid}  ${second.started.server}`) })
  const chosen = await runInpod(['env', '--json', '--pid', String(first.started.pid)], { env })
  expect(JSON.parse(chosen.out).set.TELEPRESENCE_ROOT).toBe(first.started.podRoot)
  const folder = join(env.XDG_RUNTIME_DIR, 'inpod')
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o600, 0o600])
  await end(second.running, 'SIGKILL')
  expect(JSON.parse((await runInpod(['env', '--json'], { env })).out).set.TELEPRESENCE_ROOT).toBe(first.started.podRoot)
  await end(first.running)
  await eventually(() => !existsSync(folder), 'the runtime folder is gone')
})

test.concurrent('without a runtime folder of the user, it is among the temporary ones, and goes again', async ({ expect }) => {
  const env = { ...surroundings(), XDG_RUNTIME_DIR: '/nonexistent/of-another-user' }
  const { running, started } = await start(env)
  expect(readdirSync(env.TMPDIR).filter((name) => name.startsWith('inpod-running-'))).toHaveLength(1)
  expect(JSON.parse((await runInpod(['env', '--json'], { env })).out).set.TELEPRESENCE_ROOT).toBe(started.podRoot)
  running.child.kill('SIGTERM')
  expect(await running.finished).toMatchObject({ code: 143, err: '' })
  await eventually(() => readdirSync(env.TMPDIR).length === 0, 'nothing is left')
})

test.concurrent('a file of another process with the same pid is nobody', async ({ expect }) => {
  const env = surroundings()
  const { running, started } = await start(env)
  const file = join(env.XDG_RUNTIME_DIR, 'inpod', `${started.pid}.json`)
  const entry = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ ...entry, process: { ...entry.process, started: '1' } }))
  const isLinux = process.platform === 'linux'
  expect((await runInpod(['env'], { env })).code).toBe(isLinux ? 1 : 0)
  await end(running)
})

test.concurrent('the token of a Pod outside is renewed before it expires', async () => {
  const env = surroundings()
  const { running, started } = await start(env, ['--token-expiration', '2'])
  const token = () => readFileSync(join(started.podRoot, 'var/run/secrets/kubernetes.io/serviceaccount/token'), 'utf8')
  const first = token()
  await eventually(() => token() !== first, 'a new token')
  await end(running)
})

test.concurrent('--from takes what start --json printed', async ({ expect }) => {
  const env = surroundings()
  const { running, started } = await start(env)
  const elsewhere = surroundings()
  const input = `some talk\n${JSON.stringify(started)}\n`
  const { out } = await runInpod(['env', '--json', '--from', '-'], { env: elsewhere, input })
  expect(JSON.parse(out).set).toMatchObject({ KUBERNETES_SERVICE_PORT: started.env.KUBERNETES_SERVICE_PORT })
  for (const wrong of ['nothing', '{"server":"x"}', '{'])
    expect(await runInpod(['env', '--from', '-'], { input: wrong })).toMatchObject({ code: 2, err: expect.stringContaining('--from -: ') })
  await end(running)
})

const whyNot = whyNoKubernetesTools()
test.skipIf(whyNot !== undefined)(`kubeconfigs for the administrator, an account and a user (${whyNot ?? 'real kubectl'})`, async () => {
  const { kubectl } = await kubernetesTools()
  const env = surroundings()
  const { running } = await start(env)
  const file = join(env.TMPDIR, 'config')
  const whoAmI = async (...args: string[]) => {
    expect(await runInpod(['kubeconfig', '--output', file, ...args], { env })).toMatchObject({ code: 0, out: '', err: '' })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const home = { HOME: env.TMPDIR, PATH: process.env['PATH'] }
    return JSON.parse(execFileSync(kubectl, ['--kubeconfig', file, 'auth', 'whoami', '-o', 'json'], { env: home, encoding: 'utf8' })).status
      .userInfo
  }
  writeFileSync(file, 'old', { mode: 0o644 })
  expect(await whoAmI()).toMatchObject({ username: 'kubernetes-admin' })
  expect(await whoAmI('--as-service-account', 'kube-system/default')).toMatchObject({
    username: 'system:serviceaccount:kube-system:default',
  })
  expect(JSON.parse(readFileSync(file, 'utf8')).contexts[0].context.namespace).toBe('kube-system')
  const groups = ['developers', 'on call, "x"', 'system:authenticated']
  expect(await whoAmI('--user', 'jane+x', '--group', groups[0]!, '--group', groups[1]!, '-n', 'team-a')).toMatchObject({
    username: 'jane+x',
    groups,
  })
  const csrs = execFileSync(kubectl, ['--kubeconfig', file, 'config', 'view', '--minify', '-o', 'jsonpath={..namespace}'])
  expect(csrs.toString()).toBe('team-a')
  expect(await runInpod(['kubeconfig', '--as-service-account', 'default/nobody'], { env })).toMatchObject({
    code: 1,
    err: expect.stringContaining('serviceaccounts "nobody" not found'),
  })
  expect((await runInpod(['kubeconfig', '--user', 'x', '--group', 'system:masters'], { env })).err).toContain('system:masters')
  await end(running)
})

test.concurrent.for([
  [['env', 'x'], 'unexpected "x"'],
  [['env', '--json', '--docker'], '--docker and --json exclude each other'],
  [['env', '--shell', 'tcsh'], 'invalid value "tcsh" of --shell'],
  [['kubeconfig', '--group', 'x'], '--group without --user'],
  [['kubeconfig', '--user', 'x', '--as-service-account', 'a/b'], 'exclude each other'],
  [['kubeconfig', '--as-service-account', 'b'], 'NAMESPACE/NAME'],
  [['kubeconfig', '--token-expiration', '1h'], '--token-expiration without --as-service-account'],
] as const)('wrong use: %j', async ([args, message], { expect }) => {
  expect(await runInpod([...args])).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) })
})
