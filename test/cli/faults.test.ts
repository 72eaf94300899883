import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Fault, startEmulator } from 'inpod'
import { afterAll, describe, expect, test } from 'vitest'
import { describeClient } from '../clients/suite.ts'
import { hasTool, hasUserNamespaces, runInpod, scratchFolder, startInpod } from './inpod.ts'

const scratch = scratchFolder()
afterAll(() => scratch.remove())
const run = promisify(execFile)

interface Started {
  server: string
  caFile: string
  token: string
}

function file(name: string, text: string): string {
  const path = join(scratch.path, name)
  writeFileSync(path, text)
  return path
}

describe.skipIf(!hasTool('curl'))('a running server (needs curl)', { timeout: 120_000 }, () => {
  async function started() {
    const running = startInpod(['start', '--json'])
    const line = await running.said(/^\{.*\}\n/)
    const from = file(`${running.child.pid}.json`, line)
    const description: Started = JSON.parse(line)
    const fault = (...args: string[]) => runInpod(['fault', ...args, '--from', from])
    const curl = async (path: string, ...args: string[]) => {
      const given = ['-sS', '-i', '-m', '3', '--cacert', description.caFile, '-H', `Authorization: Bearer ${description.token}`]
      return run('curl', [...given, ...args, `${description.server}${path}`]).then(
        ({ stdout }) => ({ code: 0, out: stdout }),
        ({ code, stdout }) => ({ code: code as number, out: String(stdout) }),
      )
    }
    const stop = async () => {
      running.child.kill('SIGTERM')
      return running.finished
    }
    return { fault, curl, [Symbol.asyncDispose]: async () => void (await stop()) }
  }

  test('faults are added, listed and removed while it runs', async () => {
    await using server = await started()
    const { fault, curl } = server
    expect((await fault('add', '--verb', 'list', '--resource', 'pods', '--status', '503', '--count', '1', '--id', 'once')).out).toBe(
      'once\n',
    )
    expect((await curl('/api/v1/namespaces')).out).toMatch(/^HTTP\/2 200/)
    expect((await curl('/api/v1/pods')).out).toMatch(/^HTTP\/2 503[\s\S]*"reason": "ServiceUnavailable"/)
    expect((await curl('/api/v1/pods')).out).toMatch(/^HTTP\/2 200/)
    expect((await fault('list')).out).toMatch(/^ID +HAPPENED +MATCH +FAULT\nonce +1 +verb=list resource=pods +count=1 status=503\n$/)
    expect(JSON.parse((await fault('list', '--json')).out).faults).toMatchObject([{ id: 'once', state: { matched: 1, happened: 1 } }])
    expect(await fault('remove', 'once')).toMatchObject({ code: 0 })
    expect((await fault('list')).out).toBe('no faults\n')
    expect((await fault('remove', 'once')).err).toContain('faults.inpod "once" not found')
  })

  test('connections break, hang, dribble, and are refused', async () => {
    await using server = await started()
    const { fault, curl } = server
    const CONNECTION_RESET = 56
    // Over HTTP/2 curl may notice it while it still sends the acknowledgement of settings.
    const RESET_WHILE_SENDING = 55
    const REFUSED = 7
    const UNTRUSTED = 60
    const TIMED_OUT = 28
    for (const version of ['--http1.1', '--http2']) {
      await fault('add', '--reset', '--count', '1')
      const { code } = await curl('/version', version)
      if (version === '--http1.1' || code !== RESET_WHILE_SENDING) expect(code).toBe(CONNECTION_RESET)
      await fault('add', '-f', file('cut.yaml', 'reset: {afterBytes: 40}\ncount: 1\n'))
      const cut = await curl('/version', version)
      expect([cut.code, cut.out.slice(cut.out.indexOf('\r\n\r\n') + 4).length]).toEqual([CONNECTION_RESET, 40])
      await fault('add', '--slow-body', '400', '--count', '1')
      const begun = performance.now()
      expect((await curl('/version', version)).out).toMatch(/"platform": "\w+\/\w+"\n\}$/)
      expect(performance.now() - begun).toBeGreaterThan(700)
    }
    await fault('add', '--half-open', '--count', '1')
    expect((await curl('/version')).code).toBe(TIMED_OUT)
    expect((await fault('add', '--down', '1500ms')).code).toBe(0)
    const whileDown = async () => (await curl('/version')).code
    await expect.poll(whileDown, { timeout: 5_000, interval: 20 }).toBe(REFUSED)
    await expect.poll(whileDown, { timeout: 20_000 }).toBe(0)
    expect((await fault('add', '--certificate-authority', 'change', '--id', 'ca')).code).toBe(0)
    await expect.poll(whileDown, { timeout: 5_000, interval: 20 }).toBe(UNTRUSTED)
  })

  test('aliases of aliases without end are a fault of the file', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `a${level}: &a${level} [${Array(9).fill(level === 0 ? 'x' : `*a${level - 1}`)}]`,
    )
    const bomb = file('bomb.yaml', levels.join('\n'))
    const wrong = await runInpod(['exec', '--faults', bomb, '--', 'true'])
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain(`inpod: ${bomb}: Excessive alias count`)
  })

  test('wrong faults are told with their place', async () => {
    await using server = await started()
    const { fault } = server
    const twice = file('twice.yaml', 'faults:\n  # a comment\n  - status: 500\n  - match: {verbs: get}\n    status: 99\n')
    const wrong = await fault('add', '-f', twice)
    expect([wrong.code, wrong.out]).toEqual([2, ''])
    expect(wrong.err).toContain(`${twice}:4: faults[1].match.verbs unknown field "verbs"; fields are verb, apiGroup,`)
    expect(wrong.err).toContain(`${twice}:5: faults[1].status is 99, and must be at least 400`)
    expect((await fault('add', '--status', '503', '--reset')).err).toContain('has several effects, status and reset')
    expect((await fault('add', '--verb', 'list')).err).toContain('has no effect')
    expect((await fault('add', '--verb', 'list', '--watch', 'close')).err).toContain('is not watch, so it never happens')
    expect((await fault('add', '--delay', '5')).err).toContain('such as 200ms, 5s')
    expect((await fault('mend')).err).toContain('unknown action mend')
    expect((await runInpod(['fault', 'list', '--from', file('none.json', '{}')])).code).toBe(2)
  })
})

