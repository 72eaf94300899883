// File systems that are full, read-only or somebody else's, and outputs that nobody reads. Of `--data`: test/cli/data.test.ts.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { asOrdinaryUser, hasMountNamespaces, hasTool, hasUserNamespaces, inpod, runInpod } from '../cli/inpod.ts'
import { startServer } from '../cli/server.ts'
import { podManifest, runs, scratch } from './scratch.ts'

const place = scratch()
afterAll(place.remove)
const pod = place.write('pod.yaml', podManifest)
const disk = join(place.path, 'disk')
mkdirSync(disk)

/** Runs a command with a file system of its own at `disk`, which is the folder for temporary files too if it says so. */
const mounted = (commands: string) => [
  'unshare',
  '--mount',
  'sh',
  '-ec',
  `mount -t tmpfs -o size=1m none '${disk}'; ${commands}; exec "$@"`,
  'sh',
]
const full = mounted(`cat /dev/zero >'${disk}/ballast' 2>/dev/null || true`)
const readOnly = mounted(`mount -o remount,ro '${disk}'`)
/** The same, and tells what is there at the end. */
const telling = (through: string[]) => [...through, 'sh', '-c', `"$@"; code=$?; ls -A '${disk}' >'${place.path}/left'; exit $code`, 'sh']
const told = () =>
  readFileSync(join(place.path, 'left'), 'utf8')
    .split('\n')
    .filter((name) => name !== '' && name !== 'ballast')

describe.skipIf(!hasMountNamespaces)('a folder for temporary files (needs mount namespaces)', () => {
  const all: Array<[string, string[]]> = [...runs(pod).filter(([name]) => name !== 'exec'), ['start', ['start']]]
  const env = { ...place.env, TMPDIR: disk }
  const words = (args: string[]) => (args[0] === 'exec' ? [...args, '--', 'true'] : args)

  test.each(all)('that is full: inpod %s says so, and leaves nothing', async (_name, args) => {
    const { code, err } = await runInpod(words(args), { through: telling(full), env })
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/^inpod: a disk is full: ENOSPC.*\n {2}Make room\. TMPDIR names another/m),
    })
    expect(told()).toEqual([])
  })

  test.each(all)('that is read-only: inpod %s says so', async (_name, args) => {
    const { code, err } = await runInpod(words(args), { through: readOnly, env })
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^inpod: .*EROFS.*\n {2}TMPDIR names another/m) })
  })

  test('is not needed for a program without volumes', async () => {
    for (const through of [full, readOnly])
      expect(await runInpod(['exec', '--', 'true'], { through, env })).toMatchObject({ code: 0, err: '' })
  })
})

test.skipIf(!hasUserNamespaces)("somebody else's folder for temporary files is told (needs user namespaces)", async () => {
  const closed = join(place.path, 'closed')
  mkdirSync(closed, { mode: 0o700 })
  if (process.getuid?.() !== 0) chmodSync(closed, 0o500)
  const env = { ...place.env, TMPDIR: closed, XDG_RUNTIME_DIR: undefined }
  const { code, err } = await runInpod(['exec', '--pod', pod, '--', 'true'], { through: asOrdinaryUser, env })
  expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^inpod: a file is not for this user: EACCES/m) })
})

describe.skipIf(!hasMountNamespaces)('a cache folder (needs mount namespaces)', () => {
  test.each([
    ['full', full],
    ['read-only', readOnly],
  ])('that is %s is done without', async (_name, through) => {
    const env = { ...place.env, XDG_CACHE_HOME: disk, HOME: disk }
    expect(await runInpod(['exec', '--', 'true'], { through, env })).toMatchObject({ code: 0, err: '' })
    expect(await runInpod(['exec', '--pod', pod, '--', 'true'], { through, env })).toMatchObject({ code: 0 })
  })
})

