import { readSteps } from '../../../test/conformance/variants/replay.ts'
import { manifests } from '../../fuzz/bodies/manifests.ts'
import { moreKinds } from '../more-kinds.ts'
import { createRandom } from '../random-objects.ts'
import type { Part } from './area.ts'

/** A sound object without a name, and the path of its list, `NS` standing for the namespace. */
export interface Sound {
  body: Part
  path: string
  namespaced: boolean
}

const everything = { ...createRandom(1), chance: () => true, some: <T>(items: readonly T[]) => [...items] }

/** Recorded objects that use many fields; only the finalizers of these steps are wrong. */
const rich = readSteps('objects').flatMap(({ id, path, body }) => {
  if (!id.endsWith('metadata.finalizers ["x"]')) return []
  const { metadata: _, ...rest } = body as Part
  const list = path.replace('?dryRun=All', '').replace('/exact-objects/', '/NS/')
  // What others may have taken is asked for by another area.
  const free = JSON.parse(
    JSON.stringify(rest)
      .replaceAll(/"(nodePort|healthCheckNodePort)":\d+,?/g, '')
      .replaceAll(',}', '}'),
  )
  return [{ path: list, body: { ...free, metadata: { labels: { l: 'v' } } } }]
})

/** Sound objects of all kinds: plain ones, and some that use many fields. */
export const sound: readonly Sound[] = [
  ...manifests
    .filter(({ kind }) => kind !== 'Gizmo')
    .map(({ apiVersion, kind, path, body }) => ({ path, body: { apiVersion, kind, ...body } })),
  ...moreKinds.map(({ apiVersion, kind, path, make }) => ({ path: `/${path}`, body: { apiVersion, kind, ...make(everything, 'x') } })),
  ...rich,
].map((each) => ({ ...each, namespaced: each.path.includes('/namespaces/NS/') }))

export const named = (body: Part, name: string): Part => ({ ...body, metadata: { ...body.metadata, name } })