test('a file of faults that is not right stops the command before it starts', async () => {
  const bad = file('bad.yaml', 'faults:\n- status: 500\n  reset: [\n')
  expect(await runInpod(['exec', '--faults', bad, '--', 'true'])).toMatchObject({ code: 2, err: expect.stringContaining(`${bad}:4:1:`) })
  const missing = await runInpod(['start', '--faults', join(scratch.path, 'none.yaml')])
  expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('none.yaml: no such file')])
})

describe.skipIf(!hasUserNamespaces || !hasTool('curl'))('inpod exec --faults (needs namespaces and curl)', () => {
  const inPod = `cd /var/run/secrets/kubernetes.io/serviceaccount
get() { curl -s --cacert ca.crt -H "Authorization: Bearer $1" -o /dev/null -w '%{http_code}\\n' https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/version; }
old=$(cat token)
get "$old"; get "$old"; get "$(cat token)"
[ "$old" = "$(cat token)" ] && echo same || echo new`
  const pod = file('pod.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {name: app}\nspec: {containers: [{name: app, image: app}]}\n')

  test.each([
    ['rotate', [], '401\n401\n200\nnew\n'],
    ['rotate', ['--pod', pod], '401\n401\n200\nnew\n'],
    ['expire', [], '401\n401\n401\nsame\n'],
  ])('a token that %ss is refused (%j)', async (token, options, expected) => {
    const faults = file(`${token}.yaml`, `token: ${token}\n`)
    expect((await runInpod(['exec', '--faults', faults, ...options, '--', 'bash', '-c', inPod])).out).toBe(expected)
  })
})