describe.skipIf(!hasMountNamespaces)('a file of --audit or --record (needs mount namespaces)', () => {
  const ask = `require('https').get({ host: process.env.KUBERNETES_SERVICE_HOST, port: process.env.KUBERNETES_SERVICE_PORT, path: '/version',
    rejectUnauthorized: false }, (response) => response.resume())`
  const run = (option: string, through: string[], program = ask) =>
    runInpod(['exec', option, join(disk, 'file'), '--', process.execPath, '-e', program], { through, env: place.env })

  test.each(['--audit', '--record'])('%s on a read-only disk is told before the program runs', async (option) => {
    const { code, out, err } = await run(option, readOnly, 'console.log("ran")')
    expect({ code, out, err }).toEqual({
      code: 2,
      out: '',
      err: expect.stringContaining(`${option} ${disk}/file: the file system is read-only`),
    })
  })

  test.each(['--audit', '--record'])(
    '%s on a full disk: the program is not hindered, and the command fails with the reason',
    async (option) => {
      const { code, err } = await run(option, telling(full))
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('no space is left on the device') })
      expect(told()).toEqual(option === '--audit' ? ['file'] : [])
    },
  )
})

describe('standard output', () => {
  const commands = [['--help'], ['can-i', 'get', 'pods', '-f', pod], ['start', '--json'], ['start']]

  test.each(commands)('that nobody reads ends inpod %s as SIGPIPE ends others', async (...words) => {
    const child = spawn(inpod[0]!, [inpod[1]!, ...words], { env: { ...process.env, ...place.env }, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    let err = ''
    child.stderr.on('data', (text) => (err += text))
    expect(await once(child, 'close')).toEqual([141, null])
    expect(err).toBe('')
    await expect.poll(place.left, { timeout: 10_000 }).toEqual([])
  })

  test.each(commands)('that is full is told (Linux): inpod %s', async (...words) => {
    const through = ['sh', '-c', '"$@" >/dev/full', 'sh']
    const { code, err } = await runInpod(words, { through, env: place.env })
    expect({ code, err }).toEqual({ code: 1, err: 'inpod: standard output: no space is left on the device\n' })
    await expect.poll(place.left, { timeout: 10_000 }).toEqual([])
  })

  test('of --audit - that nobody reads any more: the server goes on, and says so at its end', async () => {
    const server = await startServer(['--audit', '-'], { env: place.env })
    server.running.child.stdout!.destroy()
    for (let i = 0; i < 3; i++) expect((await server.ask('GET', '/api/v1/namespaces')).status).toBe(200)
    expect(await server.end()).toMatchObject({
      code: 143,
      err: expect.stringContaining('the audit log - is not whole: nobody reads it any more'),
    })
  })

  test('and error, both gone: the exit code is right all the same', async () => {
    const through = ['sh', '-c', '"$@" >/dev/full 2>/dev/full', 'sh']
    expect(await runInpod(['exec', '--no-such'], { through, env: place.env })).toMatchObject({ code: 2 })
    expect(await runInpod(['exec', '--', 'sh', '-c', 'exit 7'], { through, env: place.env })).toMatchObject({ code: 7 })
  })
})

test.skipIf(!hasTool('prlimit'))(
  'a --data folder that has used up what it may have takes no writes until it may have more (needs prlimit)',
  async () => {
    const server = await startServer(['--data', join(place.path, 'data')], { env: place.env })
    const configMaps = '/api/v1/namespaces/default/configmaps'
    const make = async (name: string) => (await server.ask('POST', configMaps, { metadata: { name } })).status
    const limitFiles = (bytes: string) => execFileSync('prlimit', ['--pid', String(server.pid), `--fsize=${bytes}:`])
    expect(await make('before')).toBe(201)
    limitFiles('1')
    const refused = await server.ask('POST', configMaps, { metadata: { name: 'refused' } })
    expect(refused).toMatchObject({ status: 500, body: { message: expect.stringContaining('the write could not be stored: EFBIG') } })
    expect((await server.ask('GET', `${configMaps}/refused`)).status).toBe(404)
    expect((await server.ask('GET', `${configMaps}/before`)).status).toBe(200)
    limitFiles('unlimited')
    expect(await make('after')).toBe(201)
    expect(await server.end()).toMatchObject({ code: 143 })
  },
)
