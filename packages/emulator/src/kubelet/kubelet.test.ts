import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { KubeObject } from '../apimachinery/object.ts'
import { tokenKeptFor } from '../pod/rotation.ts'
import { containerCommand } from './command.ts'
import { containerEnvironment } from './container-environment.ts'
import { containerMounts } from './container-mounts.ts'
import { expand, mappingOf } from './expansion.ts'
import { hostNames, hostsFile } from './hosts-file.ts'
import { podStatus } from './pod-status.ts'
import type { Container, KubeletReader, NodeFacts, Pod, PodSpec } from './pod-types.ts'
import { fieldValue, resourceValue } from './references.ts'
import { resolvConf } from './resolv-conf.ts'
import { serviceVariables } from './service-variables.ts'
import { createTokenManager } from './token-manager.ts'
import { unhonoured } from './unhonoured.ts'
import { makeVolumes } from './volumes.ts'

const node: NodeFacts = { hostIP: '127.0.0.1', podIP: '127.0.0.1', allocatable: { cpu: '4', memory: '1Gi' } }
const base64 = (text: string) => Buffer.from(text).toString('base64')
const podWith = (spec: Partial<PodSpec> & { container?: Partial<Container> } = {}): Pod => {
  const { container, ...rest } = spec
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-0', namespace: 'team-a', uid: 'u-1', labels: { b: '2', a: 'x"y' }, annotations: { 'Up.io/K': 'v' } },
    spec: { containers: [{ name: 'app', ...container }], ...rest },
  }
}
const objects: Record<string, KubeObject> = {
  'configmap/settings': { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { level: 'debug', 'a.conf': 'x' } },
  'secret/creds': { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'creds' }, data: { password: base64('s3cret') } },
}
const read: KubeletReader = {
  configMap: (_, name) => objects[`configmap/${name}`],
  secret: (_, name) => objects[`secret/${name}`],
  services: () => [],
  clusterTrustBundles: () => [],
}
const environment = (container: Partial<Container>, services = {}) => {
  const pod = podWith({ container })
  return containerEnvironment({ pod, container: pod.spec.containers[0]!, node, read, services })
}

test.each([
  ['$(VAR_A)', 'A'],
  ['___$(VAR_B)___', '___B___'],
  ['$(VAR_A)-1$(VAR_B)', 'A-1B'],
  ['$(VAR_DNE)', '$(VAR_DNE)'],
  ['$$(VAR_A)', '$(VAR_A)'],
  ['$$$(VAR_A)', '$A'],
  ['$$$$(VAR_A)', '$$(VAR_A)'],
  ['foo$$bar$', 'foo$bar$'],
  ['$(VAR_A', '$(VAR_A'],
  ['$VAR_A', '$VAR_A'],
  ['$()', '$()'],
  ['$(VAR_A))', 'A)'],
  ['f000-$$VAR_A', 'f000-$VAR_A'],
])('%s expands to %s', (text, expected) => {
  expect(expand(text, mappingOf({ VAR_A: 'A', VAR_B: 'B' }))).toBe(expected)
})

