// Compares patches with a real API server: random objects and patches go to both, and what comes out must be the same.
//   node --conditions=source scripts/oracle/patch-property.ts --server URL --token TOKEN [--ca FILE] [--seed N] [--rounds N] [--mode strategic|apply|update]
import { parseArgs } from 'node:util'
import { parseGroupVersion } from '../../packages/emulator/src/apimachinery/group-version.ts'
import { patchByStrategicMerge } from '../../packages/emulator/src/apimachinery/patch/apply-patch.ts'
import { createSchemaSource, type SchemaNode } from '../../packages/emulator/src/apimachinery/patch/schema.ts'
import { StatusError } from '../../packages/emulator/src/apimachinery/status-error.ts'
import { loadFacts } from '../../packages/emulator/src/facts/load.ts'
import { type Answer, createKubeClient, type KubeClient } from './kube-client.ts'
import { createRandom, type Kind, kinds, type Random, strategicPatch, thingDefinition } from './random-objects.ts'

const { values: flags } = parseArgs({
  options: {
    server: { type: 'string', default: 'https://127.0.0.1:7443' },
    token: { type: 'string', default: '' },
    ca: { type: 'string' },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '100' },
    mode: { type: 'string', default: 'strategic' },
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

const client = createKubeClient(flags.server, flags.token, flags.ca)
const random = createRandom(Number(flags.seed))
await prepare(client, 'patch-property')
const failures = await strategic(client, random, 'patch-property', Number(flags.rounds))
process.exitCode = failures === 0 ? 0 : 1
