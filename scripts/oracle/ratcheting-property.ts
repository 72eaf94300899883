// Compares what two servers say of updates of custom resources whose schema has become stricter since they were written:
//   node --conditions=source scripts/oracle/ratcheting-property.ts --server URL --token TOKEN --ours URL --ours-token TOKEN [--seed N] [--rounds N]
import { parseArgs } from 'node:util'
import { type Answer, createKubeClient, type KubeClient } from './kube-client.ts'
import { createRandom, type Random } from './random-objects.ts'
import { changed, looseSchema, randomContent, tightSchema } from './random-schemas.ts'

const { values: flags } = parseArgs({
  options: {
    server: { type: 'string', default: 'https://127.0.0.1:7443' },
    token: { type: 'string', default: '' },
    ours: { type: 'string', default: '' },
    'ours-token': { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '20' },
  },
})

const group = `ratchet${flags.seed}.example.com`
const apiVersion = `${group}/v1`
const definitionPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const path = `/apis/${apiVersion}/notches`
const theirs = createKubeClient(flags.server, flags.token)
const ours = createKubeClient(flags.ours, flags['ours-token'])
const both: readonly KubeClient[] = [theirs, ours]

// biome-ignore lint/suspicious/noExplicitAny: any API object
const definition = (schema: any, marker: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `notches.${group}` },
  spec: {
    group,
    scope: 'Cluster',
    names: { plural: 'notches', kind: 'Notch' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        deprecated: true,
        deprecationWarning: marker,
        subresources: { status: {} },
        schema: { openAPIV3Schema: schema },
      },
    ],
  },
})

/** Until the server uses the schema with this marker: it warns of it. */
async function inForce(client: KubeClient, marker: string): Promise<void> {
  for (;;) {
    const { warnings = [] } = await client.send('GET', path)
    if (warnings.some((text) => text.includes(marker))) return
    await new Promise((done) => setTimeout(done, 30))
  }
}

/** Returns whether both took the schema, and in the same way. */
async function setSchema(schema: unknown, marker: string): Promise<boolean> {
  const answers = await Promise.all(
    both.map((client) =>
      client.send('PATCH', `${definitionPath}/notches.${group}`, definition(schema, marker), 'application/merge-patch+json'),
    ),
  )
  compare('definition', schema, answers)
  if (!answers.every(({ status }) => status === 200)) return false
  await Promise.all(both.map((client) => inForce(client, marker)))
  return true
}

const counts = { requests: 0, accepted: 0, warned: 0, failures: 0 }

const shownOf = ({ status, body, warnings = [] }: Answer): string => {
  const causes = (body?.details?.causes ?? []).map((cause: unknown) => JSON.stringify(cause)).sort()
  const reason = status < 300 ? undefined : [body?.reason, causes.length > 1 ? undefined : body?.message]
  return JSON.stringify({ status, reason, causes, warnings: [...warnings].sort() })
}

function compare(what: string, sent: unknown, answers: readonly Answer[]): void {
  const [their, our] = answers.map(shownOf)
  counts.requests++
  if ((answers[0]?.status ?? 500) < 300) counts.accepted++
  if ((answers[0]?.warnings ?? []).length > 1) counts.warned++
  if (their === our) return
  counts.failures++
  console.log(`${what}\n  sent: ${JSON.stringify(sent)}\n  theirs: ${their}\n  ours: ${our}`)
}

async function put(name: string, content: object, subresource: string): Promise<void> {
  const answers = await Promise.all(
    both.map(async (client) => {
      const { body: live } = await client.send('GET', `${path}/${name}`)
      const body = { apiVersion, kind: 'Notch', metadata: { name, resourceVersion: live.metadata?.resourceVersion }, ...content }
      return client.send('PUT', `${path}/${name}${subresource}`, body)
    }),
  )
  compare(`PUT ${name}${subresource}`, content, answers)
}

async function round(random: Random, at: number): Promise<void> {
  const name = `n${at}`
  const looseMarker = `loose-${at}-end`
  if (!(await setSchema(looseSchema(), looseMarker))) throw new Error('the loose schema was refused')
  const content = randomContent(random)
  await Promise.all(both.map((client) => client.send('POST', path, { apiVersion, kind: 'Notch', metadata: { name }, ...content })))
  await put(name, content, '/status')
  const tightMarker = `tight-${at}-end`
  const schema = tightSchema(random)
  const failuresBefore = counts.failures
  if (await setSchema(schema, tightMarker)) {
    for (let step = 0; step < 8; step++) await put(name, changed(random, content), random.pick(['', '', '/status']))
  }
  if (counts.failures > failuresBefore)
    console.log(`round ${at}\n  schema: ${JSON.stringify(schema)}\n  content: ${JSON.stringify(content)}`)
  await Promise.all(both.map((client) => client.send('DELETE', `${path}/${name}`)))
}

const random = createRandom(Number(flags.seed))
await Promise.all(both.map((client) => client.send('POST', definitionPath, definition(looseSchema(), 'first'))))
for (let at = 0; at < Number(flags.rounds); at++) await round(random, at)
await Promise.all(both.map((client) => client.send('DELETE', `${definitionPath}/notches.${group}`)))
console.log(`${counts.requests} requests, ${counts.accepted} accepted, ${counts.warned} with warnings, ${counts.failures} differ`)
process.exitCode = counts.failures === 0 ? 0 : 1
