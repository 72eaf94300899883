import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { StartDescription } from '../../packages/emulator/src/cli/running.ts'
import { eventually, runInpod, startInpod } from './inpod.ts'

async function startJson(args: string[] = []): Promise<{ started: StartDescription; running: ReturnType<typeof startInpod> }> {
  const running = startInpod(['start', '--json', ...args])
  return { started: JSON.parse(await running.said(/\{.*\}\n/)), running }
}

const statusOf = (url: string, ca: string, token: string) =>
  new Promise<number | undefined>((resolve, reject) =>
    get(url, { ca, headers: { authorization: `Bearer ${token}` }, agent: false }, (response) => resolve(response.resume().statusCode)).on(
      'error',
      reject,
    ),
  )

test.concurrent('start --json says in one line all that a program needs', async ({ expect }) => {
  const { started, running } = await startJson()
  expect(Object.keys(started)).toEqual(['server', 'caFile', 'token', 'kubeconfig', 'podRoot', 'env', 'pid'])
  expect(started.pid).toBe(running.child.pid)
  const ca = readFileSync(started.caFile, 'utf8')
  expect(await statusOf(`${started.server}/api/v1/secrets`, ca, started.token)).toBe(200)
  const folder = join(started.podRoot, 'var/run/secrets/kubernetes.io/serviceaccount')
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  expect(read('ca.crt')).toBe(ca)
  expect(read('namespace')).toBe('default')
  expect(await statusOf(`${started.server}/api/v1/secrets`, ca, read('token'))).toBe(403)
  expect(`https://${started.env['KUBERNETES_SERVICE_HOST']}:${started.env['KUBERNETES_SERVICE_PORT']}`).toBe(started.server)
  expect(JSON.parse(readFileSync(started.kubeconfig, 'utf8')).clusters[0].cluster.server).toBe(started.server)
  for (const path of [started.podRoot, dirname(started.kubeconfig)]) expect(statSync(path).mode & 0o777).toBe(0o700)
  running.child.kill('SIGTERM')
  expect((await running.finished).out.split('\n')).toHaveLength(2)
})

test.concurrent.for([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGKILL', null],
] as const)('after %s no folder is left', async ([signal, code], { expect }) => {
  const { started, running } = await startJson()
  running.child.kill(signal)
  expect(await running.finished).toMatchObject({ code, err: '' })
  const folders = [started.podRoot, dirname(started.kubeconfig), dirname(started.caFile)]
  await eventually(() => !folders.some((folder) => existsSync(folder)), 'folders removed')
})

test.concurrent('start says how to use it', async ({ expect }) => {
  const running = startInpod(['start'])
  const text = await running.said(/API server ready[\s\S]*Ctrl-C/)
  expect(text).toMatch(/export KUBECONFIG=\S+\n/)
  expect(text).toMatch(/export KUBERNETES_SERVICE_HOST=127\.0\.0\.1\n/)
  running.child.kill('SIGINT')
  expect((await running.finished).code).toBe(130)
})

const canBeginAgain = process.platform === 'linux' && process.execve !== undefined

test.skipIf(!canBeginAgain)('start begins again with settings for a server (Linux, Node with process.execve)', async () => {
  const flagsOf = async (env: Record<string, string> = {}, through: string[] = []) => {
    const running = startInpod(['start', '--json'], { env, through })
    const { pid }: StartDescription = JSON.parse(await running.said(/\{.*\}\n/))
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    running.child.kill('SIGTERM')
    expect(await running.finished).toMatchObject({ code: 143, err: '' })
    return words.filter((word) => word.startsWith('--max-semi'))
  }
  expect(await flagsOf()).toEqual(['--max-semi-space-size=8'])
  // A file that only the first process would have open.
  const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n'
  expect(await flagsOf({ manifest }, ['bash', '-c', 'exec "$@" -f <(echo "$manifest")', 'bash'])).toEqual([])
  expect(await flagsOf({ NODE_OPTIONS: '--max-semi-space-size=16' })).toEqual([])
  expect(await flagsOf({ MALLOC_ARENA_MAX: '4' })).toEqual([])
})

test.concurrent('help shows each option with an example', async ({ expect }) => {
  for (const command of ['exec', 'start']) {
    const { code, out, err } = await runInpod([command, '--help'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const option of ['--filename', '--namespace', '--service-account', '--port', '--token-expiration', '--verbose', '--help']) {
      expect(out).toContain(option)
      expect(out).toMatch(new RegExp(`\n {8}inpod .*(?:${option}|${{ '--filename': '-f', '--namespace': '-n' }[option] ?? option})`))
    }
  }
  expect(await runInpod(['--version'])).toMatchObject({
    code: 0,
    out: `${JSON.parse(readFileSync('packages/emulator/package.json', 'utf8')).version}\n`,
  })
  expect((await runInpod(['--help'])).out).toMatch(/exec .*\n {2}start /)
})

test('nothing is left in the folder for temporary files', () => {
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`inpod-${process.pid}-`))).toEqual([])
})