describeClient('informer', (command) => {
  test('waits for a bookmark that is dropped', { timeout: 60_000 }, async () => {
    const faults = file('bookmarks.yaml', 'watch: {dropBookmarks: true}\n')
    const env = { ...command().environment, SOAK_LIMIT_SECONDS: '25' }
    const { code, err } = await runInpod(['exec', '-f', adminRights(), '--faults', faults, '--', ...command().argv], { env })
    expect([code, err]).toEqual([1, expect.stringContaining("hasn't received required bookmark event")])
  })
})

const adminRights = () =>
  file(
    'rights.yaml',
    `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: admin}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin}
subjects: [{kind: ServiceAccount, name: default}]
`,
  )

for (const client of ['informer', 'kubernetes-python-informer']) {
  describeClient(client, (command) => {
    /** Watches end in every way, with and without an error, and answers fail; the informer is to see all objects in the end. */
    const faults = file(
      'watches.yaml',
      `faults:
- {match: {resource: configmaps}, watch: {close: true, afterEvents: 2}, count: 1}
- {match: {resource: configmaps}, watch: {expire: true, afterEvents: 1}, skip: 1, count: 1}
- {match: {resource: configmaps, verb: watch}, status: 410, skip: 2, count: 1}
- {match: {resource: configmaps, verb: list}, status: 429, retryAfterSeconds: 1, count: 1}
- {match: {resource: configmaps, verb: watch}, reset: true, skip: 3, count: 1}
`,
    )
    const making = `make() { curl -sf --cacert $D/ca.crt -H "Authorization: Bearer $(cat $D/token)" -H 'Content-Type: application/json' -o /dev/null \\
  -d '{"metadata": {"name": "soak-'$1'"}}' https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1/namespaces/default/configmaps; }
D=/var/run/secrets/kubernetes.io/serviceaccount
(for i in 1 2 3 4 5 6; do sleep 0.4; make $i; done; sleep 1; make end) &
exec "$@"`

    test('sees every object although its watches are disturbed', { timeout: 120_000 }, async () => {
      const { argv, environment = {} } = command()
      const env = { ...environment, SOAK_LIMIT_SECONDS: '90' }
      const { code, out, err } = await runInpod(
        ['exec', '-f', adminRights(), '--faults', faults, '--', 'bash', '-c', making, 'bash', ...argv],
        { env },
      )
      const seen = new Set([...out.matchAll(/"name":\s*"(soak-\w+)"/g)].map(([, name]) => name))
      expect([code, [...seen].sort()], err).toEqual([0, ['soak-1', 'soak-2', 'soak-3', 'soak-4', 'soak-5', 'soak-6', 'soak-end']])
    })
  })
}

