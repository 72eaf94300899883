import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import { serviceAccountVolume } from '../pod/service-account-volume.ts'
import { OWN_STREAMS } from './enclosure.ts'
import { planMounts } from './mounts.ts'
import { openSandbox } from './sandbox.ts'
import { checkProgram, findTool, quoteAll } from './shell.ts'

const hasNamespaces = spawnSync('unshare', ['--user', '--map-current-user', '--keep-caps', '--mount', 'true']).status === 0
const inNamespaces = hasNamespaces ? test : test.skip
const volume = (token: string) => serviceAccountVolume({ token, 'ca.crt': 'CA', namespace: 'team-a' })

inNamespaces('files can be replaced while the program runs (needs user namespaces)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'test-sandbox-'))
  const output = join(folder, 'seen')
  const token = '/var/run/secrets/kubernetes.io/serviceaccount/token'
  const script = `cat ${token} >${output}; while [ "$(cat ${token})" = first ]; do sleep 0.02; done; cat ${token} >>${output}; exit 4`
  const sandbox = openSandbox()
  const code = sandbox.run({ command: ['sh', '-c', script], env: { PATH: process.env['PATH']! }, files: volume('first') })
  await expect.poll(() => readFileSync(output, 'utf8')).toBe('first')
  sandbox.updateFiles(volume('second'))
  expect(await code).toBe(4)
  await sandbox.close()
  expect(readFileSync(output, 'utf8')).toBe('firstsecond')
  rmSync(folder, { recursive: true })
})

inNamespaces('commands run beside the program, with its files and variables (needs user namespaces)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'test-sandbox-'))
  const output = openSync(join(folder, 'output'), 'w')
  const sandbox = openSandbox({ ways: ['user-namespace'], streams: { stdin: 'ignore', stdout: output, stderr: output } })
  expect(() => sandbox.inside(['true'])).toThrow(expect.objectContaining({ code: 'ERR_SANDBOX' }))
  const env = { PATH: process.env['PATH']!, COLOR: 'light blue' }
  const started = Promise.withResolvers<void>()
  const code = sandbox.run({ command: ['sh', '-c', 'echo started; sleep 60'], env, files: volume('first'), onStart: started.resolve })
  await started.promise
  await expect.poll(() => readFileSync(join(folder, 'output'), 'utf8')).toBe('started\n')
  const token = '/var/run/secrets/kubernetes.io/serviceaccount/token'
  const { file, args, env: environment } = sandbox.inside(['sh', '-c', `cat ${token}; echo " $COLOR"; pwd; exit 3`])
  expect(spawnSync(file, args, { env: environment, encoding: 'utf8' })).toMatchObject({
    status: 3,
    stdout: `first light blue\n${process.cwd()}\n`,
    stderr: '',
  })
  sandbox.signal('SIGTERM')
  expect(await code).toBe(143)
  await sandbox.close()
  closeSync(output)
  rmSync(folder, { recursive: true })
})

inNamespaces('closed before anything runs, a sandbox leaves no process (needs user namespaces)', async () => {
  const sandbox = openSandbox()
  await sandbox.close()
  expect(process.listenerCount('SIGTERM')).toBe(0)
})

test('a way that cannot be taken says what was tried and what to do', async () => {
  const sandbox = openSandbox({ ways: [] })
  const run = sandbox.run({ command: ['true'], env: {}, files: undefined })
  await expect(run).rejects.toMatchObject({ code: 'ERR_SANDBOX', hint: expect.stringContaining('--sandbox pod-root') })
  await sandbox.close()
})

test('mounts keep everything in the folder that is replaced', () => {
  const folder = mkdtempSync(join(tmpdir(), "it's a test "))
  writeFileSync(join(folder, 'file one'), '')
  symlinkSync('elsewhere', join(folder, 'link'))
  const { target, replaced, commands, mounts, links } = planMounts(join(folder, 'a', 'b'), [join(folder, 'absent')])
  expect({ target, replaced }).toEqual({ target: join(folder, 'a', 'b'), replaced: folder })
  expect(commands.at(-1)).toMatch(/^: >'.*it'\\''s a test .*\/file one'$/)
  expect(mounts).toEqual([`/proc/self/fd/8/file\\040one ${folder.replaceAll(' ', '\\040')}/file\\040one none rbind 0 0`])
  expect(links).toEqual([{ path: join(folder, 'link'), to: 'elsewhere' }])
  expect(planMounts(folder, []).target).toBe(folder)
  rmSync(folder, { recursive: true })
  expect(() => planMounts('/no-such-folder/at-all', [])).toThrow('nothing of its path exists')
})

test('words are quoted for the shell', () => {
  const words = ['plain', '', "it's", '$HOME', 'a b', '*', '-n', '\n', '"']
  expect(spawnSync('sh', ['-c', `printf '<%s>' ${quoteAll(words)}`]).stdout.toString()).toBe(words.map((word) => `<${word}>`).join(''))
})

test('programs are looked for as execvp does', () => {
  const env = { PATH: '/nowhere:/bin:/usr/bin' }
  expect(() => checkProgram('sh', env)).not.toThrow()
  expect(() => checkProgram('/bin/sh', {})).not.toThrow()
  expect(() => checkProgram('bin/sh', {}, '/')).not.toThrow()
  expect(() => checkProgram('no-such-program', env)).toThrow(expect.objectContaining({ exitCode: 127 }))
  expect(() => checkProgram('', env)).toThrow(expect.objectContaining({ exitCode: 127 }))
  expect(() => checkProgram('/', env)).toThrow(expect.objectContaining({ exitCode: 126 }))
  expect(findTool('sh', '')).toMatch(/^\//)
  expect(findTool('no-such-program')).toBeUndefined()
})

const inNetwork =
  hasNamespaces &&
  spawnSync('unshare', [...'--user --map-current-user --keep-caps --net ip link add pod type veth'.split(' ')]).status === 0
    ? test
    : test.skip

inNetwork("the localhost of the program's own network can be reached (needs user and network namespaces, iproute2 and veth)", async () => {
  const sandbox = openSandbox({ ways: ['user-namespace'], network: { addresses: [] }, streams: { ...OWN_STREAMS, stdin: 'ignore' } })
  const listener = "require('node:net').createServer((socket) => socket.end('from inside')).listen(4711, '127.0.0.1')"
  const env = { PATH: process.env['PATH']! }
  const code = sandbox.run({ command: [process.execPath, '-e', listener], env, files: undefined })
  const socket = await vi.waitFor(() => sandbox.connect('127.0.0.1', 4711), { timeout: 20_000, interval: 50 })
  expect(await text(socket)).toBe('from inside')
  await expect(sandbox.connect('127.0.0.1', 4712)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  sandbox.signal('SIGTERM')
  expect(await code).toBe(143)
  await sandbox.close()
  await expect(sandbox.connect('127.0.0.1', 4711)).rejects.toThrow()
})
