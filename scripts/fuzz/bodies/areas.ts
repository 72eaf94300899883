import fc from 'fast-check'
import { type Answer, type Identity, judge } from '../answers.ts'
import { type Area, promise } from '../area.ts'
import { playground, type Target } from '../target.ts'
import { definitions, policies } from './definitions.ts'
import { gizmoDefinition } from './gizmo.ts'
import { render } from './json.ts'
import { manifests } from './manifests.ts'
import { type BodyRequest, bodyRequests, objectTree, seeds } from './requests.ts'
import { subresourceRequests } from './subresources.ts'

const ourErrors = /Internal error occurred: (?:\w*Error): /

/** Milliseconds that a request may take, beside the others on a busy machine. */
const patience = 10_000

/** A request in the playground, of which the usual is checked. */
export async function ask(target: Target, request: BodyRequest, as: Identity = 'admin'): Promise<Answer | undefined> {
  const begun = performance.now()
  const body = request.body && Buffer.from(request.body.toString('latin1').replaceAll('"NS"', `"${playground}"`), 'latin1')
  const answer = await target.client.send({
    method: request.method,
    path: request.path.replace('/NS', `/${playground}`),
    headers: Object.entries(request.headers),
    as,
    ...(body === undefined ? {} : { body }),
  })
  const took = performance.now() - begun
  promise(took < patience, `an answer took ${Math.round(took)} ms`)
  if (answer === undefined) return undefined
  judge(answer, as)
  promise(answer.status !== 500 || !ourErrors.test(answer.body.toString()), `an error of ours: ${answer.body.toString().slice(0, 300)}`)
  return answer
}

const json = (method: string, path: string, value: unknown): BodyRequest => ({
  method,
  path,
  headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' },
  body: Buffer.from(JSON.stringify(value)),
})
const get = (path: string, accept = 'application/json'): BodyRequest => ({ method: 'GET', path, headers: { accept } })

const ready = new WeakMap<Target, Promise<void>>()