describe('the library', () => {
  const statuses = async (faults: Fault[], paths: string[]) => {
    await using emulator = await startEmulator({ faults })
    const headers = { authorization: `Bearer ${emulator.adminToken}` }
    const codes: number[] = []
    for (const path of paths) codes.push((await emulator.fetch(path, { headers })).status)
    return codes
  }
  const pods = '/api/v1/namespaces/default/pods'

  test('selectors', async () => {
    const paths = [pods, `${pods}/a`, `${pods}/a/log`, '/apis/apps/v1/deployments', '/healthz', '/api/v1/namespaces/kube-system/pods']
    const hit = async (match: Fault['match']) => (await statuses([{ match, status: 418 }], paths)).map((code) => code === 418)
    expect(await hit({ resource: 'pods' })).toEqual([true, true, false, false, false, true])
    expect(await hit({ resource: 'pods/*' })).toEqual([false, false, true, false, false, false])
    expect(await hit({ resource: 'pods', subresource: ['', 'log'], namespace: 'default' })).toEqual([true, true, true, false, false, false])
    expect(await hit({ apiGroup: 'apps' })).toEqual([false, false, false, true, false, false])
    expect(await hit({ apiGroup: '', verb: ['list', 'watch'] })).toEqual([true, false, false, false, false, true])
    expect(await hit({ name: 'a*' })).toEqual([false, true, true, false, false, false])
    expect(await hit({ path: '/health*' })).toEqual([false, false, false, false, true, false])
    expect(await hit({ user: 'system:serviceaccount:*' })).toEqual(paths.map(() => false))
    expect(await hit(undefined)).toEqual(paths.map(() => true))
  })

  test('how often', async () => {
    const nine = Array.from({ length: 9 }, () => pods)
    const hits = async (fault: Fault) =>
      (await statuses([{ ...fault, status: 500 }], nine)).map((code) => (code === 500 ? 'x' : '.')).join('')
    expect(await hits({ skip: 2, count: 3 })).toBe('..xxx....')
    const chosen = await hits({ probability: 0.5, seed: 7 })
    expect(chosen).toMatch(/^(?=.*x)(?=.*\.)/)
    expect(await hits({ probability: 0.5, seed: 7 })).toBe(chosen)
    expect(await hits({ probability: 0.5, seed: 8 })).not.toBe(chosen)
    expect(await hits({ probability: 0 })).toBe('.........')
  })

  test('times follow the clock', async () => {
    await using emulator = await startEmulator()
    emulator.clock.freeze()
    const get = async () => (await emulator.fetch('/version', { headers: { authorization: `Bearer ${emulator.adminToken}` } })).status
    const id = emulator.faults.add({ status: 500, after: '1m', for: '1m' })
    const seen = [await get()]
    for (const step of ['1m', '59s', '1s']) {
      emulator.clock.advance(step)
      seen.push(await get())
    }
    expect(seen).toEqual([200, 500, 500, 200])
    expect(emulator.faults.list()).toMatchObject([{ fault: { id, status: 500 }, happened: 2 }])
    expect([emulator.faults.remove(id), emulator.faults.remove(id), emulator.faults.list()]).toEqual([true, false, []])
    expect(() => emulator.faults.add({ status: 200 })).toThrow('status is 200')
  })

  test('in process, a reset is a failed fetch and silence lasts until it is aborted', async () => {
    await using emulator = await startEmulator({ faults: [{ reset: true, count: 1 }, { halfOpen: true }] })
    const get = (init?: RequestInit) => emulator.fetch('/version', { headers: { authorization: `Bearer ${emulator.adminToken}` }, ...init })
    await expect(get()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
    await expect(get({ signal: AbortSignal.timeout(100) })).rejects.toThrow('timeout')
  })

  test('watches that are open already end too', async () => {
    await using emulator = await startEmulator()
    const headers = { authorization: `Bearer ${emulator.adminToken}` }
    const open = () => emulator.fetch('/api/v1/namespaces/default/configmaps?watch=true', { headers })
    const [first, second] = [await open(), await open()]
    emulator.faults.add({ match: { resource: 'secrets' }, watch: { close: true } })
    emulator.faults.add({ match: { resource: 'configmaps' }, watch: { expire: true }, count: 1 })
    expect(await first.text()).toMatch(/"type":"ADDED"[\s\S]*\{"type":"ERROR","object":.*"reason":"Expired","code":410\}\}\n$/)
    emulator.faults.add({ watch: { close: true } })
    expect(await second.text()).toMatch(/^\{"type":"ADDED"[^\n]*\n$/)
  })

  test('the endpoint is for administrators alone', async () => {
    await using emulator = await startEmulator()
    const ask = (token: string, init?: RequestInit) =>
      emulator.fetch('/inpod/v1/faults', { headers: { authorization: `Bearer ${token}` }, ...init })
    expect((await ask(emulator.pod.files.token)).status).toBe(403)
    expect((await ask(emulator.adminToken, { method: 'PUT' })).status).toBe(405)
    expect(await (await ask(emulator.adminToken, { method: 'POST', body: '{"status": 1}' })).json()).toMatchObject({ code: 400 })
    expect(await (await ask(emulator.adminToken, { method: 'POST', body: '{"status": 503}' })).json()).toEqual({ ids: ['fault-1'] })
    expect(await (await ask(emulator.adminToken)).json()).toMatchObject({ faults: [{ id: 'fault-1', status: 503 }] })
  })
})
