// Who started inpod is killed, or a part of what it started.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { hasTool, hasUserNamespaces, inpod, startInpod } from '../cli/inpod.ts'
import { call } from '../server/call.ts'
import { descendants, isAlive } from './process-tree.ts'
import { podManifest, scratch } from './scratch.ts'

const place = scratch()
afterAll(place.remove)
const pod = place.write('pod.yaml', podManifest)

test('a server whose parent is killed goes on, as other programs do, until it is told to end', async () => {
  const out = `${place.path}/started.json`
  const words = [...inpod, 'start', '--json', '--data', `${place.path}/data`].map((word) => `'${word}'`).join(' ')
  const env = { ...process.env, ...place.env }
  const parent = spawn('sh', ['-c', `${words} >'${out}' & wait`], { env, stdio: 'ignore' })
  const started = () => readFileSync(out, 'utf8')
  await expect.poll(started, { timeout: 20_000 }).toMatch(/\n$/)
  const { server, caFile, token, pid } = JSON.parse(started())
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  const target = { url: server, caCertificate: readFileSync(caFile, 'utf8'), adminToken: token } as Parameters<typeof call>[0]
  const body = { metadata: { name: 'orphan' } }
  expect((await call(target, 'POST', '/api/v1/namespaces/default/configmaps', { body })).status).toBe(201)
  process.kill(pid, 'SIGTERM')
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
  await expect.poll(place.left, { timeout: 20_000 }).toEqual([])
})

test.skipIf(!hasTool('script'))('a terminal that is closed ends a server, and nothing is left (needs script)', async () => {
  const words = [...inpod, 'start'].map((word) => `'${word}'`).join(' ')
  const env = { ...process.env, ...place.env, SHELL: '/bin/sh' }
  const terminal = spawn('script', ['-qefc', `echo "pid $$"; exec ${words}`, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'ignore'] })
  let out = ''
  terminal.stdout.on('data', (text) => (out += text))
  await expect.poll(() => out, { timeout: 20_000 }).toContain('Ctrl-C stops')
  const pid = Number(/pid (\d+)/.exec(out)![1])
  terminal.kill('SIGKILL')
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
  await expect.poll(place.left, { timeout: 20_000 }).toEqual([])
})

describe.skipIf(!hasUserNamespaces)('a process of a run that is killed (needs user namespaces)', () => {
  const kinds: Array<[string, string[]]> = [
    ['exec', ['exec']],
    ['exec --pod', ['exec', '--pod', pod]],
    ['exec --sandbox pod-root', ['exec', '--sandbox', 'pod-root']],
  ]

  test.each(kinds)(
    '%s: whichever it is, the run ends by itself or goes on, and leaves nothing',
    { timeout: 120_000 },
    async (_name, args) => {
      const start = async () => {
        const running = startInpod([...args, '--', 'sh', '-c', 'trap "exit 7" TERM; echo up; while :; do sleep 0.1; done'], {
          env: place.env,
        })
        await running.said(/up\n/)
        const pid = running.child.pid!
        const parts = () => descendants(pid).filter(({ command }) => !command.startsWith('sleep'))
        const counts: number[] = []
        // Whoever looks whether signals go to all comes a little later.
        await expect
          .poll(() => counts.push(parts().length) > 1 && counts.at(-1) === counts.at(-2), { interval: 300, timeout: 10_000 })
          .toBe(true)
        return { running, parts: parts() }
      }
      const { running, parts } = await start()
      running.child.kill('SIGTERM')
      expect(await running.finished).toMatchObject({ code: 7 })
      for (let index = 0; index < parts.length; index++) {
        const { running: each, parts: found } = await start()
        const { pid, command } = found[index] ?? found.at(-1)!
        process.kill(pid, 'SIGKILL')
        await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
        // Where it was no part of the sandbox, the program goes on.
        const ended = await Promise.race([each.finished, new Promise<undefined>((resolve) => setTimeout(resolve, 1_000, undefined))])
        if (ended === undefined) each.child.kill('SIGTERM')
        const { code, err } = await each.finished
        expect([7, 137], `${command}: ${err}`).toContain(code)
        expect(err).not.toMatch(/^ {4}at /m)
        await expect.poll(place.left, { timeout: 20_000, message: command }).toEqual([])
      }
    },
  )
})
