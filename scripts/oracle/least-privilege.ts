// Records what each client program needs, and tries that on a real API server: with the recorded roles a program must pass there, and with
// any rule of them taken out it must not.
//   node scripts/run.mjs scripts/oracle/least-privilege.ts --server URL --ca FILE --token TOKEN [--audit-log FILE] [--only REGEX] [--single]
// The token must be a cluster-admin's. With --single, rules are taken apart: each verb on each resource is tried without. With the server's audit log (level Metadata) it is also told where a program went on after a denial.
import { execFile } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseYamlDocuments } from '../../packages/emulator/src/apimachinery/yaml.ts'
import { breakDown } from '../../packages/emulator/src/authorization/rbac/covers.ts'
import type { PolicyRule } from '../../packages/emulator/src/authorization/rbac/policy-rule.ts'
import { applyEnvironment, podEnvironment } from '../../packages/emulator/src/pod/environment.ts'
import { serviceAccountVolume } from '../../packages/emulator/src/pod/service-account-volume.ts'
import { openSandbox } from '../../packages/emulator/src/sandbox/sandbox.ts'
import { type ClientCommand, clients } from '../clients/clients.ts'
import { prepareClient, whyNotHere } from '../clients/prepare.ts'
import { createKubeClient } from './kube-client.ts'

const { values: flags } = parseArgs({
  options: {
    server: { type: 'string' },
    ca: { type: 'string' },
    token: { type: 'string' },
    'audit-log': { type: 'string' },
    only: { type: 'string' },
    single: { type: 'boolean', default: false },
  },
})
if (flags.server === undefined || flags.ca === undefined || flags.token === undefined) {
  console.error('least-privilege: --server, --ca and --token are needed (see the head of this file)')
  process.exit(2)
}
const { server, ca, 'audit-log': auditLog } = flags
const admin = createKubeClient(server, flags.token, ca, 'least-privilege')
const root = join(import.meta.dirname, '..', '..')
const scratch = mkdtempSync(join(tmpdir(), 'least-privilege-'))

/** Programs of `test/clients` that end by themselves. */
const programs = [
  ...['client-go', 'controller-runtime', 'typed', 'kubernetes-python', 'kr8s', 'lightkube', 'client-node', 'client-java', 'fabric8'],
  ...['kube-rs', 'kubectl', 'helm', 'kubectl-of-the-machine', 'curl'],
]
const recordedIn = 'recorded'
const account = 'demo'
const timeLimit = 60_000
/** How long the server may take to know roles that it was given. */
const propagation = 10_000

// biome-ignore lint/suspicious/noExplicitAny: any API object
type KubeObject = any

interface Result {
  passed: boolean
  /** Requests that were denied, as verb and resource; undefined without an audit log. */
  denied: string[] | undefined
  output: string
}

/** The steps that a program tells of, those that went wrong marked. */
const stepsOf = (output: string): string =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes('"step":'))
    .map((line) => JSON.parse(line))
    .map(({ step, ok }) => `${step}${ok === false ? ' (failed)' : ''}`)
    .sort()
    .join()

interface Recorded {
  roles: KubeObject[]
  steps: string
}