describe("a container's variables", () => {
  test('env overrides envFrom, refers to what stands before it and to Services, and keeps the rest', () => {
    const env = [
      { name: 'FIRST', value: '$(P_level)/$(LATER)/$(DB_SERVICE_HOST)' },
      { name: 'LATER', value: 'now' },
      { name: 'P_level', value: 'warn' },
      { name: 'SECOND', value: '$(P_level) $(LATER)' },
    ]
    const container = { env, envFrom: [{ prefix: 'P_', configMapRef: { name: 'settings' } }, { secretRef: { name: 'creds' } }] }
    expect(environment(container, { DB_SERVICE_HOST: '10.0.0.9', LATER: 'service' })).toEqual({
      FIRST: 'debug/service/10.0.0.9',
      LATER: 'now',
      P_level: 'warn',
      'P_a.conf': 'x',
      SECOND: 'warn now',
      password: 's3cret',
      DB_SERVICE_HOST: '10.0.0.9',
    })
  })

  test.each([
    [{ configMapKeyRef: { name: 'no', key: 'k' } }, 'configmap "no" not found'],
    [{ secretKeyRef: { name: 'no', key: 'k' } }, 'secret "no" not found'],
    [{ configMapKeyRef: { name: 'settings', key: 'k' } }, "couldn't find key k in ConfigMap team-a/settings"],
    [{ secretKeyRef: { name: 'creds', key: 'k' } }, "couldn't find key k in Secret team-a/creds"],
  ])('%j that is missing is told as the kubelet tells it', (valueFrom, message) => {
    const failure = expect.objectContaining({ reason: 'CreateContainerConfigError', message })
    expect(() => environment({ env: [{ name: 'X', valueFrom }] })).toThrow(failure)
    const [[kind, reference]] = Object.entries(valueFrom) as [[string, object]]
    expect(environment({ env: [{ name: 'X', valueFrom: { [kind]: { ...reference, optional: true } } }] })).toEqual({})
  })

  test.each([
    ['metadata.name', 'web-0'],
    ['metadata.uid', 'u-1'],
    ['metadata.labels', 'a="x\\"y"\nb="2"'],
    ["metadata.labels['b']", '2'],
    ["metadata.annotations['Up.io/K']", 'v'],
    ["metadata.labels['none']", ''],
    ['status.podIPs', '127.0.0.1'],
  ])('the field %s is %j', (fieldPath, value) => {
    expect(fieldValue({ fieldPath }, podWith(), node)).toBe(value)
  })

  test.each([
    ['limits.cpu', undefined, '4'],
    ['requests.cpu', undefined, '1'],
    ['requests.cpu', '1m', '250'],
    ['limits.memory', '1Mi', '65'],
    ['limits.memory', '0', String(64 * 2 ** 20 + 1)],
    ['requests.memory', undefined, '0'],
    ['limits.ephemeral-storage', undefined, '0'],
  ])('the resource %s in units of %s is %s', (resource, divisor, value) => {
    const resources = { limits: { memory: String(64 * 2 ** 20 + 1) }, requests: { cpu: '250m' } }
    const pod = podWith({ container: { resources } })
    expect(resourceValue({ resource, ...(divisor ? { divisor } : {}) }, pod, pod.spec.containers[0], node)).toBe(value)
  })

  test('Services give the variables of envvars; those without an address none', () => {
    const service = (name: string, spec: object): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'team-a' },
      spec,
    })
    const ports = [
      { name: 'p', port: 81, protocol: 'UDP' },
      { name: 'q-r', port: 82 },
    ]
    expect(serviceVariables([service('a-b', { clusterIP: 'fd00::1', ports }), service('none', { clusterIP: 'None', ports })])).toEqual({
      A_B_SERVICE_HOST: 'fd00::1',
      A_B_SERVICE_PORT: '81',
      A_B_SERVICE_PORT_P: '81',
      A_B_SERVICE_PORT_Q_R: '82',
      A_B_PORT: 'udp://[fd00::1]:81',
      A_B_PORT_81_UDP: 'udp://[fd00::1]:81',
      A_B_PORT_81_UDP_PROTO: 'udp',
      A_B_PORT_81_UDP_PORT: '81',
      A_B_PORT_81_UDP_ADDR: 'fd00::1',
      A_B_PORT_82_TCP: 'tcp://[fd00::1]:82',
      A_B_PORT_82_TCP_PROTO: 'tcp',
      A_B_PORT_82_TCP_PORT: '82',
      A_B_PORT_82_TCP_ADDR: 'fd00::1',
    })
  })
})

