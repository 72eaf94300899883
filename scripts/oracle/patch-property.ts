// Compares patches with a real API server: random objects and patches go to both, and what comes out must be the same.
//   node --conditions=source scripts/oracle/patch-property.ts --server URL --token TOKEN [--ca FILE] [--seed N] [--rounds N] [--mode strategic|managed]
//   --mode servers --ours URL --ours-token TOKEN [--ours-ca FILE] compares two servers, request by request
import { parseArgs } from 'node:util'
import { parseGroupVersion } from '../../packages/emulator/src/apimachinery/group-version.ts'
import { applyObject } from '../../packages/emulator/src/apimachinery/managed-fields/apply.ts'
import { pathSet } from '../../packages/emulator/src/apimachinery/managed-fields/ownership.ts'
import { updateManagedFields } from '../../packages/emulator/src/apimachinery/managed-fields/update.ts'
import type { KubeObject } from '../../packages/emulator/src/apimachinery/object.ts'
import { patchByStrategicMerge } from '../../packages/emulator/src/apimachinery/patch/apply-patch.ts'
import { customResourceSchema } from '../../packages/emulator/src/apimachinery/patch/custom-schema.ts'
import { createSchemaSource, type SchemaNode } from '../../packages/emulator/src/apimachinery/patch/schema.ts'
import { createScheme } from '../../packages/emulator/src/apimachinery/scheme/scheme.ts'
import { StatusError } from '../../packages/emulator/src/apimachinery/status-error.ts'
import { loadFacts } from '../../packages/emulator/src/facts/load.ts'
import { type Answer, createKubeClient, type KubeClient } from './kube-client.ts'
import { moreKinds } from './more-kinds.ts'
import { createRandom, type Kind, kinds, type Random, strategicPatch, thingDefinition } from './random-objects.ts'
import { randomExchange } from './random-requests.ts'

const { values: flags } = parseArgs({
  options: {
    server: { type: 'string', default: 'https://127.0.0.1:7443' },
    token: { type: 'string', default: '' },
    ca: { type: 'string' },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '100' },
    mode: { type: 'string', default: 'strategic' },
    ours: { type: 'string', default: '' },
    'ours-token': { type: 'string', default: '' },
    'ours-ca': { type: 'string' },
    kinds: { type: 'string', default: '' },
  },
})

const SMP = 'application/strategic-merge-patch+json'
const facts = loadFacts()

function schemaOf({ apiVersion, kind }: Kind): SchemaNode {
  const groupVersion = parseGroupVersion(apiVersion)
  const found = facts.schemaOf({ ...(groupVersion as { group: string; version: string }), kind })
  if (found === undefined) throw new Error(`no schema of ${kind}`)
  return createSchemaSource(found.components).component(found.name)
}

/** Without what differs from write to write. */
function scrub(body: Answer['body']): string {
  const {
    metadata: { managedFields: _m, resourceVersion: _r, generation: _g, uid: _u, creationTimestamp: _c, ...metadata } = {} as never,
    ...rest
  } = body
  return JSON.stringify(sorted({ ...rest, metadata }))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}

