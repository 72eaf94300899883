import fc from 'fast-check'
import { hostileValue, type Json, jsonBody, Members, mutated, render, type Tree, treeOf } from './json.ts'
import { type Manifest, manifests } from './manifests.ts'
import { patchOf, patchTypes } from './patches.ts'
import { protobufBody } from './protobuf.ts'
import { anyText, fieldSelector, labelSelector } from './texts.ts'
import { typedManifest } from './typed.ts'
import { yamlBody } from './yaml.ts'

/** One request; `NS` in its path stands for the namespace of the run. */
export interface BodyRequest {
  method: string
  path: string
  headers: { readonly [name: string]: string }
  body?: Buffer
}

/** Few, so that requests meet each other's objects. */
const objectName = fc.oneof({ weight: 20, arbitrary: fc.constantFrom('a', 'b') }, { weight: 1, arbitrary: anyText })
const pathName = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('a', 'b') },
  { weight: 1, arbitrary: anyText.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 300) || 'x') },
)

export const accept = fc.constantFrom(
  ...Array.from({ length: 12 }, () => 'application/json'),
  ...['application/yaml', 'application/vnd.kubernetes.protobuf', 'application/cbor', '*/*', ''],
  'application/json;as=Table;g=meta.k8s.io;v=v1',
  'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
  'application/json;as=Table;g=meta.k8s.io;v=v1,application/json',
)

const parameter = fc.oneof(
  fc.constantFrom(
    'fieldValidation=Strict',
    'fieldValidation=Ignore',
    'fieldValidation=Warn',
    'fieldValidation=x',
    'dryRun=All',
    'dryRun=x',
    'force=true',
    'force=x',
    'fieldManager=m',
    'fieldManager=',
    'pretty=true',
  ),
  fc.constantFrom(
    `fieldManager=${'m'.repeat(200)}`,
    'fieldManager=%00',
    'gracePeriodSeconds=0',
    'gracePeriodSeconds=-1',
    'gracePeriodSeconds=99999999999999999999',
    'propagationPolicy=x',
    'propagationPolicy=Foreground',
    'orphanDependents=true',
  ),
  anyText.map((text) => `fieldManager=${encodeURIComponent(text.toWellFormed()).slice(0, 400)}`),
)
export const query = (always: string) =>
  fc
    .oneof({ weight: 2, arbitrary: fc.constant<string[]>([]) }, { weight: 1, arbitrary: fc.array(parameter, { maxLength: 2 }) })
    .map((parameters) => [...(always === '' ? [] : [always]), ...parameters].join('&'))
    .map((text) => (text === '' ? '' : `?${text}`))

/** The whole of a sound object. */
function soundObject({ apiVersion, kind, body }: Manifest, name: string): { readonly [key: string]: Json } {
  const { metadata, ...rest } = body as { metadata?: { readonly [key: string]: Json } }
  return { apiVersion, kind, metadata: { ...metadata, name }, ...rest }
}

/** Objects of a kind: sound ones with a few changes, and heaps of fields of the right types. */
export function objectTree(manifest: Manifest, name: fc.Arbitrary<string> = objectName): fc.Arbitrary<Tree> {
  const sound = name.map((named) => treeOf(soundObject(manifest, named)))
  return fc.oneof(
    { weight: 3, arbitrary: mutated(sound) },
    { weight: 2, arbitrary: typedManifest(manifest.apiVersion, manifest.kind, name) },
    { weight: 1, arbitrary: grafted(manifest, name) },
  )
}

/** A sound object, some of whose fields come from a heap. */
function grafted(manifest: Manifest, name: fc.Arbitrary<string>): fc.Arbitrary<Tree> {
  return fc
    .tuple(name, typedManifest(manifest.apiVersion, manifest.kind, name))
    .map(([named, heap]) => graft(treeOf(soundObject(manifest, named)), heap, 0))
}

function graft(sound: Tree, heap: Tree, depth: number): Tree {
  if (Array.isArray(sound) && Array.isArray(heap))
    return sound.map((item, at) => (heap[at] === undefined ? item : graft(item, heap[at], depth + 1)))
  if (!(sound instanceof Members) || !(heap instanceof Members)) return depth < 2 ? sound : heap
  const more = heap.pairs.filter(([key]) => !sound.pairs.some(([known]) => known === key))
  return new Members([
    ...sound.pairs.map(([key, value]): [string, Tree] => [
      key,
      graft(value, heap.pairs.find(([other]) => other === key)?.[1] ?? value, depth + 1),
    ]),
    ...more,
  ])
}

/** A body in one of the encodings, and the header that says which. */
export function bodyOf(manifest: Manifest, tree: fc.Arbitrary<Tree>): fc.Arbitrary<{ type: string; body: Buffer }> {
  return fc.oneof(
    { weight: 6, arbitrary: jsonBody(tree).map((body) => ({ type: 'application/json', body })) },
    { weight: 2, arbitrary: yamlBody(tree).map((body) => ({ type: 'application/yaml', body })) },
    {
      weight: 2,
      arbitrary: protobufBody(manifest.apiVersion, manifest.kind, tree).map((body) => ({
        type: 'application/vnd.kubernetes.protobuf',
        body,
      })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          jsonBody(tree),
          fc.constantFrom(
            '',
            'text/plain',
            'application/cbor',
            'application/json; charset=utf-16',
            'application/JSON',
            'application/yaml;x',
            'application/vnd.kubernetes.protobuf',
          ),
        )
        .map(([body, type]) => ({ type, body })),
    },
  )
}

