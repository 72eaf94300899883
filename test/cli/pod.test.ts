import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  asOrdinaryUser,
  eventually,
  hasFreeRealPath,
  hasMountNamespaces,
  hasUserNamespaces,
  isRunning,
  type RunOptions,
  runInpod,
  scratchFolder,
  startInpod,
  withOwnRun,
} from './inpod.ts'

const scratch = scratchFolder()
const home = join(scratch.path, 'home')
/** Of our own, to see what is left in it. */
const temporary = join(scratch.path, 'tmp')
const own = { HOME: home, TMPDIR: temporary }
const file = (name: string) => join(scratch.path, name)
const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount'

const rest = `
---
apiVersion: v1
kind: Namespace
metadata: {name: team-a}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: team-a}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web, namespace: team-a}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin}
subjects: [{kind: ServiceAccount, name: web, namespace: team-a}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: team-a}
data: {level: debug, app.conf: "x = 1\\n", run.sh: "#!/bin/sh\\necho script $1\\n"}
---
apiVersion: v1
kind: Secret
metadata: {name: creds, namespace: team-a}
stringData: {password: s3cret}
---
apiVersion: v1
kind: Service
metadata: {name: my-db, namespace: team-a}
spec: {clusterIP: 10.96.9.9, ports: [{port: 5432}]}
`
const template = (more = '', spec = '') => `
      serviceAccountName: web
      terminationGracePeriodSeconds: 1
${spec}
      containers:
      - name: app
        image: registry.example/web:1
        volumeMounts:
        - {name: config, mountPath: /etc/web}
        - {name: config, mountPath: /only.conf, subPath: app.conf}
        - {name: data, mountPath: /data}
        - {name: info, mountPath: /data/info}
        - {name: data, mountPath: /tmp/data, readOnly: true}
        env:
        - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: GREETING, value: "$(PASSWORD) $$(X) $(MY_DB_SERVICE_HOST)"}
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: creds, key: password}}}
        envFrom: [{prefix: SET_, configMapRef: {name: settings}}]
${more}
      volumes:
      - {name: config, configMap: {name: settings, defaultMode: 0555}}
      - {name: data, emptyDir: {}}
      - {name: info, downwardAPI: {items: [{path: deep/labels, fieldRef: {fieldPath: metadata.labels}}]}}`
const workload = (kind: string, name: string, spec = '', more = '', podSpec = '') => `
---
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}, namespace: team-a}
spec:
  selector: {matchLabels: {app: web}}
${spec}
  template:
    metadata: {labels: {app: web}}
    spec:${template(more, podSpec)}
`

