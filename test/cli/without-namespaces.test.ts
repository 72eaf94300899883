// Surroundings that lack something, made by taking it away: each way into the Pod's environment, or the message that says what is missing.
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asOrdinaryUser, eventually, hasTool, hasUserNamespaces, runInpod, scratchFolder, startInpod } from './inpod.ts'

const scratch = scratchFolder()
const home = join(scratch.path, 'home')
const temporary = join(scratch.path, 'tmp')
const env = { HOME: home, TMPDIR: temporary }
const folder = '/var/run/secrets/kubernetes.io/serviceaccount'

beforeAll(() => {
  for (const path of [home, temporary]) {
    mkdirSync(path)
    chmodSync(path, 0o777)
  }
  writeFileSync(join(scratch.path, 'nothing'), '')
  const fakeIp = join(scratch.path, 'ip')
  writeFileSync(fakeIp, '#!/bin/sh\necho "Error: Unknown device type." >&2\nexit 1\n')
  chmodSync(fakeIp, 0o755)
})
afterAll(() => scratch.remove())

/** Runs a command after a shell script, in namespaces of its own where the script may mount. */
const after = (identity: string[], script: string, drop: string[], through = '') => [
  'unshare',
  '--user',
  ...identity,
  '--mount',
  'sh',
  '-ec',
  `${script}\nexec ${through} setpriv ${drop.join(' ')} -- "$@"`,
  'sh',
]
const noUserNamespaces = 'echo 0 >/proc/sys/user/max_user_namespaces'
/** An ordinary user, whatever is done to the machine before. */
const user = (script: string, through?: string) => [
  ...asOrdinaryUser,
  ...after(['--map-current-user', '--keep-caps'], script, ['--inh-caps=-all', '--ambient-caps=-all'], through),
]
/** Root as in a container: it may not mount, nor make user namespaces; /run is its own. */
const containerRoot = (script = ':') =>
  after(['--map-root-user'], `${noUserNamespaces}\nmount -t tmpfs none /run\n${script}`, ['--bounding-set=-sys_admin'])
const hide = (tool: string) => `if tool=$(command -v ${tool}); then mount --bind ${scratch.path}/nothing "$tool"; fi`

const it = hasUserNamespaces ? test.concurrent : test.skip

describe('an ordinary user (needs user namespaces)', () => {
  const lacking: Array<{ what: string; script: string; enter?: string; needs?: string; args?: string[]; says: string[] }> = [
    {
      what: 'without user namespaces',
      script: noUserNamespaces,
      says: [
        "cannot give the program a Pod's files",
        'tried a user namespace',
        'No space left on device',
        'user.max_user_namespaces',
        '--sandbox pod-root',
      ],
    },
    {
      what: 'without user namespaces, for a network',
      script: noUserNamespaces,
      args: ['--network', 'isolated'],
      says: ['cannot give the program a network of its own', 'No space left on device', 'user.max_user_namespaces', '--network host'],
    },
    {
      what: 'in a container that forbids user namespaces',
      // As in a folder that is taken for the root.
      script: 'mount --rbind / "$HOME"',
      enter: 'chroot "$HOME"',
      says: ['Operation not permitted', 'seccomp=unconfined'],
    },
    { what: 'without unshare', script: hide('unshare'), says: ['unshare not found', 'apt install util-linux', 'apk add util-linux'] },
    {
      what: 'without ip, for a network',
      script: hide('ip'),
      args: ['--network', 'isolated'],
      says: ['ip not found', 'apt install iproute2', 'apk add iproute2', '--network host'],
    },
    {
      what: 'with a kernel that has no virtual interfaces, for a network',
      script: `mount --bind ${scratch.path}/ip "$(command -v ip)"`,
      needs: 'ip',
      args: ['--network', 'isolated'],
      says: ['Unknown device type', 'modprobe veth', '--network host'],
    },
  ]

  for (const { what, script, enter, needs = 'sh', args = [], says } of lacking)
    (hasTool(needs) ? it : test.skip)(`${what}: an error that says so`, async ({ expect }) => {
      const { code, out, err } = await runInpod(['exec', ...args, '--', 'true'], { env, through: user(script, enter) })
      expect({ code, out, err }).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^inpod: cannot give the program/) })
      for (const text of says) expect(err).toContain(text)
      expect(err).not.toMatch(/\n\s+at /)
    })

  it('without user namespaces: --sandbox pod-root serves who reads variables, and names them', async ({ expect }) => {
    const script =
      'test ! -e /run/secrets && cat "$TELEPRESENCE_ROOT/var/run/secrets/kubernetes.io/serviceaccount/namespace" && test -s "$KUBECONFIG"'
    const { code, out, err } = await runInpod(['exec', '--sandbox', 'pod-root', '--', 'sh', '-c', script], {
      env,
      through: user(noUserNamespaces),
    })
    expect({ code, out }).toEqual({ code: 0, out: 'default' })
    for (const client of ['kubectl', 'helm', 'fabric8', 'k8s-ruby']) expect(err).toContain(client)
    expect(err).toContain('insist on the fixed path do not')
  })
})

