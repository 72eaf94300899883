import type { Random } from '../../random-objects.ts'
import type { Area, Part } from '../area.ts'
import { mutate } from '../mutate.ts'
import { named } from '../sound.ts'
import { kept } from './writes.ts'

const wrong: readonly Part[] = [
  { labels: { l: '-' } },
  { annotations: { '-': '' } },
  { finalizers: ['x'] },
  { ownerReferences: [{ name: 'x' }] },
  { uid: 'x' },
  { deletionGracePeriodSeconds: 3 },
  { name: 'A_b' },
  { name: 'a/b' },
  { name: '' },
  { generateName: 'gen-' },
  { generateName: 'A_' },
  { namespace: 'other' },
  { creationTimestamp: null, labels: { l: 'x y' } },
]

/** What is wrong with metadata, together with something else: which of both is told, and in which order. */
export const metadata: Area = {
  *round(random, namespace, name) {
    const each = random.pick(kept)
    const list = each.path.replace('/NS/', `/${namespace}/`)
    const body = JSON.parse(JSON.stringify(named(each.body, name)).replaceAll('"NS"', `"${namespace}"`))
    yield { method: 'POST', path: `${list}?dryRun=All`, body: withWrong(random, body) }
    yield { method: 'POST', path: list, body }
    for (let again = 0; again < 3; again++) yield { method: 'PUT', path: `${list}/${name}?dryRun=All`, body: withWrong(random, body) }
    yield { method: 'PUT', path: `${list}/${name}/status?dryRun=All`, body: withWrong(random, body) }
    yield { method: 'DELETE', path: `${list}/${name}` }
  },
}

function withWrong(random: Random, body: Part): Part {
  const changed = random.chance(0.8) ? mutate(random, body, 2) : body
  const wrongs = Object.assign({}, random.pick(wrong), random.pick(wrong))
  return { ...changed, metadata: { ...changed.metadata, ...wrongs } }
}
