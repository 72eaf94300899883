import type { Random } from '../../random-objects.ts'
import type { Area, Part } from '../area.ts'
import { pickKind, placed } from '../common.ts'
import { mutate } from '../mutate.ts'
import { statusOf } from '../states.ts'
import { kept } from './writes.ts'

/** One object that several managers apply parts of, with what conflicts, is forced, given up or taken away; also its status. */
export const applies: Area = {
  *round(random, namespace, name) {
    const { list, body } = placed(pickKind(random, kept), namespace, name)
    const { apiVersion, kind } = body
    const path = `${list}/${name}`
    const told = yield random.chance(0.5)
      ? { method: 'POST', path: `${list}?fieldManager=m1`, body }
      : { method: 'PATCH', path: `${path}?fieldManager=a1`, body, contentType: 'application/apply-patch+yaml' }
    if (told.status !== 201) return
    for (let again = 0; again < 7; again++) {
      const manager = random.pick(['a1', 'a1', 'a2', 'a3', 'm1'])
      const force = random.pick(['', '', '&force=true', '&force=true', '&force=false'])
      const makeStatus = statusOf[kind]
      const ofStatus = makeStatus !== undefined && random.chance(0.2)
      const part = ofStatus ? { status: makeStatus(random) } : chosen(random, random.chance(0.5) ? mutate(random, body, 1) : body)
      const applied = { ...part, apiVersion, kind, metadata: { ...part.metadata, name } }
      const target = `${path}${ofStatus ? '/status' : ''}?fieldManager=${manager}`
      switch (random.below(7)) {
        case 0:
          yield { method: 'PUT', path: target, body: { ...mutate(random, body, 1), ...(ofStatus ? part : {}) } }
          break
        case 1:
          yield { method: 'PATCH', path: target, body: part, contentType: 'application/merge-patch+json' }
          break
        case 2:
          yield { method: 'PATCH', path: target, body: applied, contentType: 'application/strategic-merge-patch+json' }
          break
        default:
          yield { method: 'PATCH', path: target + force, body: applied, contentType: 'application/apply-patch+yaml' }
      }
    }
    yield { path }
    yield { method: 'DELETE', path, setup: true }
  },
}

/** Some of an object: of lists whole elements, since their keys must be there. */
function chosen(random: Random, value: Part): Part {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.filter(() => random.chance(0.7))
  const members = Object.entries(value).filter(() => random.chance(0.75))
  return Object.fromEntries(members.map(([key, member]) => [key, chosen(random, member)]))
}
