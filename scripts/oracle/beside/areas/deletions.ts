import type { Random } from '../../random-objects.ts'
import type { Area, Asked, Part } from '../area.ts'
import { pickKind, placed } from '../common.ts'
import { settled } from '../settled.ts'
import { kept } from './writes.ts'

const merge = 'application/merge-patch+json'

/**
 * Objects with finalizers of somebody's, or with such that the garbage collector takes away: not both, since what is seen of the latter would
 * depend on when it does. They are deleted one by one or together, in all ways there are.
 */
export const deletions: Area = {
  *round(random, namespace, name) {
    const each = pickKind(
      random,
      kept.filter(({ namespaced }) => namespaced),
    )
    const { list } = placed(each, namespace, name)
    const isHeld = random.chance(0.6)
    const names = [`${name}-a`, `${name}-b`]
    for (const own of names) {
      const { body } = placed(each, namespace, own)
      const finalizers = isHeld ? random.pick<Part>([undefined, ['e.com/f'], ['e.com/g', 'e.com/f']]) : undefined
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
      const told = yield deletion(random, path, isHeld)
      for (const own of names) yield { path: `${list}/${own}`, ...settled(told.body) }
      if (isHeld && random.chance(0.3)) {
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

const collected: readonly Part[] = [{ propagationPolicy: 'Orphan' }, { propagationPolicy: 'Foreground' }, { orphanDependents: true }]

function deletion(random: Random, path: string, isHeld: boolean): Asked {
  const body: Part = {
    ...random.pick<Part>([
      {},
      {},
      {},
      { preconditions: { uid: '$UID' } },
      { preconditions: { uid: 'x' } },
      { preconditions: { resourceVersion: '$RV' } },
    ]),
    ...random.pick<Part>([{}, {}, { propagationPolicy: 'Background' }, { orphanDependents: false }, ...(isHeld ? [] : collected)]),
    ...random.pick<Part>([{}, {}, { gracePeriodSeconds: 0 }, { gracePeriodSeconds: 60 }, { gracePeriodSeconds: -1 }, { dryRun: ['All'] }]),
    ...(random.chance(0.05) ? { kind: random.pick(['DeleteOptions', 'Pod']), apiVersion: random.pick(['v1', 'apps/v1', 'x']) } : {}),
    ...(random.chance(0.05) ? { ignoreStoreReadErrorWithClusterBreakingPotential: random.chance(0.5) } : {}),
  }
  const query = random.pick([
    ...['', '', '', 'gracePeriodSeconds=7', 'dryRun=All', 'gracePeriodSeconds=0', 'limit=1'],
    ...(isHeld ? [] : ['propagationPolicy=Foreground', 'orphanDependents=true', 'propagationPolicy=Orphan&orphanDependents=true']),
  ])
  return { method: 'DELETE', path: path + query, ...(random.chance(0.6) ? { body } : {}) }
}
