import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServingMaterial } from '../../../packages/emulator/src/pki/serving.ts'

// biome-ignore lint/suspicious/noExplicitAny: reviews and objects are looked into by their fields
type Json = any

/** v1 has `at: HOST:PORT`, `size` and `seen` where v2 has `host` and `port`, `replicas` and `observed`. */
function convert({ spec, status, ...object }: Json, apiVersion: string): Json {
  const toFirst = apiVersion.endsWith('/v1')
  const made = { ...object, apiVersion }
  if (spec !== undefined) made.spec = toFirst ? firstSpec(spec) : secondSpec(spec)
  if (status !== undefined)
    made.status = toFirst ? { seen: status.observed, n: status.replicas } : { observed: status.seen, replicas: status.n }
  return made
}

const firstSpec = ({ host = '', port = '', replicas }: Json) => ({ at: `${host}:${port}`, size: replicas })

function secondSpec({ at = '', size }: Json): Json {
  const [host, port] = at.split(':')
  return { host, port: port ? Number(port) : undefined, replicas: size }
}

type Wrong = (objects: Json[], answer: Json) => unknown

const metadataOf = (change: object) => (objects: Json[]) => objects.map((each) => ({ ...each, metadata: { ...each.metadata, ...change } }))

/** What may be wrong with an answer, by the annotation `answer` of the object that is converted. Text is sent as it is. */
const wrong: Record<string, Wrong> = {
  refuse: (_, answer) => ({ ...answer, result: { status: 'Failure', message: 'not today' } }),
  fail: (_, answer) => ({ ...answer, result: { status: 'Failure' } }),
  silent: (_, answer) => ({ ...answer, result: {} }),
  'other-uid': (_, answer) => ({ ...answer, uid: 'x' }),
  none: () => [],
  two: (objects) => [...objects, ...objects],
  'other-kind': (objects) => objects.map((each) => ({ ...each, kind: 'X' })),
  'other-version': (objects) => objects.map((each) => ({ ...each, apiVersion: 'x/v9' })),
  'no-object': () => [{}],
  null: () => [null],
  text: () => ['x'],
  renamed: metadataOf({ name: 'other' }),
  uid: metadataOf({ uid: 'other' }),
  namespace: metadataOf({ namespace: 'other' }),
  labels: metadataOf({ labels: { a: 1 } }),
  'label-list': metadataOf({ labels: ['a'] }),
  'bad-labels': metadataOf({ labels: { 'a b': 'c d' } }),
  'bad-annotations': metadataOf({ annotations: { 'a b': 'c d' } }),
  taken: metadataOf({ labels: { made: 'here' }, finalizers: ['x/y'], generation: 77, resourceVersion: '5' }),
  'no-metadata': (objects) => objects.map(({ metadata: _, ...each }) => each),
  'text-metadata': (objects) => objects.map((each) => ({ ...each, metadata: 'x' })),
  html: () => '<html>',
  empty: () => '',
  cut: () => '{"kind":"Conv',
  array: () => '[]',
  'other-review': () => '{"apiVersion":"apiextensions.k8s.io/v1","kind":"Other"}',
  'old-review': () => '{"apiVersion":"apiextensions.k8s.io/v1beta1","kind":"ConversionReview"}',
  'unknown-review': () => '{"apiVersion":"x/v7","kind":"ConversionReview"}',
  'no-response': () => '{"apiVersion":"apiextensions.k8s.io/v1","kind":"ConversionReview"}',
}

function answerTo({ apiVersion, kind, request: { uid, objects, desiredAPIVersion } }: Json): string {
  const converted = objects.map((each: Json) => convert(each, desiredAPIVersion))
  const response = { uid, result: { status: 'Success' }, convertedObjects: converted }
  const [asked = '', onlyTo = ''] = String(objects[0]?.metadata?.annotations?.answer ?? '').split(' to ')
  const applies = onlyTo === '' || desiredAPIVersion.endsWith(onlyTo)
  const made = applies ? wrong[asked]?.(converted, response) : undefined
  if (typeof made === 'string') return made
  const answer = made === undefined ? response : Array.isArray(made) ? { ...response, convertedObjects: made } : made
  return JSON.stringify({ apiVersion, kind, response: answer })
}

/** A webhook that converts `Place`s; the variables are for steps. */
export async function startConversionHook(): Promise<{ variables: Record<string, string>; stop: () => void }> {
  const material = await createServingMaterial({ names: [], addresses: ['127.0.0.1'], now: new Date() })
  const server = createServer({ cert: material.cert, key: material.key }, async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    res.setHeader('content-type', 'application/json')
    res.end(answerTo(JSON.parse(Buffer.concat(chunks).toString())))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const variables = { HOOK: `https://127.0.0.1:${port}`, HOOK_CA: Buffer.from(material.ca).toString('base64') }
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { variables, stop }
}
