import type { Random } from '../../random-objects.ts'
import type { Area, Part } from '../area.ts'
import { pickKind, placed } from '../common.ts'
import { mutate } from '../mutate.ts'
import { settled } from '../settled.ts'
import { sound } from '../sound.ts'
import { kept } from './writes.ts'

const claims = sound.filter(({ body }) => body.kind === 'PersistentVolumeClaim')
const types = ['application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml']

/** Small changes of what is stored: of one field to another value that could be meant, immutable ones among them. */
export const updates: Area = {
  *round(random, namespace, name) {
    const { list, body } = placed(pickKind(random, [...kept, ...claims]), namespace, name)
    const made = yield { method: 'POST', path: `${list}?fieldManager=m`, body }
    if (made.status !== 201) return
    const path = `${list}/${name}`
    const own = { uid: '$UID', resourceVersion: '$RV' }
    for (let again = 0; again < 8; again++) {
      const dry = random.chance(0.5) ? '&dryRun=All' : ''
      yield { path, save: { RV: 'metadata.resourceVersion', UID: 'metadata.uid' }, setup: true }
      const next = random.chance(0.75) ? meant(random, body) : mutate(random, body, 1)
      const metadata = { ...next.metadata, ...(random.chance(0.3) ? own : {}) }
      const sent = { ...next, metadata }
      if (random.chance(0.4)) yield { method: 'PUT', path: `${path}?fieldManager=m${dry}`, body: sent }
      else
        yield {
          method: 'PATCH',
          path: `${path}?fieldManager=m&force=${random.chance(0.5)}${dry}`.replace(/&force=false/, ''),
          body: next,
          contentType: random.pick(types),
        }
    }
    const deleted = yield { method: 'DELETE', path }
    yield { path, ...settled(deleted.body) }
  },
}

/** A copy with one of its values replaced by another of its kind, or left out, or with a member of its neighbours. */
function meant(random: Random, body: Part): Part {
  const copy = structuredClone(body)
  const places: [owner: Part, key: string | number][] = []
  const walk = (owner: Part) => {
    for (const key of Array.isArray(owner) ? owner.keys() : Object.keys(owner)) {
      if (owner === copy && ['apiVersion', 'kind'].includes(String(key))) continue
      if (owner === copy.metadata && ['name', 'namespace'].includes(String(key))) continue
      places.push([owner, key])
      if (typeof owner[key] === 'object' && owner[key] !== null) walk(owner[key])
    }
  }
  walk(copy)
  const [owner, key] = random.pick(places)
  const value = owner[key]
  if (random.chance(0.25)) {
    if (Array.isArray(owner)) owner.splice(Number(key), 1)
    else delete owner[key]
  } else if (Array.isArray(value)) owner[key] = random.pick<Part>([[...value, ...value], value.slice(1), [...value].reverse(), []])
  else if (typeof value === 'object' && value !== null) owner[key] = random.pick<Part>([{}, { ...value, added: 'v' }])
  else if (typeof value === 'number') owner[key] = random.pick([value + 1, value - 1, 0, value * 2])
  else if (typeof value === 'boolean') owner[key] = !value
  else owner[key] = random.pick([`${value}x`, `x-${value}`, '', String(value).replace(/\d/, '7'), value])
  return copy
}
