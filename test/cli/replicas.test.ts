import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  asOrdinaryUser,
  eventually,
  hasMountNamespaces,
  hasUserNamespaces,
  isRunning,
  type RunOptions,
  runInpod,
  scratchFolder,
  startInpod,
} from './inpod.ts'

const scratch = scratchFolder()
const temporary = join(scratch.path, 'tmp')
const file = (name: string) => join(scratch.path, name)

const template = `
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: app
        image: registry.example/web:1
        env: [{name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
        volumeMounts: [{name: own, mountPath: /own}, {name: shared, mountPath: /shared}]
      volumes: [{name: own, emptyDir: {}}, {name: shared, persistentVolumeClaim: {claimName: shared}}]`
const rest = `
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: shared}
spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: view}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: default, namespace: default}]
`
const workload = (kind: string, more = '') =>
  `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n${more}${template}${rest}`

beforeAll(() => {
  mkdirSync(temporary)
  chmodSync(temporary, 0o777)
  writeFileSync(file('set.yaml'), workload('StatefulSet', '  serviceName: webs\n'))
  writeFileSync(file('deploy.yaml'), workload('Deployment'))
  writeFileSync(file('daemons.yaml'), workload('DaemonSet'))
  writeFileSync(file('pod.yaml'), 'apiVersion: v1\nkind: Pod\nmetadata: {name: one}\nspec: {containers: [{name: a, image: x}]}\n')
  writeFileSync(
    file('job.yaml'),
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: parts}\nspec: {completionMode: Indexed, completions: 2, template: {spec: {restartPolicy: Never, containers: [{name: a, image: x}]}}}\n',
  )
})
afterAll(() => scratch.remove())

const ways = [
  { way: 'root with mount namespaces', possible: hasMountNamespaces, through: [] as string[] },
  { way: 'an ordinary user with user namespaces', possible: hasUserNamespaces, through: asOrdinaryUser },
]