beforeAll(() => {
  mkdirSync(home, { recursive: true })
  mkdirSync(temporary)
  chmodSync(temporary, 0o777)
  const pod = (name: string, spec: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: ${spec}\n`
  writeFileSync(file('rest.yaml'), rest)
  writeFileSync(
    file('deploy.yaml'),
    workload('Deployment', 'web', '', '        command: [/etc/web/run.sh]\n        args: ["$(SET_level)"]') + rest,
  )
  writeFileSync(file('set.yaml'), workload('StatefulSet', 'db', '  serviceName: dbs', '        args: [from, args]') + rest)
  writeFileSync(file('both.yaml'), workload('Deployment', 'web') + workload('DaemonSet', 'agent') + rest)
  writeFileSync(file('missing.yaml'), pod('lost', '{containers: [{name: app, image: x, envFrom: [{secretRef: {name: nothing}}]}]}'))
  writeFileSync(
    file('unmounted.yaml'),
    pod('lost', '{containers: [{name: a, image: x}], volumes: [{name: v, configMap: {name: nothing}}]}'),
  )
  writeFileSync(
    file('two.yaml'),
    pod('two', '{automountServiceAccountToken: false, containers: [{name: a, image: x}, {name: b, image: z}]}'),
  )
  writeFileSync(
    file('job.yaml'),
    'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec: {schedule: "0 0 * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: x}]}}}}}\n',
  )
})
afterAll(() => scratch.remove())

/** The statuses of the Pods of a watch, until it ends. */
async function watchedStates(url: string, token: string): Promise<object[]> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  get(url, { headers: { authorization: `Bearer ${token}` }, rejectUnauthorized: false }, (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    response.on('close', () => resolve(text))
  }).on('error', reject)
  const lines = (await promise).split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line).object.status)
}

const ways = [
  { way: 'root with mount namespaces', possible: hasMountNamespaces, through: [] as string[] },
  { way: 'an ordinary user with user namespaces', possible: hasUserNamespaces, through: asOrdinaryUser },
]

describe.each(ways)('inpod exec --pod as $way', ({ possible, through }) => {
  const options = (more: RunOptions = {}): RunOptions => ({ cwd: scratch.path, through, ...more, env: { ...own, ...more.env } })
  const exec = (args: string[], more: RunOptions = {}) => runInpod(['exec', ...args], options(more))
  const it = possible ? test : test.skip

  it("runs the container's command, with its variables, from one of its volumes", async () => {
    const { code, out, err } = await exec(['--pod', 'deploy.yaml'])
    expect({ code, out, err }).toEqual({ code: 0, out: 'script debug\n', err: 'inpod: warning: not honoured here: image\n' })
  })

  it('volumes, variables, host name and files of /etc are there', async () => {
    const script = `
      cat /etc/web/app.conf /only.conf; echo "$GREETING"; cat /data/info/deep/labels; echo; [ "$(hostname)" = "$POD_NAME" ] && echo named
      ls ${serviceAccount}; grep -c "$POD_NAME" /etc/hosts; grep ^search /etc/resolv.conf; echo x >/data/x && cat /tmp/data/x
      for file in /etc/web/x /tmp/data/y ${serviceAccount}/x; do { echo x >$file; } 2>/dev/null || echo refused; done; pwd; id -u`
    const { code, out } = await exec(['--pod', 'deploy.yaml', '--', 'sh', '-c', script])
    const lines = out.split('\n')
    expect(code).toBe(0)
    expect(lines.slice(0, 3)).toEqual(['x = 1', 'x = 1', '$(PASSWORD) $(X) 10.96.9.9'])
    expect(lines[3]).toBe('app="web"')
    expect(lines[4]).toMatch(/^pod-template-hash="[a-z0-9]+"$/)
    expect(lines.slice(5, 10)).toEqual(['named', 'ca.crt', 'namespace', 'token', '1'])
    expect(lines[10]).toMatch(/^search team-a\.svc\.cluster\.local svc\.cluster\.local cluster\.local/)
    expect(lines.slice(11, 15)).toEqual(['x', 'refused', 'refused', 'refused'])
    expect(lines[15]).toBe(scratch.path)
    expect(lines[16]).toBe(through.length > 0 ? '65534' : String(process.getuid!()))
  })

  it('a client sees the Pod run, as a workload makes it, and its token is bound to it', async () => {
    const client = `
      const { readFileSync } = require('node:fs')
      const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, HOSTNAME: name } = process.env
      const token = readFileSync('${serviceAccount}/token', 'utf8')
      const options = { host, port, path: '/api/v1/namespaces/team-a/pods/' + name, headers: { authorization: 'Bearer ' + token }, ca: readFileSync('${serviceAccount}/ca.crt') }
      require('node:https').get(options, async (response) => {
        const pod = JSON.parse((await response.toArray()).join(''))
        const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))['kubernetes.io']
        console.log(JSON.stringify({ code: response.statusCode, owner: pod.metadata.ownerReferences?.[0].kind, phase: pod.status.phase,
          ready: pod.status.conditions.find(({ type }) => type === 'Ready').status, bound: claims.pod.uid === pod.metadata.uid, node: claims.node.name === pod.spec.nodeName, name }))
      })`
    const { out } = await exec(['--pod', 'deploy.yaml', '--', process.execPath, '-e', client])
    const seen = JSON.parse(out)
    expect(seen).toMatchObject({ code: 200, owner: 'ReplicaSet', phase: 'Running', ready: 'True', bound: true, node: true })
    expect(seen.name).toMatch(/^web-[a-z0-9]+-[a-z0-9]{5}$/)
  })

  it('volumes follow their ConfigMaps while the program runs, but for subPath', async () => {
    const script = `
      const { readFileSync } = require('node:fs')
      const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env
      const headers = { authorization: 'Bearer ' + readFileSync('${serviceAccount}/token', 'utf8'), 'content-type': 'application/merge-patch+json' }
      const options = { host, port, method: 'PATCH', path: '/api/v1/namespaces/team-a/configmaps/settings', headers, ca: readFileSync('${serviceAccount}/ca.crt') }
      require('node:https').request(options, (response) => response.resume()).end('{"data": {"app.conf": "y = 2"}}')
      const wait = () => {
        const now = readFileSync('/etc/web/app.conf', 'utf8')
        if (now === 'y = 2') console.log(now, readFileSync('/only.conf', 'utf8').trim())
        else setTimeout(wait, 20)
      }
      wait()`
    expect(await exec(['--pod', 'deploy.yaml', '--', process.execPath, '-e', script])).toMatchObject({ code: 0, out: 'y = 2 x = 1\n' })
  })

  it('a token is renewed in its file at four fifths of its life', async () => {
    const script = `first=$(cat ${serviceAccount}/token); while [ "$first" = "$(cat ${serviceAccount}/token)" ]; do sleep 0.05; done; echo renewed`
    const { out, err } = await exec(['--pod', 'deploy.yaml', '--token-expiration', '1s', '--', 'sh', '-c', script])
    expect(out).toBe('renewed\n')
    expect(err).toMatch(/a real API server gives no token for less than 10 minutes/)
  })

  it('SIGKILL follows once the grace period is over', async () => {
    const running = startInpod(
      ['exec', '--pod', 'deploy.yaml', '--', 'sh', '-c', "trap 'echo stays' TERM; echo up; while :; do sleep 0.02; done"],
      options(),
    )
    await running.said(/up/)
    const before = Date.now()
    running.child.kill('SIGTERM')
    const { code, out } = await running.finished
    expect({ code, out }).toEqual({ code: 137, out: 'up\nstays\n' })
    expect(Date.now() - before).toBeGreaterThan(900)
  })

  it('without --pod, HOSTNAME names a Pod that exists, and the token is bound to it', async () => {
    const script = `cut -d. -f2 ${serviceAccount}/token | tr _- /+; kubectl get --raw /api/v1/namespaces/team-a/pods/$HOSTNAME`
    const { out } = await exec(['-f', 'rest.yaml', '-n', 'team-a', '--service-account', 'web', '--', 'sh', '-c', script])
    const [claims, pod] = out.split('\n', 2)
    const { metadata, spec, status } = JSON.parse(pod!)
    expect(JSON.parse(Buffer.from(claims!, 'base64').toString())['kubernetes.io'].pod).toEqual({ name: metadata.name, uid: metadata.uid })
    expect({ account: spec.serviceAccountName, phase: status.phase }).toEqual({ account: 'web', phase: 'Running' })
  })

  it('who watches sees how it ended: exit code, reason and termination message', async () => {
    const script =
      'const { writeFileSync } = require("node:fs"); writeFileSync("/dev/termination-log", "no luck"); setTimeout(() => process.exit(3), 300)'
    const watcher = `
      const { readFileSync } = require('node:fs')
      const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env
      console.log(JSON.stringify({ host, port, token: readFileSync('${serviceAccount}/token', 'utf8') }))
      ${script}`
    const running = startInpod(['exec', '--pod', 'deploy.yaml', '--', process.execPath, '-e', watcher], options())
    const { host, port, token } = JSON.parse(await running.said(/\{.*\}/))
    const seen = await watchedStates(`https://${host}:${port}/api/v1/namespaces/team-a/pods?watch=true`, token)
    expect((await running.finished).code).toBe(3)
    expect(seen.at(-1)).toMatchObject({
      phase: 'Failed',
      containerStatuses: [{ ready: false, state: { terminated: { exitCode: 3, reason: 'Error', message: 'no luck' } } }],
    })
  })

  it('leaves nothing behind', async () => {
    await exec(['--pod', 'deploy.yaml', '--', 'true'])
    expect(readdirSync(temporary).filter((name) => name.startsWith('inpod'))).toEqual([])
    const mark = `sleep 4${Math.random()}`
    const running = startInpod(['exec', '--pod', 'deploy.yaml', '--', 'sh', '-c', `echo up; ${mark}`], options())
    await running.said(/up/)
    running.child.kill('SIGKILL')
    await eventually(() => !isRunning(mark) && !readdirSync(temporary).some((name) => name.startsWith('inpod')), 'no process, no folder')
    await running.finished
    expect(readdirSync('/')).not.toContain('data')
  })

  it('a StatefulSet gives a stable name; args follow what stands in for the entrypoint', async () => {
    const { out } = await exec(['--pod', 'sts/db', '-f', 'set.yaml', '--', 'echo'])
    expect(out).toBe('from args\n')
    expect((await exec(['--pod', 'sts/db', '-f', 'set.yaml', '--', 'sh', '-c', 'hostname; tail -n 1 /etc/hosts'])).out).toBe(
      'db-0\n127.0.0.1\tdb-0.dbs.team-a.svc.cluster.local\tdb-0\n',
    )
  })

  it('a CronJob gives a Job and its Pod; without automount there are no files', async () => {
    expect((await exec(['--pod', 'job.yaml', '--', 'hostname'])).out).toMatch(/^nightly-\d{8}-[a-z0-9]{5}\n$/)
    expect(await exec(['--pod', 'two.yaml', '--container', 'b', '--', 'sh', '-c', `ls -d ${serviceAccount}`])).toMatchObject({
      code: 2,
      out: '',
    })
  })
})