async function prepare(client: KubeClient, namespace: string): Promise<void> {
  await client.send('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
  await client.send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', thingDefinition)
  await new Promise((done) => setTimeout(done, 3000))
}

/** One patch on one object: the real server's answer against ours, put there in its whole. */
async function strategicStep(
  client: KubeClient,
  path: string,
  live: Answer['body'],
  patch: unknown,
  schema: SchemaNode,
): Promise<string | undefined> {
  let ours: Answer
  try {
    const { object } = patchByStrategicMerge(live, JSON.stringify(patch), 'Warn', schema)
    ours = await client.send('PUT', `${path}?dryRun=All`, object)
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    ours = { status: error.code, body: error.status }
  }
  const theirs = await client.send('PATCH', path, patch, SMP)
  if (
    theirs.status === ours.status &&
    (theirs.status >= 400 ? theirs.body.message === ours.body.message : scrub(theirs.body) === scrub(ours.body))
  )
    return undefined
  return `theirs: ${theirs.status} ${theirs.status >= 400 ? theirs.body.message : scrub(theirs.body)}\n  ours: ${ours.status} ${ours.status >= 400 ? ours.body.message : scrub(ours.body)}`
}

async function strategic(client: KubeClient, random: Random, namespace: string, rounds: number): Promise<number> {
  const counts = { failures: 0, patches: 0, accepted: 0 }
  for (let round = 0; round < rounds; round++) {
    const kind = random.pick(kinds.slice(0, 3))
    const schema = schemaOf(kind)
    const name = `s${flags.seed}-${round}`
    const path = `/${kind.path.replace('NS', namespace)}`
    const made = await client.send('POST', path, kind.make(random, name))
    if (made.status !== 201) continue
    for (let step = 0; step < 4; step++) {
      const live = (await client.send('GET', `${path}/${name}`)).body
      const patch = strategicPatch(random, kind.make(random, name))
      const difference = await strategicStep(client, `${path}/${name}`, live, patch, schema)
      counts.patches++
      if (difference === undefined) continue
      counts.failures++
      console.log(`round ${round} step ${step} ${kind.kind}\n  live: ${scrub(live)}\n  patch: ${JSON.stringify(patch)}\n  ${difference}`)
    }
    await client.send('DELETE', `${path}/${name}`)
  }
  console.log(`${counts.patches} patches, ${counts.failures} differ`)
  return counts.failures
}

// Managed fields

const definitionSchema = thingDefinition.spec.versions[0]?.schema.openAPIV3Schema
const scheme = createScheme(facts)

interface Typed {
  schema: SchemaNode
  zero: KubeObject
}

function typedOf(kind: Kind): Typed {
  const groupVersion = parseGroupVersion(kind.apiVersion) as { group: string; version: string }
  const gvk = { ...groupVersion, kind: kind.kind }
  if (kind.kind !== 'Thing')
    return { schema: schemaOf(kind), zero: scheme.normalize(gvk, { apiVersion: kind.apiVersion, kind: kind.kind, metadata: {} }) }
  const { components } = facts.schemaOf({ group: '', version: 'v1', kind: 'ConfigMap' }) as { components: Record<string, unknown> }
  const schema = customResourceSchema(definitionSchema as Record<string, unknown>, createSchemaSource(components))
  return { schema, zero: { apiVersion: kind.apiVersion, kind: kind.kind, metadata: {} } }
}

interface Sent {
  method: string
  path: string
  body: unknown
  contentType: string
  manager: string
  subresource: string
  force: boolean
}

function randomWrite(random: Random, kind: Kind, path: string, name: string, live: KubeObject): Sent {
  const object = { apiVersion: kind.apiVersion, kind: kind.kind, ...kind.make(random, name) }
  const manager = random.pick(['m1', 'm2', 'm3'])
  const sent = { path: `${path}/${name}`, manager, subresource: '', force: random.chance(0.4) }
  const choice = random.below(10)
  if (choice < 6) return { ...sent, method: 'PATCH', body: object, contentType: 'application/apply-patch+yaml' }
  if (choice < 9) return { ...sent, method: 'PATCH', body: object, contentType: 'application/merge-patch+json' }
  const body = { ...object, metadata: { ...object.metadata, resourceVersion: live.metadata.resourceVersion } }
  return { ...sent, method: 'PUT', body, contentType: 'application/json' }
}

function mutate(
  sent: Sent,
  live: KubeObject | undefined,
  theirs: Answer,
  { schema, zero }: Typed,
  kind: Kind,
): { object?: KubeObject; managedFields: unknown } {
  const groupVersion = parseGroupVersion(kind.apiVersion) as { group: string; version: string }
  const times = ((theirs.body.metadata?.managedFields ?? []) as { time?: string }[]).map(({ time = '' }) => time)
  const common = {
    live: live ?? zero,
    schema,
    manager: sent.manager,
    subresource: sent.subresource,
    now: times.sort().at(-1) ?? '',
    resetFields: pathSet('status'),
  }
  if (sent.contentType === 'application/apply-patch+yaml') {
    return applyObject({ ...common, zero, applied: sent.body, gvk: { ...groupVersion, kind: kind.kind }, force: sent.force })
  }
  const { managedFields: _, ...metadata } = theirs.body.metadata
  // allocated after fields were tracked
  if (live === undefined && kind.kind === 'Service')
    for (const field of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) delete theirs.body.spec[field]
  const updated = { ...theirs.body, metadata: live === undefined ? metadata : { ...metadata, managedFields: live.metadata.managedFields } }
  return { managedFields: updateManagedFields({ ...common, apiVersion: kind.apiVersion, updated }) }
}

async function managedStep(
  client: KubeClient,
  kind: Kind,
  typed: Typed,
  sent: Sent,
  live: KubeObject | undefined,
): Promise<string | undefined> {
  const query = `?fieldManager=${sent.manager}${sent.contentType.includes('apply') && sent.force ? '&force=true' : ''}`
  let error: string | undefined
  const theirs = await client.send(sent.method, sent.path + query, sent.body, sent.contentType)
  const show = (value: unknown) => JSON.stringify(kind.kind === 'Thing' ? sorted(value) : value)
  try {
    if (theirs.status >= 400 && !sent.contentType.includes('apply')) return undefined
    const ours = mutate(sent, live, theirs, typed, kind)
    if (theirs.status >= 400)
      return theirs.status === 422 ? undefined : `theirs: ${theirs.status} ${theirs.body.message}\n  ours: ${show(ours)}`
    if (show(ours.managedFields) !== show(theirs.body.metadata.managedFields)) {
      return `theirs: ${show(theirs.body.metadata.managedFields)}\n  ours: ${show(ours.managedFields)}`
    }
    if (ours.object === undefined) return undefined
    const put = await client.send('PUT', `${sent.path}?dryRun=All`, {
      ...ours.object,
      metadata: {
        ...ours.object.metadata,
        resourceVersion: undefined,
        ...(kind.kind === 'Thing' ? { resourceVersion: theirs.body.metadata.resourceVersion } : {}),
      },
    })
    // a PUT of what the server clears on a patch
    if (put.status === 422 && kind.kind === 'Service') return undefined
    if (put.status >= 400) return `ours: ${put.status} ${put.body.message}`
    return scrub(put.body) === scrub(theirs.body) ? undefined : `theirs: ${scrub(theirs.body)}\n  ours: ${scrub(put.body)}`
  } catch (caught) {
    if (!(caught instanceof StatusError)) throw caught
    error = `${caught.code} ${caught.message}`
  }
  const message = `${theirs.status} ${theirs.body.message}`
  return message === error ? undefined : `theirs: ${message}\n  ours: ${error}`
}

async function managed(client: KubeClient, random: Random, namespace: string, rounds: number): Promise<number> {
  const counts = { failures: 0, writes: 0 }
  for (let round = 0; round < rounds; round++) {
    const kind = random.pick(kinds)
    const typed = typedOf(kind)
    const name = `m${flags.seed}-${round}`
    const path = `/${kind.path.replace('NS', namespace)}`
    for (let step = 0; step < 7; step++) {
      const found = await client.send('GET', `${path}/${name}`)
      const live: KubeObject | undefined = found.status === 200 ? found.body : undefined
      const create: Sent = {
        method: 'POST',
        path,
        body: kind.make(random, name),
        contentType: 'application/json',
        manager: 'm1',
        subresource: '',
        force: false,
      }
      const apply = live !== undefined || random.chance(0.5)
      const sent = apply ? randomWrite(random, kind, path, name, live ?? typed.zero) : create
      if (live === undefined && !sent.contentType.includes('apply')) Object.assign(sent, create)
      if (sent.method === 'POST') (sent.body as KubeObject).apiVersion = kind.apiVersion
      if (sent.method === 'POST') (sent.body as KubeObject).kind = kind.kind
      const difference = await managedStep(client, kind, typed, sent, live)
      counts.writes++
      if (difference === undefined) continue
      counts.failures++
      console.log(
        `round ${round} step ${step} ${kind.kind} ${sent.method} ${sent.contentType} ${sent.manager}\n  live: ${JSON.stringify(live)}\n  body: ${JSON.stringify(sent.body)}\n  ${difference}`,
      )
    }
    await client.send('DELETE', `${path}/${name}`)
  }
  console.log(`${counts.writes} writes, ${counts.failures} differ`)
  return counts.failures
}

// Two servers

/** Several errors are in no order of their own; the causes have them. */
const withoutList = (message: string) => message.replace(/ is invalid: \[.*\]$/s, ' is invalid')

/** An answer without what no two servers have in common. */
function normalized({ status, body }: Answer): string {
  if (body?.kind === 'Status')
    return JSON.stringify({ status, message: withoutList(unversioned(body.message ?? '')), reason: body.reason, details: detailsOf(body) })
  const { resourceVersion: _r, uid: _u, creationTimestamp: _c, managedFields = [], ...metadata } = body.metadata ?? {}
  const entries = managedFields
    .map(({ time, ...entry }: { time?: string }) => JSON.stringify(sorted({ ...entry, timed: time !== undefined })))
    .sort()
  // What of a quota is used, a controller says, which the server that is compared with need not have.
  const { status: state, ...rest } = body
  const compared = body.kind === 'ResourceQuota' ? rest : { ...rest, ...(state === undefined ? {} : { status: state }) }
  return JSON.stringify({ code: status, ...(sorted({ ...compared, metadata }) as object), entries }).replace(UUID, 'uid')
}

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

const unversioned = (text: string) =>
  text
    .replace(UUID, 'uid')
    .replace(/(resourceVersion|uid|creationTimestamp|time)[\\":]+[^"\\]+/g, '$1')
    .replace(/Invalid value: "(\{|map).*": /s, 'Invalid value: ')

function detailsOf({ details: { causes, uid: _, ...details } = { causes: undefined } as never }: Answer['body']): unknown {
  const shown = (causes ?? []).map((cause: { message?: string }) => ({ ...cause, message: unversioned(cause.message ?? '') }))
  return { ...details, causes: shown.map((cause: unknown) => JSON.stringify(sorted(cause))).sort() }
}

async function servers(theirs: KubeClient, random: Random, namespace: string, rounds: number): Promise<number> {
  const ours = createKubeClient(flags.ours, flags['ours-token'], flags['ours-ca'])
  await prepare(ours, namespace)
  const wanted = [...kinds, ...moreKinds].filter(({ kind }) => flags.kinds === '' || flags.kinds.split(',').includes(kind))
  const counts = { failures: 0, requests: 0, accepted: 0 }
  for (let round = 0; round < rounds; round++) {
    const kind = random.pick(wanted)
    const name = `v${flags.seed}-${round}`
    const path = `/${kind.path.replace('NS', namespace)}`
    for (let step = 0; step < 8; step++) {
      const [left, right] = await Promise.all([theirs, ours].map((server) => server.send('GET', `${path}/${name}`)))
      const live = left?.status === 200 ? (left.body as KubeObject) : undefined
      const exchange = randomExchange(random, kind, path, name, live)
      const answers = await Promise.all(
        [
          { server: theirs, version: left?.body.metadata?.resourceVersion },
          { server: ours, version: right?.body.metadata?.resourceVersion },
        ].map(({ server, version }) => {
          const body =
            exchange.method === 'PUT'
              ? { ...(exchange.body as KubeObject), metadata: { ...(exchange.body as KubeObject).metadata, resourceVersion: version } }
              : exchange.body
          return server.send(exchange.method, exchange.path, body, exchange.contentType)
        }),
      )
      const [their, our] = answers.map(normalized)
      counts.requests++
      if (answers[0] !== undefined && answers[0].status < 300) counts.accepted++
      if (their === our) continue
      if (answers[0]?.status === 0) break
      counts.failures++
      console.log(
        `round ${round} step ${step} ${kind.kind} ${exchange.method} ${exchange.path} ${exchange.contentType}\n  live: ${JSON.stringify(live)}\n  body: ${JSON.stringify(exchange.body)}\n  theirs: ${their}\n  ours: ${our}`,
      )
      break
    }
    await Promise.all([theirs, ours].map((server) => server.send('DELETE', `${path}/${name}`)))
  }
  console.log(`${counts.requests} requests, ${counts.accepted} accepted, ${counts.failures} differ`)
  return counts.failures
}

const client = createKubeClient(flags.server, flags.token, flags.ca)
const random = createRandom(Number(flags.seed))
await prepare(client, 'patch-property')
const run = { strategic, managed, servers }[flags.mode]
if (run === undefined) throw new Error(`no mode ${flags.mode}`)
const failures = await run(client, random, 'patch-property', Number(flags.rounds))
process.exitCode = failures === 0 ? 0 : 1