describe('root in a container that may neither mount nor make namespaces (needs user namespaces)', () => {
  const client = `
    const { readFileSync } = require('node:fs')
    const read = (name) => readFileSync('${folder}/' + name, 'utf8')
    const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env
    require('node:https').get({ host, port, path: '/api/v1/namespaces/default/pods', headers: { authorization: 'Bearer ' + read('token') }, ca: read('ca.crt') },
      (response) => console.log(read('namespace'), response.resume().statusCode))`

  it('the files are at their real path, and gone afterwards', async ({ expect }) => {
    const through = [...containerRoot(), 'sh', '-c', '"$@"; echo code $?; ls -A /run', 'sh']
    const { out, err } = await runInpod(['exec', '--verbose', '--', process.execPath, '-e', client], { env, through })
    expect(out).toBe('default 403\ncode 0\n')
    expect(err).toContain('sandbox: real-path')
    expect(err).toContain('unshare --mount')
    expect(err).toContain('unshare --user')
  })

  it('they are gone too when inpod is killed', async ({ expect }) => {
    const mark = `sleep 4${Math.random()}`
    const through = [
      ...containerRoot(),
      'sh',
      '-c',
      `"$@"; until [ -z "$(ls -A /run)" ] && ! ls -d /proc/[0-9]*/exe | xargs -n1 readlink | grep -q nothing; do sleep 0.05; done; echo nothing left`,
      'sh',
    ]
    const running = startInpod(['exec', '--', 'sh', '-c', `echo up $PPID; ${mark} & ${mark}`], { env, through })
    const [, pid] = /up (\d+)/.exec(await running.said(/up \d+\n/))!
    process.kill(Number(pid), 'SIGKILL')
    await running.said(/nothing left/)
    expect(await running.finished).toMatchObject({ code: 0 })
  })

  it('--pod: volumes are links where their paths are free', async ({ expect }) => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'linked' },
      spec: {
        containers: [{ name: 'app', image: 'x', volumeMounts: [{ name: 'ca', mountPath: '/run/app/ca' }] }],
        volumes: [{ name: 'ca', configMap: { name: 'kube-root-ca.crt' } }],
      },
    }
    const manifest = join(scratch.path, 'pod.json')
    writeFileSync(manifest, JSON.stringify(pod))
    const through = [...containerRoot(), 'sh', '-c', '"$@"; echo code $?; ls -A /run', 'sh']
    const { out } = await runInpod(
      ['exec', '--pod', manifest, '--', 'sh', '-c', `ls /run/app/ca ${folder}; cat ${folder}/namespace; echo`],
      { env, through },
    )
    expect(out).toBe(`/run/app/ca:\nca.crt\n\n${folder}:\nca.crt\nnamespace\ntoken\ndefault\ncode 0\n`)
  })

  it('in a Pod, where the path is taken: an error that says so', async ({ expect }) => {
    const through = containerRoot(`mkdir -p ${folder}`)
    const { code, err } = await runInpod(['exec', '--', 'true'], { env, through })
    expect(code).toBe(1)
    for (const text of [
      'tried a mount namespace',
      'tried a user namespace',
      `tried making ${folder} itself`,
      'it exists already',
      '--sandbox pod-root',
    ])
      expect(err).toContain(text)
  })

  it('where nothing can be written: an error that says so', async ({ expect }) => {
    const { code, err } = await runInpod(['exec', '--', 'true'], { env, through: containerRoot('mount -o remount,ro /run') })
    expect(code).toBe(1)
    expect(err).toMatch(/tried making .* itself\n.*(EROFS|read-only)/)
  })

  it('--network isolated: an error that says so', async ({ expect }) => {
    const { code, err } = await runInpod(['exec', '--network', 'isolated', '--', 'true'], { env, through: containerRoot() })
    expect(code).toBe(1)
    expect(err).toContain('cannot give the program a network of its own')
    expect(err).not.toContain('real path')
  })
})

describe('macOS (as Node would say it)', () => {
  const asMac = { ...env, NODE_OPTIONS: `--import=data:text/javascript,Object.defineProperty(process,'platform',{value:'darwin'})` }

  test('a folder and variables, and a warning that names the clients', async () => {
    const { code, out, err } = await runInpod(
      ['exec', '--', 'sh', '-c', 'ls "$TELEPRESENCE_ROOT/var/run/secrets/kubernetes.io/serviceaccount"'],
      { env: asMac },
    )
    expect({ code, out }).toEqual({ code: 0, out: 'ca.crt\nnamespace\ntoken\n' })
    expect(err).toContain('not at their real path on darwin')
    expect(err).toContain('kubectl, helm')
  })

  test('no network of its own: an error that says so', async () => {
    const { code, err } = await runInpod(['exec', '--network', 'isolated', '--', 'true'], { env: asMac })
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('Only Linux has namespaces') })
  })

  test('no namespaces: an error that says so', async () => {
    const { code, err } = await runInpod(['exec', '--sandbox', 'namespaces', '--', 'true'], { env: asMac })
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('Only Linux has namespaces') })
  })
})

test('nothing of all this is left', async () => {
  await eventually(() => readdirSync(temporary).length === 0, 'no folder')
})