export const headersOf = (type: string, accepted: string) => ({
  ...(type === '' ? {} : { 'content-type': type }),
  ...(accepted === '' ? {} : { accept: accepted }),
})

function writes(manifest: Manifest): fc.Arbitrary<BodyRequest> {
  const tree = objectTree(manifest)
  const create = fc
    .tuple(bodyOf(manifest, tree), query(''), accept)
    .map(([{ type, body }, text, accepted]) => ({ method: 'POST', path: manifest.path + text, headers: headersOf(type, accepted), body }))
  const update = fc
    .tuple(bodyOf(manifest, tree), pathName, query(''), accept, fc.constantFrom('', '', '', '/status'))
    .map(([{ type, body }, name, text, accepted, sub]) => ({
      method: 'PUT',
      path: `${manifest.path}/${name}${sub}${text}`,
      headers: headersOf(type, accepted),
      body,
    }))
  return fc.oneof({ weight: 3, arbitrary: create }, { weight: 2, arbitrary: update })
}

function patches(manifest: Manifest): fc.Arbitrary<BodyRequest> {
  const patch = patchOf(soundObject(manifest, 'a'), objectTree(manifest, fc.constantFrom('a', 'b')))
  const body = patch.chain(({ type, tree }) => {
    const encoded = type === patchTypes.apply ? yamlBody(fc.constant(tree)) : jsonBody(fc.constant(tree))
    return encoded.map((bytes) => ({ type, body: bytes }))
  })
  return fc
    .tuple(body, pathName, query('fieldManager=f'), accept, fc.constantFrom('', '', '', '', '/status', '/scale'))
    .map(([{ type, body: bytes }, name, text, accepted, sub]) => ({
      method: 'PATCH',
      path: `${manifest.path}/${name}${sub}${text}`,
      headers: headersOf(type, accepted),
      body: bytes,
    }))
}

export const deleteOptions = {
  apiVersion: 'v1',
  kind: 'DeleteOptions',
  gracePeriodSeconds: 0,
  propagationPolicy: 'Background',
  preconditions: { uid: 'u', resourceVersion: '1' },
  dryRun: ['All'],
  orphanDependents: true,
}

const deletions: Manifest = { apiVersion: 'v1', kind: 'DeleteOptions', path: '', body: deleteOptions }

function deletes({ path }: Manifest): fc.Arbitrary<BodyRequest> {
  const options = fc.subarray(Object.entries(deleteOptions)).map((chosen) => treeOf(Object.fromEntries(chosen)))
  const plain = fc
    .tuple(pathName, accept)
    .map(([name, accepted]) => ({ method: 'DELETE', path: `${path}/${name}`, headers: headersOf('', accepted) }))
  const withBody = fc
    .tuple(pathName, query(''), bodyOf(deletions, fc.oneof(mutated(options), hostileValue)))
    .map(([name, text, { type, body }]) => ({ method: 'DELETE', path: `${path}/${name}${text}`, headers: headersOf(type, ''), body }))
  return fc.oneof({ weight: 2, arbitrary: plain }, { weight: 2, arbitrary: withBody })
}

const wellFormed = (text: string) => encodeURIComponent(text.toWellFormed()).slice(0, 12_000)
const listParameter = fc.oneof(
  labelSelector.map((text) => `labelSelector=${wellFormed(text)}`),
  fieldSelector.map((text) => `fieldSelector=${wellFormed(text)}`),
  fc.constantFrom(
    'limit=1',
    'limit=-1',
    'limit=x',
    'continue=x',
    'continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ',
    'resourceVersion=0',
    'resourceVersion=x',
    'resourceVersionMatch=Exact',
    'timeoutSeconds=-1',
    'sendInitialEvents=true',
  ),
)

function reads({ path }: Manifest): fc.Arbitrary<BodyRequest> {
  const one = fc
    .tuple(pathName, accept, fc.constantFrom('', '', '', '/status', '/scale'))
    .map(([name, accepted, sub]) => ({ method: 'GET', path: `${path}/${name}${sub}`, headers: headersOf('', accepted) }))
  const list = fc
    .tuple(fc.array(listParameter, { maxLength: 3 }), accept)
    .map(([parameters, accepted]) => ({ method: 'GET', path: `${path}?${parameters.join('&')}`, headers: headersOf('', accepted) }))
  return fc.oneof(one, { weight: 3, arbitrary: list })
}

/** Makes sound objects, for others to be tried on. */
export const seeds = fc.tuple(fc.constantFrom(...manifests), fc.constantFrom('a', 'b')).map(([manifest, name]) => ({
  method: 'POST',
  path: manifest.path,
  headers: headersOf('application/json', 'application/json'),
  body: Buffer.from(render(treeOf(soundObject(manifest, name)))),
}))

const perKind = (make: (manifest: Manifest) => fc.Arbitrary<BodyRequest>) => fc.oneof(...manifests.map(make))

export const bodyRequests = {
  writes: perKind(writes),
  patches: perKind(patches),
  deletes: perKind(deletes),
  reads: perKind(reads),
}