describe.each(ways)('inpod exec --replicas as $way', ({ possible, through }) => {
  const options: RunOptions = { cwd: scratch.path, through, env: { TMPDIR: temporary, HOME: scratch.path } }
  const exec = (...args: string[]) => runInpod(['exec', ...args], options)
  const lines = (text: string) => text.trim().split('\n').sort()

  test.runIf(possible)('each has a name, an address, a host name, folders and a token of its own; claims are shared', async () => {
    const script = `
      touch /own/$HOSTNAME /shared/$HOSTNAME
      until [ $(ls /shared | wc -l) = 3 ]; do sleep 0.05; done
      echo $(hostname) $(ls /own) $(ls /shared) $(tail -n 1 /etc/hosts)
      echo "ip $POD_IP"
      cut -d. -f2 /var/run/secrets/kubernetes.io/serviceaccount/token >/dev/stderr`
    const { code, out, err } = await exec('--pod', 'set.yaml', '--replicas', '3', '--', 'sh', '-c', script)
    const ips = lines(out).flatMap((line) => /^\[web-\d\] ip (127\.\d+\.\d+\.\d+)$/.exec(line)?.[1] ?? [])
    expect(new Set(ips).size).toBe(3)
    const seen = [0, 1, 2].map(
      (n) => `[web-${n}] web-${n} web-${n} web-0 web-1 web-2 ${ips[n]} web-${n}.webs.default.svc.cluster.local web-${n}`,
    )
    expect(lines(out).filter((line) => !line.includes(' ip '))).toEqual(seen)
    const owners = lines(err).flatMap((line) => {
      const [, name, payload = ''] = /^\[(web-\d)\] (.+)$/.exec(line) ?? []
      return name === undefined ? [] : [[name, JSON.parse(Buffer.from(payload, 'base64url').toString())['kubernetes.io'].pod.name]]
    })
    expect(owners).toEqual([0, 1, 2].map((n) => [`web-${n}`, `web-${n}`]))
    expect(err.match(/not honoured here: image/g)).toHaveLength(1)
    expect(code).toBe(0)
  })

  test.runIf(possible)('they reach each other at their addresses, on the same port', async () => {
    const program = `
      const { createServer } = require('node:http')
      const { writeFileSync, readdirSync } = require('node:fs')
      const { POD_IP, HOSTNAME } = process.env
      const server = createServer((request, response) => response.end(HOSTNAME)).listen(18080, POD_IP, () => writeFileSync('/shared/' + POD_IP, ''))
      const look = () => {
        const all = readdirSync('/shared')
        if (all.length < 3) return setTimeout(look, 50)
        Promise.all(all.map((host) => fetch('http://' + host + ':18080').then((answer) => answer.text())))
          .then((names) => { console.log(names.sort().join()); writeFileSync('/shared/done-' + HOSTNAME, ''); wait() })
      }
      const wait = () => readdirSync('/shared').length < 6 ? setTimeout(wait, 50) : process.exit()
      look()`
    const { code, out } = await exec('--pod', 'set.yaml', '--replicas', '3', '--', process.execPath, '-e', program)
    expect(lines(out)).toEqual([0, 1, 2].map((n) => `[web-${n}] web-0,web-1,web-2`))
    expect(code).toBe(0)
  })

  test.runIf(possible)('output is passed on line by line, whatever the pieces', async () => {
    const script = 'printf "a"; sleep 0.05; printf "b\\nc\\n\\nd"; head -c 100000 /dev/zero | tr "\\0" x; printf "\\ne\\377"'
    const { out } = await exec('--replicas', '2', '--', 'sh', '-c', script)
    const [, name] = /^\[(inpod-[a-z0-9]+-[a-z0-9]{5})\] /.exec(out) ?? []
    const own = out.split('\n').filter((line) => line.startsWith(`[${name}] `))
    const texts = own.map((line) => line.slice(`[${name}] `.length))
    expect(texts).toEqual(['ab', 'c', '', `d${'x'.repeat(100_000)}`, 'e\ufffd'])
    expect(out.trim().split('\n')).toHaveLength(10)
  })

  test.runIf(possible)('when one ends the others go on; the exit code is the first that is not 0', async () => {
    const script = `case $HOSTNAME in web-0) exit 0;; web-1) exit 7;; *) sleep 0.5; echo late; exit 9;; esac`
    expect(await exec('--pod', 'set.yaml', '--replicas', '3', '--', 'sh', '-c', script)).toMatchObject({ code: 7, out: '[web-2] late\n' })
  })

  test.runIf(possible)('signals reach all, and those that do not end are killed after the grace period', async () => {
    const script = `trap 'echo told' TERM; [ $HOSTNAME = web-0 ] || trap 'echo told; exit 0' TERM; echo up; while :; do sleep 0.05; done`
    const running = startInpod(['exec', '--pod', 'set.yaml', '--replicas', '3', '--', 'sh', '-c', script], options)
    await Promise.all([0, 1, 2].map((n) => running.said(new RegExp(`\\[web-${n}\\] up`))))
    running.child.kill('SIGTERM')
    const { code, out } = await running.finished
    expect(lines(out).filter((line) => line.endsWith('told'))).toEqual([0, 1, 2].map((n) => `[web-${n}] told`))
    expect(code).toBe(137)
  })

  test.runIf(possible)('a signal while they are being started ends all, those too that run already', async () => {
    for (const delay of [150, 300, 450, 600]) {
      const running = startInpod(['exec', '--replicas', '3', '--', 'sleep', '600'], options)
      await new Promise((resolve) => setTimeout(resolve, delay))
      running.child.kill('SIGHUP')
      const { code, signal } = await running.finished
      // Sooner than that we listen to signals, it ends us as any program.
      expect(code ?? signal).toSatisfy((end) => end === 129 || end === 'SIGHUP')
    }
    await eventually(() => readdirSync(temporary).length === 0, 'no folder is left')
  })

  test.runIf(possible)('nothing is left when we are killed', async () => {
    const name = `sleep-${Math.random()}`
    const running = startInpod(['exec', '--replicas', '3', '--', 'sh', '-c', `echo up; while sleep 0.1; do :; done # ${name}`], options)
    await running.said(/up\n.*up\n.*up/)
    expect(isRunning(name)).toBe(true)
    running.child.kill('SIGKILL')
    await running.finished
    await eventually(() => !isRunning(name) && readdirSync(temporary).length === 0, 'no folder is left')
  })

  test.runIf(possible)('Pods of Deployments, Jobs and DaemonSets are as their controllers make them', async () => {
    const program = `
      const { get } = require('node:https')
      const { existsSync, readdirSync, readFileSync, writeFileSync } = require('node:fs')
      const folder = '/var/run/secrets/kubernetes.io/serviceaccount/'
      const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, HOSTNAME } = process.env
      const headers = { authorization: 'Bearer ' + readFileSync(folder + 'token') }
      const list = () => get({ host, port, path: '/api/v1/namespaces/default/pods', ca: readFileSync(folder + 'ca.crt'), headers }, async (answer) => {
        const text = (await answer.toArray()).join('')
        if (JSON.parse(text).items.filter(({ status }) => status.phase === 'Running').length < 2) return setTimeout(list, 50)
        writeFileSync('/shared/' + HOSTNAME, '')
        if (readdirSync('/shared').sort()[0] === HOSTNAME) console.log(text)
        const wait = () => readdirSync('/shared').length < 2 && setTimeout(wait, 50)
        wait()
      })
      list()`
    const pods = async (name: string) => {
      const { out } = await exec('--pod', name, '--replicas', '2', '--', process.execPath, '-e', program)
      // biome-ignore lint/suspicious/noExplicitAny: a list of Pods as JSON has it
      return JSON.parse(out.split('\n')[0]!.replace(/^\[.*?\] /, '')).items as any[]
    }
    const deployed = await pods('deploy.yaml')
    expect(new Set(deployed.map(({ metadata }) => metadata.ownerReferences[0].uid)).size).toBe(1)
    expect(deployed.map(({ metadata }) => metadata.name)).toEqual([expect.stringMatching(/^web-[a-z0-9]+-[a-z0-9]{5}$/), expect.anything()])
    expect(new Set(deployed.map(({ status }) => status.podIP)).size).toBe(2)
    expect((await pods('daemons.yaml')).map(({ spec }) => spec.nodeName).sort()).toEqual(['inpod', 'inpod-2'])
    const job = await exec('--pod', 'job.yaml', '--replicas', '3', '--', 'sh', '-c', 'echo $JOB_COMPLETION_INDEX $(hostname)')
    expect(lines(job.out).map((line) => line.replace(/^\[parts-(\d)-[a-z0-9]{5}\] /, '$1: '))).toEqual(
      [0, 1, 2].map((n) => `${n}: ${n} parts-${n}`),
    )
  })
})