describe('volumes', () => {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })
  const make = async (pod: Pod, more: { read?: KubeletReader } = {}) => {
    const folder = mkdtempSync(join(tmpdir(), 'test-kubelet-'))
    folders.push(folder)
    const clock = { now: () => 0 }
    const tokens = createTokenManager({ clock, keptFor: tokenKeptFor, request: async ({ audience = 'api' }) => `token for ${audience}` })
    return makeVolumes(folder, { pod, node, read: more.read ?? read, tokens }, folder)
  }

  test('of every kind of the API, with paths, modes and subfolders', async () => {
    const volumes = await make(
      podWith({
        volumes: [
          {
            name: 'all',
            projected: {
              defaultMode: 0o440,
              sources: [
                { configMap: { name: 'settings', items: [{ key: 'level', path: 'deep/level', mode: 0o600 }] } },
                { secret: { name: 'creds' } },
                { secret: { name: 'none', optional: true } },
                { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
                { serviceAccountToken: { path: 'vault', audience: 'vault' } },
              ],
            },
          },
          { name: 'scratch', emptyDir: {} },
        ],
      }),
    )
    const at = volumes.paths.get('all')!
    expect(readdirSync(at).filter((name) => !name.startsWith('..'))).toEqual(['deep', 'name', 'password', 'vault'])
    expect(readFileSync(join(at, 'deep/level'), 'utf8')).toBe('debug')
    expect(statSync(join(at, 'deep/level')).mode & 0o777).toBe(0o600)
    expect(statSync(join(at, 'password')).mode & 0o777).toBe(0o440)
    expect(readFileSync(join(at, 'vault'), 'utf8')).toBe('token for vault')
    expect(statSync(volumes.paths.get('scratch')!).mode & 0o777).toBe(0o777)
    expect([...volumes.readOnly]).toEqual(['all'])
  })

  test.each([
    [{ configMap: { name: 'no' } }, 'configmap "no" not found'],
    [{ configMap: { name: 'settings', items: [{ key: 'no', path: 'x' }] } }, 'configmap references non-existent config key: no'],
    [{ secret: { secretName: 'creds', items: [{ key: 'no', path: 'x' }] } }, 'references non-existent secret key: no'],
  ])('%j cannot be mounted', async (source, message) => {
    const made = make(podWith({ volumes: [{ name: 'v', ...source }] }))
    await expect(made).rejects.toMatchObject({ reason: 'FailedMount', message: `MountVolume.SetUp failed for volume "v" : ${message}` })
  })

  test('follow the API in one step, and stay what they are while nothing changes', async () => {
    const current: Record<string, KubeObject> = { settings: objects['configmap/settings']! }
    const live = { ...read, configMap: (_: string, name: string) => current[name] }
    const volumes = await make(podWith({ volumes: [{ name: 'v', configMap: { name: 'settings' } }] }), { read: live })
    const at = volumes.paths.get('v')!
    const before = readlinkSync(join(at, '..data'))
    expect(await volumes.refresh()).toEqual([])
    expect(readlinkSync(join(at, '..data'))).toBe(before)
    current['settings'] = { ...current['settings']!, data: { level: 'info' } }
    await volumes.refresh()
    expect(readdirSync(at).filter((name) => !name.startsWith('..'))).toEqual(['level'])
    expect(readFileSync(join(at, 'level'), 'utf8')).toBe('info')
    delete current['settings']
    expect((await volumes.refresh()).map(({ message }) => message)).toEqual([
      'MountVolume.SetUp failed for volume "v" : configmap "settings" not found',
    ])
    expect(readFileSync(join(at, 'level'), 'utf8')).toBe('info')
  })

  test('subPath is what the path was, made if it is missing; subPathExpr takes variables', async () => {
    const volumeMounts = [
      { name: 'v', mountPath: '/one', subPath: 'level' },
      { name: 'd', mountPath: 'logs/', subPathExpr: '$(POD)/x' },
    ]
    const pod = podWith({
      container: { volumeMounts },
      volumes: [
        { name: 'v', configMap: { name: 'settings' } },
        { name: 'd', emptyDir: {} },
      ],
    })
    const volumes = await make(pod)
    const [container] = pod.spec.containers
    const mounts = containerMounts(container!, volumes, { POD: 'p' })
    expect(mounts.map(({ target, readOnly }) => [target, readOnly])).toEqual([
      ['/one', true],
      ['/logs', false],
    ])
    expect(readFileSync(mounts[0]!.source, 'utf8')).toBe('debug')
    expect(mounts[1]!.source).toBe(join(volumes.paths.get('d')!, 'p/x'))
    expect(statSync(mounts[1]!.source).mode & 0o777).toBe(0o777)
    expect(() => containerMounts(container!, volumes, {})).toThrow('missing value for POD')
    const missing = { name: 'app', volumeMounts: [{ name: 'no', mountPath: '/x' }] }
    expect(() => containerMounts(missing, volumes, {})).toThrow('cannot find volume "no" to mount into container "app"')
  })
})

test('tokens are renewed at four fifths of their life, by the clock', async () => {
  let now = 0
  let made = 0
  const tokens = createTokenManager({ clock: { now: () => now }, keptFor: tokenKeptFor, request: async () => `t${++made}` })
  const wish = { expirationSeconds: 600 }
  expect(await tokens.token(wish)).toBe('t1')
  now = 480_000
  expect([await tokens.token(wish), tokens.isDue()]).toEqual(['t1', false])
  now = 480_001
  expect([tokens.isDue(), await tokens.token(wish), await tokens.token({ ...wish, audience: 'x' })]).toEqual([true, 't2', 't3'])
})