async function record(name: string, command: ClientCommand): Promise<Recorded> {
  const file = join(scratch, `${name}.yaml`)
  const manifests = join(scratch, 'account.json')
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: recordedIn } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace: recordedIn } },
  ]
  writeFileSync(manifests, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }))
  const where = ['-f', manifests, '-n', recordedIn, '--service-account', account]
  const args = ['exec', '--record', file, ...where, '--', ...command.argv]
  const inpod = join(root, 'node_modules', '.bin', 'inpod')
  const env = { ...process.env, ...command.environment }
  const output = await new Promise<string>((resolve, reject) => {
    execFile(inpod, args, { env, timeout: timeLimit, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${name} does not pass while it is recorded\n${stdout}${stderr}`)),
    )
  })
  const steps = stepsOf(output)
  if (steps === '' || steps.includes('(failed)')) throw new Error(`${name} does not pass while it is recorded\n${output}`)
  const text = readFileSync(file, 'utf8')
  if (flags.only !== undefined) console.log(text)
  return { roles: parseYamlDocuments(text).map(({ value }) => value), steps }
}

async function send(method: string, path: string, body?: object): Promise<KubeObject> {
  const answer = await admin.send(method, path, body)
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.body.message}`)
  return answer.body
}

const plural = (kind: string) => `${kind.toLowerCase()}s`
const pathOf = ({ apiVersion, kind, metadata }: KubeObject) =>
  `${apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`}${metadata.namespace ? `/namespaces/${metadata.namespace}` : ''}/${plural(kind)}`

/** The same roles for another namespace, under names of their own. */
function movedTo(namespace: string, object: KubeObject): KubeObject {
  const text = JSON.stringify(object)
  return JSON.parse(text, (key, value) => {
    if (key === 'namespace' && value === recordedIn) return namespace
    return key === 'name' && value === `${recordedIn}-${account}` ? namespace : value
  })
}

/** Runs a program as a Pod of the server, in a namespace of its own with these roles. */
async function tryOn(command: ClientCommand, namespace: string, { roles, steps }: Recorded): Promise<Result> {
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace } },
    ...roles.map((object) => movedTo(namespace, object)),
  ]
  try {
    for (const object of objects) await send('POST', pathOf(object), object)
    await untilKnown(namespace, objects)
    const tokenRequest = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
    const { status } = await send('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, tokenRequest)
    const before = auditLog === undefined ? 0 : statSync(auditLog).size
    const { code, output } = await runInSandbox(command, { token: status.token, 'ca.crt': readFileSync(ca!, 'utf8'), namespace })
    return {
      passed: code === 0 && stepsOf(output) === steps,
      denied: auditLog === undefined ? undefined : deniedSince(before, namespace),
      output,
    }
  } finally {
    for (const object of objects.slice(2).reverse()) await admin.send('DELETE', `${pathOf(object)}/${object.metadata.name}`)
    await admin.send('DELETE', `/api/v1/namespaces/${namespace}`)
  }
}

/** Authorizers learn of roles by a watch. */
async function untilKnown(namespace: string, objects: KubeObject[]): Promise<void> {
  const until = Date.now() + propagation
  for (const { kind, metadata, rules } of objects) {
    const [rule] = rules ?? []
    if (rule === undefined || !kind.endsWith('Role')) continue
    const [resource = '', subresource = ''] = (rule.resources?.[0] ?? '').split('/')
    const about = { verb: rule.verbs[0], group: rule.apiGroups?.[0], resource, subresource, name: rule.resourceNames?.[0] }
    const question = rule.nonResourceURLs
      ? { nonResourceAttributes: { verb: rule.verbs[0], path: rule.nonResourceURLs[0] } }
      : { resourceAttributes: { ...about, namespace: metadata.namespace ?? '' } }
    const spec = { user: `system:serviceaccount:${namespace}:${account}`, ...question }
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec }
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews'
    while (!(await send('POST', path, review)).status.allowed) {
      if (Date.now() > until) throw new Error(`the server does not know ${JSON.stringify(rule)}`)
    }
  }
}

async function runInSandbox(
  { argv, environment }: ClientCommand,
  files: { token: string; 'ca.crt': string; namespace: string },
): Promise<{ code: number; output: string }> {
  const { hostname, port } = new URL(server!)
  const base = { ...process.env, ...environment }
  const env = applyEnvironment(base, podEnvironment({ host: hostname, port: Number(port), podName: 'program', base }))
  const out = join(scratch, 'output')
  const streams = { stdin: 'ignore' as const, stdout: openSync(out, 'w'), stderr: openSync(join(scratch, 'errors'), 'w') }
  const sandbox = openSandbox({ streams })
  const timer = setTimeout(() => sandbox.kill(), timeLimit)
  try {
    const code = await sandbox.run({ command: argv, env, files: serviceAccountVolume(files) })
    return { code, output: readFileSync(out, 'utf8') }
  } finally {
    clearTimeout(timer)
    await sandbox.close()
    closeSync(streams.stdout)
    closeSync(streams.stderr)
  }
}

function deniedSince(offset: number, namespace: string): string[] {
  const lines = readFileSync(auditLog!).subarray(offset).toString().split('\n')
  const events = lines
    .filter((line) => line.includes(`system:serviceaccount:${namespace}:`) && line.endsWith('}'))
    .map((line) => JSON.parse(line))
  const forbidden = events.filter(({ annotations }) => annotations?.['authorization.k8s.io/decision'] === 'forbid')
  return [...new Set(forbidden.map(({ verb, objectRef, requestURI }) => `${verb} ${objectRef?.resource ?? requestURI}`))]
}

/** Each way to take one rule out, with the rule. */
function withoutOne(roles: KubeObject[]): { rule: KubeObject; rest: KubeObject[] }[] {
  return roles.flatMap((role, at) => {
    const rules: PolicyRule[] = flags.single ? (role.rules ?? []).flatMap(breakDown) : (role.rules ?? [])
    return rules.map((rule, index) => ({ rule, rest: roles.with(at, { ...role, rules: rules.toSpliced(index, 1) }) }))
  })
}

const describeRule = ({ verbs, resources, nonResourceURLs }: KubeObject) => `${verbs.join(',')} ${(resources ?? nonResourceURLs).join(',')}`

async function tryProgram(name: string, command: ClientCommand): Promise<boolean> {
  const recorded = await record(name, command)
  const run = `lp-${process.pid}-${name}`
  const whole = await tryOn(command, run, recorded)
  if (!whole.passed) {
    console.log(`${name}: FAILS with what was recorded\n${lastLines(whole.output + readFileSync(join(scratch, 'errors'), 'utf8'))}`)
    return false
  }
  const needless: string[] = []
  const unnoticed: string[] = []
  const variants = withoutOne(recorded.roles)
  for (const [index, { rule, rest }] of variants.entries()) {
    const { passed, denied } = await tryOn(command, `${run}-${index}`, { ...recorded, roles: rest })
    if (!passed) continue
    if (denied === undefined || denied.length === 0) needless.push(describeRule(rule))
    else unnoticed.push(`${describeRule(rule)} (denied: ${denied.join(', ')})`)
  }
  const failed = variants.length - needless.length - unnoticed.length
  console.log(`${name}: passes; ${variants.length} rules, ${failed} without which it fails`)
  if (whole.denied?.length) console.log(`  denied all the same: ${whole.denied.join('; ')}`)
  for (const what of unnoticed) console.log(`  goes on without: ${what}`)
  for (const what of needless) console.log(`  NEEDLESS: ${what}`)
  return needless.length === 0
}

function tell(error: Error): boolean {
  console.log(lastLines(error.message))
  return false
}

const lastLines = (text: string) => text.split('\n').slice(-40).join('\n')

const only = flags.only === undefined ? undefined : new RegExp(flags.only)
let failures = 0
try {
  for (const name of programs.filter((each) => only?.test(each) ?? true)) {
    const client = clients.find((each) => each.name === name)!
    const reason = whyNotHere(client)
    if (reason !== undefined) console.log(`${name}: skipped: ${reason}`)
    else if (!(await tryProgram(name, await prepareClient(client)).catch(tell))) failures++
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
console.log(failures === 0 ? 'all pass, and no rule is needless' : `${failures} FAILED`)
process.exitCode = failures === 0 ? 0 : 1
