// No room for another process, and no memory for those that there are.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { kubernetesTools, whyNoKubernetesTools } from '../../scripts/tools/kubectl.ts'
import { hasMountNamespaces, runInpod, startInpod } from '../cli/inpod.ts'
import { everybodyIsAdmin } from '../cli/rights.ts'
import { startServer } from '../cli/server.ts'
import { type ControlGroup, controlGroup, hasControlGroups } from './control-group.ts'
import { podManifest, runs, scratch } from './scratch.ts'

const hasPids = hasControlGroups('pids') && hasMountNamespaces
const hasMemory = hasControlGroups('memory') && hasMountNamespaces
const place = scratch()
afterAll(place.remove)
const pod = place.write('pod.yaml', podManifest)

/** As few processes and threads as Node itself runs with. */
async function fewest(group: ControlGroup): Promise<number> {
  for (let count = 6; ; count++) {
    group.limit(count)
    const { code } = await runInpod(['can-i', 'get', 'pods', '-f', pod], { through: group.through, env: place.env })
    if (code === 0 || code === 1) return count
  }
}

describe.skipIf(!hasPids)('a program that cannot be run for want of processes (needs control groups, mount namespaces)', () => {
  test.each(runs(pod))('%s: says so, and leaves nothing', { timeout: 180_000 }, async (_name, args) => {
    const group = controlGroup('pids')!
    const least = await fewest(group)
    const codes: unknown[] = []
    for (const more of [0, 1, 2, 3, 4, 5, 7, 9, 40]) {
      group.limit(least + more)
      const { code, signal, out, err } = await runInpod([...args, '--', 'echo', 'ran'], { through: group.through, env: place.env })
      // Without a thread for what Node does beside, it aborts.
      const isNodes = signal === 'SIGABRT' || code === 134
      codes.push(code)
      expect(err, `${least + more} processes`).not.toMatch(/^ {4}at .*inpod|internal error/m)
      if (code === 0) expect(out).toContain('ran')
      else if (!isNodes) expect({ code, err }, `${least + more} processes`).toEqual({ code: 1, err: expect.stringMatching(/EAGAIN|fork/) })
      await expect.poll(group.processes, { timeout: 20_000 }).toEqual([])
      await expect.poll(place.left, { timeout: 20_000 }).toEqual([])
    }
    expect(codes.at(-1)).toBe(0)
    await group.remove()
  })
})

const noKubectl = whyNoKubernetesTools() !== undefined

test.skipIf(!hasPids || noKubectl)(
  'kubectl exec is told that there is no process for its command, and works once there is (needs control groups, mount namespaces, linux-x64)',
  { timeout: 120_000 },
  async () => {
    const { kubectl } = await kubernetesTools()
    const group = controlGroup('pids')!
    const admin = place.write('admin.yaml', everybodyIsAdmin)
    const introduce =
      'echo "api $KUBERNETES_SERVICE_PORT $HOSTNAME $(cat /var/run/secrets/kubernetes.io/serviceaccount/token) end"; sleep 60'
    const running = startInpod(['exec', '-f', admin, '--pod', pod, '--', 'sh', '-c', introduce], { through: group.through, env: place.env })
    const [, port, name, token] = (await running.said(/^api .* end$/m)).split(' ')
    const words = [
      '--server',
      `https://127.0.0.1:${port}`,
      '--insecure-skip-tls-verify',
      '--token',
      token!,
      'exec',
      name!,
      '--',
      'echo',
      'hello',
    ]
    const exec = () =>
      promisify(execFile)(kubectl, words, { env: { ...process.env, ...place.env } }).then(
        ({ stdout }) => stdout,
        ({ stderr }) => stderr as string,
      )
    expect(await exec()).toBe('hello\n')
    group.limit(group.processes().length)
    expect(await exec()).toMatch(/failed to exec in container: .*(EAGAIN|fork|Resource temporarily unavailable)|cannot start .*EAGAIN/s)
    group.limit('max')
    expect(await exec()).toBe('hello\n')
    running.child.kill('SIGTERM')
    expect(await running.finished).toMatchObject({ err: expect.not.stringMatching(/^ {4}at /m) })
    await group.remove()
    await expect.poll(place.left).toEqual([])
  },
)

/** Takes memory for as long as it is given some. */
const glutton = 'const all = []; for (;;) all.push(Buffer.alloc(2 ** 24, 1))'

test.skipIf(!hasMemory)(
  'a program that the machine ends for want of memory is told by its exit code, 137 (needs control groups, mount namespaces)',
  { timeout: 60_000 },
  async () => {
    const group = controlGroup('memory')!
    group.limit(600 * 2 ** 20)
    const args = ['exec', '--', process.execPath, '-e', glutton]
    const { code, err } = await runInpod(args, { through: group.through, env: place.env })
    expect({ code, err }).toEqual({ code: 137, err: '' })
    await group.remove()
    await expect.poll(place.left).toEqual([])
  },
)

test.skipIf(!hasMemory)(
  'a server that the machine ends for want of memory has what it acknowledged (needs control groups)',
  { timeout: 120_000 },
  async () => {
    const group = controlGroup('memory')!
    const data = `${place.path}/data`
    const server = await startServer(['--data', data], { through: group.through, env: place.env })
    const configMaps = '/api/v1/namespaces/default/configmaps'
    const acknowledged: string[] = []
    group.limit(260 * 2 ** 20)
    const text = 'x'.repeat(900_000)
    for (let i = 0; i < 1_000; i++) {
      const answer = await server.ask('POST', configMaps, { metadata: { name: `x${i}` }, data: { text } }).catch(() => undefined)
      if (answer === undefined) break
      expect(answer.status).toBe(201)
      acknowledged.push(`x${i}`)
    }
    expect(await server.running.finished).toMatchObject({ signal: 'SIGKILL' })
    await group.remove()
    const again = await startServer(['--data', data], { env: place.env })
    const { body } = await again.ask('GET', configMaps)
    const names = body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)
    expect(names).toEqual(expect.arrayContaining(acknowledged))
    expect(names.length).toBeLessThanOrEqual(acknowledged.length + 2)
    await again.end()
    await expect.poll(place.left).toEqual([])
  },
)