/** Makes what the requests need, once a server. */
function prepare(target: Target): Promise<void> {
  const known = ready.get(target)
  if (known !== undefined) return known
  const made = (async () => {
    const made = await ask(target, json('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', gizmoDefinition))
    promise(made?.status === 201, `the definition of the custom resource is refused: ${made?.body}`)
    for (let tries = 0; tries < 100; tries++) {
      const answer = await ask(target, get('/apis/fuzz.example.com/v1/gizmos'))
      if (answer?.status === 200) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('the custom resource is not served')
  })()
  ready.set(target, made)
  return made
}

/** An object that nobody changes must stay as it is, whatever others are called. */
async function checkUnpolluted(target: Target): Promise<number> {
  const answer = await ask(target, get('/api/v1/namespaces/NS/configmaps/canary'))
  const object = JSON.parse(String(answer?.body ?? '{}'))
  promise(
    String(Object.keys(object)) === 'kind,apiVersion,metadata,data' && String(Object.keys(object.data)) === 'value',
    `the canary has become ${answer?.body}`,
  )
  return 1
}

let turn = 0

/** An area of single requests. In one of eight cases somebody without rights sends it. */
function requestsArea(requests: fc.Arbitrary<BodyRequest>): Area<{ request: BodyRequest; as: Identity }> {
  const as = fc.oneof({ weight: 7, arbitrary: fc.constant<Identity>('admin') }, { weight: 1, arbitrary: fc.constant<Identity>('pod') })
  return {
    inputs: () => fc.record({ request: requests, as }),
    async send({ request, as }, target) {
      await prepare(target)
      // In other forms, an answer does not say of what kind it is.
      await ask(target, as === 'admin' ? request : { ...request, headers: { ...request.headers, accept: 'application/json' } }, as)
      return turn++ % 50 === 0 ? 1 + (await checkUnpolluted(target)) : 1
    },
  }
}

const withSeeds = (requests: fc.Arbitrary<BodyRequest>) =>
  requestsArea(fc.oneof({ weight: 1, arbitrary: seeds }, { weight: 4, arbitrary: requests }))

export const bodies = withSeeds(bodyRequests.writes)
export const patches = withSeeds(bodyRequests.patches)
export const readsAndDeletes = withSeeds(fc.oneof(bodyRequests.reads, bodyRequests.deletes))
export const subresources = withSeeds(subresourceRequests)

let named = 0
const views = [
  'application/yaml',
  'application/vnd.kubernetes.protobuf,application/json',
  'application/json;as=Table;g=meta.k8s.io;v=v1',
  'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
]

/** What is refused is not there; what is accepted can be read in all forms, listed, written back and removed. */
export const lifecycle: Area<{ path: string; text: string }> = {
  inputs: () =>
    fc.oneof(
      ...manifests.map((manifest) =>
        objectTree(manifest, fc.constant('NAME')).map((tree) => ({ path: manifest.path, text: render(tree) })),
      ),
    ),
  async send({ path, text }, target) {
    await prepare(target)
    const name = `life-${named++}`
    const created = await ask(target, { ...json('POST', path, {}), body: Buffer.from(text.replaceAll('"NAME"', `"${name}"`)) })
    if (created?.status !== 201) {
      const found = await ask(target, get(`${path}/${name}`))
      promise(found?.status === 404, `what was refused is there: ${found?.body}`)
      return 2
    }
    return 1 + (await follow(target, path, JSON.parse(String(created.body)).metadata.name))
  },
}

/** @returns how many requests that took */
async function follow(target: Target, path: string, name: string): Promise<number> {
  const own = `${path}/${encodeURIComponent(name)}`
  const found = await ask(target, get(own))
  // A namespace of Events' own, or an object that a controller removed at once.
  if (found?.status === 404) return 1
  promise(found?.status === 200, `what was accepted cannot be read: ${found?.status} ${found?.body}`)
  for (const view of views) {
    const seen = await ask(target, get(own, view))
    promise(seen?.status === 200, `what was accepted cannot be read as ${view}: ${seen?.body}`)
  }
  const listed = await ask(target, get(`${path}?fieldSelector=metadata.name%3D${encodeURIComponent(name)}`))
  promise(listed?.status === 200 && JSON.parse(String(listed.body)).items.length === 1, `what was accepted is in no list: ${listed?.body}`)
  const watched = await ask(target, get(`${path}?watch=true&timeoutSeconds=0&fieldSelector=metadata.name%3D${encodeURIComponent(name)}`))
  promise(watched?.status === 200, `what was accepted cannot be watched: ${watched?.body}`)
  const written = await ask(target, { ...json('PUT', own, {}), body: found.body })
  promise(
    written !== undefined && [200, 409, 422].includes(written.status),
    `what was accepted cannot be written back: ${written?.status} ${written?.body}`,
  )
  await ask(target, json('PATCH', own, { metadata: { finalizers: null } }))
  const removed = await ask(target, json('DELETE', own, { gracePeriodSeconds: 0 }))
  promise(removed !== undefined && [200, 202, 404].includes(removed.status), `what was accepted cannot be removed: ${removed?.body}`)
  return views.length + 6
}

const admitted = json('POST', '/api/v1/namespaces/NS/configmaps?dryRun=All', {
  metadata: { name: 'admitted', labels: { fuzz: 'admitted' } },
  data: { a: 'b' },
})

/** Definitions of resources and their rules: most are only tried, some are put in force and an object is judged by them. */
export const schemas: Area<{ body: string; instance: string }> = {
  inputs: () => definitions,
  async send({ body, instance }, target) {
    await prepare(target)
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    const tried = await ask(target, { ...json('POST', `${path}?dryRun=All`, {}), body: Buffer.from(body) })
    if (tried?.status !== 201) return 1
    const put = JSON.parse(body)
    const { name } = put.metadata
    if (name !== 'sprockets.fuzz.example.com') return 1
    const known = await ask(target, get(`${path}/${name}`))
    const made =
      known?.status === 200
        ? await ask(
            target,
            json('PUT', `${path}/${name}`, {
              ...put,
              metadata: { ...put.metadata, resourceVersion: JSON.parse(String(known.body)).metadata.resourceVersion },
            }),
          )
        : await ask(target, json('POST', path, put))
    if (made === undefined || made.status >= 300) return 3
    const answer = await ask(target, {
      ...json('POST', '/apis/fuzz.example.com/v1/namespaces/NS/sprockets', {}),
      body: Buffer.from(instance),
    })
    if (answer?.status !== 201) return 4
    return 4 + (await follow(target, '/apis/fuzz.example.com/v1/namespaces/NS/sprockets', JSON.parse(String(answer.body)).metadata.name))
  },
  lanes: 2,
}

/** Policies of admission, in force for one kind of request. */
export const admissionPolicies: Area<{ path: string; policy: string; binding: string; name: string }> = {
  inputs: () => policies,
  async send({ path, policy, binding, name }, target) {
    await prepare(target)
    const made = await ask(target, { ...json('POST', path, {}), body: Buffer.from(policy) })
    if (made?.status !== 201) return 1
    await ask(target, { ...json('POST', `${path.replace(/policies$/, 'policybindings')}`, {}), body: Buffer.from(binding) })
    await ask(target, admitted)
    await ask(target, { method: 'DELETE', path: `${path.replace(/policies$/, 'policybindings')}/${name}`, headers: {} })
    await ask(target, { method: 'DELETE', path: `${path}/${name}`, headers: {} })
    return 5
  },
  lanes: 1,
}
