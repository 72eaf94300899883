// What the system refuses and a test's machine has enough of: a disk quota (EDQUOT), memory for another process (ENOMEM).
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { hasMountNamespaces, hasTool, hasUserNamespaces, runInpod, startInpod } from '../cli/inpod.ts'
import { startServer } from '../cli/server.ts'
import { podManifest, runs, scratch } from './scratch.ts'

const canRefuse = process.platform === 'linux' && hasTool('cc')
const hasNamespaces = hasMountNamespaces || hasUserNamespaces
const place = scratch()
const withoutProcesses = scratch()
afterAll(() => [place, withoutProcesses].forEach((each) => void each.remove()))
const pod = place.write('pod.yaml', podManifest)
const library = join(place.path, 'failing-calls.so')
if (canRefuse) execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, join(import.meta.dirname, 'failing-calls.c')])

let count = 0

/** A folder with a quota, and processes that can be refused, for one run. */
function refusable({ env } = place) {
  const id = ++count
  const folder = join(place.path, `quota-${id}`)
  mkdirSync(folder)
  const file = join(place.path, `failing-${id}`)
  const set = (quota: number, processes: number) => writeFileSync(file, Int32Array.of(quota, processes), { flag: 'r+' })
  writeFileSync(file, Int32Array.of(0, 0))
  return {
    folder,
    env: { ...env, LD_PRELOAD: library, INPOD_TEST_FAILING: file, INPOD_TEST_BELOW: folder },
    useUp: () => set(constants.errno.EDQUOT, 0),
    refuseProcesses: () => set(0, constants.errno.ENOMEM),
    allow: () => set(0, 0),
  }
}

const configMaps = '/api/v1/namespaces/default/configmaps'

describe.skipIf(!canRefuse)('a disk quota that is used up (needs a C compiler)', () => {
  test('--data: the write is refused and has not happened; after a crash there is what was acknowledged', { timeout: 60_000 }, async () => {
    const { folder, env, useUp, allow } = refusable()
    const args = ['--data', join(folder, 'data')]
    const server = await startServer(args, { env })
    const make = (name: string) => server.ask('POST', configMaps, { metadata: { name } })
    expect((await make('before')).status).toBe(201)
    useUp()
    const message = expect.stringContaining('the write could not be stored: EDQUOT')
    expect(await make('refused')).toMatchObject({ status: 500, body: { message } })
    expect((await server.ask('GET', `${configMaps}/refused`)).status).toBe(404)
    expect((await server.ask('GET', `${configMaps}/before`)).status).toBe(200)
    allow()
    expect((await make('after')).status).toBe(201)
    useUp()
    expect((await make('refused')).status).toBe(500)
    await server.end('SIGKILL')
    const second = await runInpod(['exec', ...args, '--', 'true'], { env })
    expect(second).toMatchObject({ code: 1, err: expect.stringContaining('EDQUOT') })
    allow()
    const again = await startServer(args, { env })
    const { body } = await again.ask('GET', configMaps)
    const names = body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)
    expect(names).toEqual(['after', 'before', 'kube-root-ca.crt'])
    expect(await again.end()).toMatchObject({ code: 143, err: '' })
  })

  const temporary: Array<[string, string[]]> = [...runs(pod).filter(([name]) => name !== 'exec'), ['start', ['start']]]
  test.skipIf(!hasNamespaces).each(temporary)(
    'of the folder for temporary files: inpod %s says so, and leaves nothing (needs namespaces)',
    async (name, args) => {
      const { folder, env, useUp } = refusable()
      useUp()
      const words = name === 'start' ? args : [...args, '--', 'true']
      const { code, err } = await runInpod(words, { env: { ...env, TMPDIR: folder, XDG_RUNTIME_DIR: undefined } })
      const told = expect.stringMatching(/^inpod: the disk quota is used up: EDQUOT.*\n {2}Make room\. TMPDIR names another/m)
      expect({ code, err }).toEqual({ code: 1, err: told })
      expect(readdirSync(folder)).toEqual([])
    },
  )

  test('of a file of --audit: told before the program runs', async () => {
    const { folder, env, useUp } = refusable()
    useUp()
    const { code, out, err } = await runInpod(['exec', '--audit', join(folder, 'audit'), '--', 'echo', 'ran'], { env })
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringContaining('the disk quota is used up') })
  })
})

describe.skipIf(!canRefuse || !hasNamespaces)('no memory for another process (needs a C compiler, namespaces)', () => {
  test.each(runs(pod))('%s: says so, and leaves nothing', { timeout: 60_000 }, async (_name, args) => {
    const { env, refuseProcesses } = refusable(withoutProcesses)
    refuseProcesses()
    const { code, out, err } = await runInpod([...args, '--', 'echo', 'ran'], { env })
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: expect.stringContaining('ENOMEM') })
    expect(err).not.toMatch(/^ {4}at |internal error/m)
    await expect.poll(withoutProcesses.left, { timeout: 10_000 }).toEqual([])
  })

  test('for what is to be run beside a program: it goes on, and ends as ever', { timeout: 60_000 }, async () => {
    const { env, refuseProcesses } = refusable(withoutProcesses)
    const running = startInpod(['exec', '--', 'sh', '-c', 'trap "exit 7" TERM; echo up; while :; do read line; done'], { env })
    await running.said(/up\n/)
    refuseProcesses()
    running.child.kill('SIGTERM')
    expect(await running.finished).toMatchObject({ code: 7, err: '' })
    await expect.poll(withoutProcesses.left, { timeout: 10_000 }).toEqual([])
  })
})