test('the command is expanded, replaced, or follows what stands in for the entrypoint', () => {
  const env = { PORT: '80' }
  expect(containerCommand({ name: 'app', command: ['run', '$(PORT)'], args: ['$(X)'] }, [], env)).toEqual(['run', '80', '$(X)'])
  expect(containerCommand({ name: 'app', command: ['run'], args: ['-v'] }, ['./app', '$(PORT)'], env)).toEqual(['./app', '$(PORT)'])
  expect(containerCommand({ name: 'app', args: ['--port=$(PORT)'] }, ['./app'], env)).toEqual(['./app', '--port=80'])
  expect(containerCommand({ name: 'app', args: ['-v'] }, [], env)).toBeUndefined()
})

test('/etc/hosts and /etc/resolv.conf are those of the kubelet', () => {
  const pod = podWith({ subdomain: 'sub', hostAliases: [{ ip: '1.2.3.4', hostnames: ['a', 'b'] }] })
  expect(hostsFile(pod, '10.1.2.3', '')).toBe(
    '# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n' +
      'fe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n10.1.2.3\tweb-0.sub.team-a.svc.cluster.local\tweb-0\n' +
      '\n# Entries added by HostAliases.\n1.2.3.4\ta\tb\n',
  )
  expect(hostsFile(podWith({ hostNetwork: true }), '', 'mine\n')).toBe('# Kubernetes-managed hosts file (host network).\nmine\n')
  expect(hostNames(podWith({ hostname: `${'a'.repeat(62)}-b` })).hostname).toBe('a'.repeat(62))
  const file = 'search corp.example.\nnameserver 9.9.9.9\noptions rotate ndots:2\n'
  expect(resolvConf(podWith({ dnsConfig: { options: [{ name: 'ndots', value: '1' }] } }), file)).toBe(
    'search team-a.svc.cluster.local svc.cluster.local cluster.local corp.example\nnameserver 9.9.9.9\noptions ndots:1\n',
  )
  expect(resolvConf(podWith({ dnsPolicy: 'Default' }), file)).toBe('search corp.example\nnameserver 9.9.9.9\noptions rotate ndots:2\n')
  expect(resolvConf(podWith({ dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'] } }), file)).toBe('nameserver 1.1.1.1\n')
})

test("the Pod's status says what its container does", () => {
  const input = { pod: podWith(), container: 'app', node, now: 5_000, startTime: 1_000 }
  const running = podStatus({ ...input, state: { kind: 'running', startedAt: 2_000 } })
  expect(running).toMatchObject({ phase: 'Running', podIP: '127.0.0.1', startTime: '1970-01-01T00:00:01Z' })
  expect(running['containerStatuses']).toMatchObject([
    { ready: true, started: true, state: { running: { startedAt: '1970-01-01T00:00:02Z' } } },
  ])
  const pod = { ...podWith(), status: running }
  const ended = { kind: 'terminated', startedAt: 2_000, finishedAt: 4_000, exitCode: 3, message: 'oh' } as const
  const failed = podStatus({ ...input, pod, state: ended })
  expect(failed).toMatchObject({
    phase: 'Failed',
    containerStatuses: [{ ready: false, state: { terminated: { exitCode: 3, reason: 'Error', message: 'oh' } } }],
  })
  expect(podStatus({ ...input, state: { ...ended, exitCode: 0 } })).toMatchObject({ phase: 'Succeeded' })
  expect(podStatus({ ...input, state: { kind: 'waiting', reason: 'ContainerCreating' } })).toMatchObject({ phase: 'Pending' })
})

test('what changes nothing here is named once', () => {
  const pod = podWith({
    container: { livenessProbe: {}, resources: { limits: { cpu: '1' } } },
    nodeSelector: { a: 'b' },
    volumes: [{ name: 'n', nfs: { server: 's' } }],
  })
  expect(unhonoured(pod, pod.spec.containers[0]!, { probes: false, hooks: false })).toEqual([
    'image',
    'nodeSelector',
    'resources',
    'volume n (nfs: an empty folder)',
  ])
})
