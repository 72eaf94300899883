import type { Random } from '../../random-objects.ts'
import type { Area, Asked, Part } from '../area.ts'
import { pickKind, placed } from '../common.ts'
import { settled } from '../settled.ts'
import { kept } from './writes.ts'

const merge = 'application/merge-patch+json'

/** Objects with finalizers and owners, which are deleted one by one or together, in all ways there are. */
export const deletions: Area = {
  *round(random, namespace, name) {
    const each = pickKind(
      random,
      kept.filter(({ namespaced }) => namespaced),
    )
    const { list } = placed(each, namespace, name)
    const names = [`${name}-a`, `${name}-b`]
    for (const own of names) {
      const { body } = placed(each, namespace, own)
      const finalizers = random.pick<Part>([undefined, undefined, ['e.com/f'], ['foregroundDeletion'], ['orphan'], ['e.com/f', 'orphan']])
      const metadata = { ...body.metadata, labels: { ...body.metadata.labels, round: name, own }, ...(finalizers ? { finalizers } : {}) }
      const made = yield {
        method: 'POST',
        path: list,
        body: { ...body, metadata },
        save: { UID: 'metadata.uid', RV: 'metadata.resourceVersion' },
      }
      if (made.status !== 201) return
    }
    for (let again = 0; again < 4; again++) {
      const path = random.chance(0.3)
        ? `${list}?labelSelector=${random.pick([`round=${name}`, `own=${names[0]}`, `own in (${names})`])}&`
        : `${list}/${random.pick(names)}?`
      const told = yield deletion(random, path)
      for (const own of names) yield { path: `${list}/${own}`, ...settled(told.body) }
      if (random.chance(0.3)) {
        const metadata = { finalizers: random.pick<Part>([['e.com/f'], ['x.com/new'], [], null]), labels: { more: 'x' } }
        yield { method: 'PATCH', path: `${list}/${random.pick(names)}`, body: { metadata }, contentType: merge }
      }
    }
    for (const own of names) {
      yield { method: 'PATCH', path: `${list}/${own}`, body: { metadata: { finalizers: null } }, contentType: merge, setup: true }
      yield { method: 'DELETE', path: `${list}/${own}?gracePeriodSeconds=0`, setup: true }
    }
  },
}

function deletion(random: Random, path: string): Asked {
  const body: Part = {
    ...random.pick<Part>([
      {},
      {},
      {},
      { preconditions: { uid: '$UID' } },
      { preconditions: { uid: 'x' } },
      { preconditions: { resourceVersion: '$RV' } },
    ]),
    ...random.pick<Part>([
      {},
      {},
      { propagationPolicy: 'Background' },
      { propagationPolicy: 'Orphan' },
      { propagationPolicy: 'Foreground' },
      { orphanDependents: true },
      { orphanDependents: false },
    ]),
    ...random.pick<Part>([{}, {}, { gracePeriodSeconds: 0 }, { gracePeriodSeconds: 60 }, { gracePeriodSeconds: -1 }, { dryRun: ['All'] }]),
    ...(random.chance(0.05) ? { kind: random.pick(['DeleteOptions', 'Pod']), apiVersion: random.pick(['v1', 'apps/v1', 'x']) } : {}),
    ...(random.chance(0.05) ? { ignoreStoreReadErrorWithClusterBreakingPotential: random.chance(0.5) } : {}),
  }
  const query = random.pick([
    '',
    '',
    '',
    'propagationPolicy=Foreground',
    'gracePeriodSeconds=7',
    'dryRun=All',
    'orphanDependents=true',
    'propagationPolicy=Orphan&orphanDependents=true',
    'gracePeriodSeconds=0',
    'limit=1',
  ])
  return { method: 'DELETE', path: path + query, ...(random.chance(0.6) ? { body } : {}) }
}