const can = hasMountNamespaces || hasUserNamespaces ? test : test.skip
const run = (args: string[], through: string[] = []) => runInpod(['exec', ...args], { cwd: scratch.path, env: own, through })

can.each([
  [['--pod', 'missing.yaml', '--', 'true'], 1, /lost.*container "app": CreateContainerConfigError: secret "nothing" not found/],
  [['--pod', 'unmounted.yaml', '--', 'true'], 1, /MountVolume\.SetUp failed for volume "v" : configmap "nothing" not found/],
  [['--pod', 'two.yaml', '--', 'true'], 2, /several containers\n {2}It has a, b: choose one with --container/],
  [['--pod', 'two.yaml', '--container', 'c', '--', 'true'], 2, /no container "c"/],
  [['--pod', 'two.yaml', '--container', 'a'], 2, /container "a" names no command/],
  [
    ['--pod', 'both.yaml', '--', 'true'],
    2,
    /several workloads: deployment\/web, daemonset\/agent\n {2}Name one of them: --pod deployment\/web -f both\.yaml/,
  ],
  [['--pod', 'rest.yaml', '--', 'true'], 2, /no Pod and nothing that has a Pod template/],
  [
    ['--pod', 'deploy/nope', '-f', 'both.yaml', '--', 'true'],
    2,
    /no Deployment "nope".*\n {2}The manifests have deployment\/web, daemonset\/agent/,
  ],
  [['--pod', 'deploymnt/web', '--', 'true'], 2, /no kind "deploymnt"\n {2}Did you mean deployment/],
  [['--pod', 'nowhere.yaml', '--', 'true'], 2, /nowhere\.yaml: no such file/],
  [['--pod', 'deploy.yaml', '-n', 'team-b', '--', 'true'], 2, /"team-a", is not that of --namespace, "team-b"/],
  [['--pod', 'deploy.yaml', '--service-account', 'x', '--', 'true'], 2, /--service-account with --pod/],
  [['--container', 'x', '--', 'true'], 2, /--container without --pod/],
] as const)('inpod exec %j ends with %i', async (args, code, message) => {
  const { err, ...end } = await run([...args])
  expect(end).toMatchObject({ code, out: '' })
  expect(err).toMatch(message)
})

const withRealPath = hasFreeRealPath ? test : test.skip
withRealPath('without mounts, volumes are links at their paths, removed afterwards (--sandbox real-path; needs root)', async () => {
  const command = ['sh', '-c', `cat /etc/web/level /only.conf; ls ${serviceAccount} /data`]
  const { code, out } = await run(['--sandbox', 'real-path', '--pod', 'deploy.yaml', '--', ...command], withOwnRun)
  expect({ code, out: out.split('\n').slice(0, 2) }).toEqual({ code: 0, out: ['debugx = 1', '/data:'] })
  expect(readdirSync('/').filter((name) => name === 'data' || name === 'only.conf')).toEqual([])
})

test('without mounts, volumes are below a folder (--sandbox pod-root)', async () => {
  const { code, out } = await run([
    '--sandbox',
    'pod-root',
    '--pod',
    'deploy.yaml',
    '--',
    'sh',
    '-c',
    'cat $TELEPRESENCE_ROOT/etc/web/level $TELEPRESENCE_ROOT/data/info/deep/labels',
  ])
  expect({ code, out: out.split('\n')[0] }).toEqual({ code: 0, out: 'debugapp="web"' })
})