describe('inpod exec --replicas', () => {
  test.each([
    [['--replicas', '0', '--', 'true'], 2, /invalid value "0" of --replicas: a number from 1 to 100/],
    [['--replicas', 'two', '--', 'true'], 2, /invalid value "two"/],
    [['--replicas', '2'], 2, /no program to run/],
    [['--replicas', '2', '--', 'no-such-program'], 127, /no such program/],
    [['--replicas', '2', '-n', 'nowhere', '--', 'true'], 2, /namespaces "nowhere" not found/],
    [['--replicas', '2', '--pod', 'pod.yaml', '--', 'true'], 2, /--replicas with the Pod "one"\n.*Deployment/],
    [['--replicas', '2', '--sandbox', 'real-path', '--', 'true'], 2, /--sandbox real-path with --replicas/],
  ])('%j is refused', async (args, code, message) => {
    const finished = await runInpod(['exec', ...args], { cwd: scratch.path })
    expect(finished.err).toMatch(message)
    expect(finished.code).toBe(code)
  })

  test('without namespaces, each has a folder that stands in for the root', async () => {
    const { code, out } = await runInpod(['exec', '--replicas', '2', '--sandbox', 'pod-root', '--', 'sh', '-c', 'echo $TELEPRESENCE_ROOT'])
    expect(
      new Set(
        out
          .trim()
          .split('\n')
          .map((line) => line.split(' ')[1]),
      ).size,
    ).toBe(2)
    expect(code).toBe(0)
  })
})
