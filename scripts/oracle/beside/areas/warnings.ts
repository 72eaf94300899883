import type { Random } from '../../random-objects.ts'
import type { Area, Part } from '../area.ts'
import { pickKind, placed } from '../common.ts'
import { type Sound, sound } from '../sound.ts'
import { elsewhere, inPods } from '../warned.ts'

const podSpecOf = (body: Part): Part =>
  body.kind === 'Pod' ? body.spec : (body.spec?.template?.spec ?? body.template?.spec ?? body.spec?.jobTemplate?.spec?.template?.spec)
const podMetadataOf = (body: Part): Part => {
  const owner = body.kind === 'Pod' ? body : (body.spec?.template ?? body.template ?? body.spec?.jobTemplate?.spec?.template)
  owner.metadata ??= {}
  return owner.metadata
}
/** Values that a server takes, and warns of: on create, and on update of what had them and what had not. */
export const warnings: Area = {
  *round(random, namespace, name) {
    const each = pickKind(random, sound)
    const { list, body } = placed(each, namespace, name)
    const validation = random.pick(['', '', '&fieldValidation=Strict', '&fieldValidation=Ignore'])
    const wrong = [warned(random, body), warned(random, body)]
    yield { method: 'POST', path: `${list}?dryRun=All${validation}`, body: wrong[0] }
    if (!isKeepable(each)) return
    const made = yield { method: 'POST', path: list, body: random.pick([body, wrong[0], wrong[0]]) }
    if (made.status !== 201) return
    const path = `${list}/${made.body.metadata.name}`
    const fitting = (part: Part) => ({ ...part, metadata: { ...part.metadata, name: made.body.metadata.name } })
    for (const next of [wrong[1], body, wrong[0]]) {
      yield { method: 'PUT', path: `${path}?dryRun=All${validation}`, body: fitting(next) }
      const contentType = random.pick([
        'application/merge-patch+json',
        'application/strategic-merge-patch+json',
        'application/apply-patch+yaml',
      ])
      yield { method: 'PATCH', path: `${path}?dryRun=All${validation}&fieldManager=m`, body: fitting(next), contentType }
    }
    yield { method: 'DELETE', path, setup: true }
  },
}

const isKeepable = ({ namespaced, body }: Sound) =>
  (namespaced && !['ResourceQuota', 'LimitRange', 'PersistentVolumeClaim'].includes(body.kind)) ||
  ['PersistentVolume', 'RuntimeClass', 'Node', 'StorageClass'].includes(body.kind)

function warned(random: Random, object: Part): Part {
  const body = structuredClone(object)
  const spec = podSpecOf(body)
  for (let change = 1 + random.below(2); change > 0; change--) {
    const own = elsewhere.filter(([kind]) => kind === body.kind)
    if (spec !== undefined && Array.isArray(spec.containers) && random.chance(0.7)) random.pick(inPods)(spec, podMetadataOf(body), random)
    else if (own.length > 0 && random.chance(0.8)) random.pick(own)[1](body, random)
    else random.pick(elsewhere.filter(([kind]) => kind === '*'))[1](body, random)
  }
  return body
}
