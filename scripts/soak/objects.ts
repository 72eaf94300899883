import { kinds, objectOf, shards, stampAnnotation } from './kinds.ts'
import { oneOf, weighted } from './random.ts'
import { carryOut, insist, isRefused, type WriterContext } from './requests.ts'
import { createSlotWriter, type Slot, type SlotWriter, slotOf, versioned } from './slots.ts'

const slotsOfKind = 6
const escapedStamp = `/metadata/annotations/${stampAnnotation.replace('/', '~1')}`

export interface Writing {
  /** Changes one object in one of many ways. */
  change(): Promise<void>
  /** Makes some objects and deletes them with one request. */
  deleteTogether(): Promise<void>
}

export function createWriting(context: WriterContext): Writing {
  const { writer, random, tell } = context
  const to = createSlotWriter(context)
  const slots = kinds.flatMap((kind) => Array.from({ length: slotsOfKind }, (_, i) => slotOf(kind, `${writer}-${i}`)))
  return {
    async change() {
      const slot = oneOf(random, slots)
      const way = slot.object === undefined ? (random() < 0.7 ? create : apply) : weighted(random, slot.kind.custom ? customWays : ways)
      await way(to, slot)
    },
    async deleteTogether() {
      const kind = oneOf(random, kinds)
      const batch = to.marks().stamp
      const batched = [0, 1, 2].map((i) => slotOf(kind, `${batch}-${i}`))
      for (const slot of batched) {
        const { name } = slot
        const object = objectOf(kind, name, { stamp: name, shard: oneOf(random, shards), labels: { batch } })
        await to.write(slot, 'create', name, 'POST', kind.path, object)
      }
      const answer = await insist(context, 'DELETE', `${kind.path}?labelSelector=batch%3D${batch}`)
      if (answer.status !== 200) tell({ problem: `delete of a collection: ${JSON.stringify(answer)}` })
      else for (const slot of batched) if (slot.object !== undefined) to.forget(slot)
    },
  }
}

type Way = (to: SlotWriter, slot: Slot) => Promise<void>

const create: Way = (to, slot) => {
  const marks = to.marks()
  return to.write(slot, 'create', marks.stamp, 'POST', slot.kind.path, objectOf(slot.kind, slot.name, marks))
}

const apply: Way = (to, slot) => {
  const marks = to.marks()
  const path = `${slot.path}?fieldManager=${to.writer}&force=true`
  return to.write(slot, 'apply', marks.stamp, 'PATCH', path, objectOf(slot.kind, slot.name, marks), 'application/apply-patch+yaml')
}

const update: Way = (to, slot) => {
  const marks = to.marks()
  return to.write(slot, 'update', marks.stamp, 'PUT', slot.path, versioned(slot, marks, slot.object!.metadata.resourceVersion))
}

const patch =
  (type: 'merge' | 'strategic-merge'): Way =>
  (to, slot) => {
    const marks = to.marks()
    const object = versioned(slot, marks, slot.object!.metadata.resourceVersion)
    return to.write(slot, type, marks.stamp, 'PATCH', slot.path, object, `application/${type}-patch+json`)
  }

const jsonPatch: Way = (to, slot) => {
  const { stamp, shard } = to.marks()
  const operations = [
    { op: 'test', path: '/metadata/resourceVersion', value: slot.object!.metadata.resourceVersion },
    { op: 'replace', path: escapedStamp, value: stamp },
    { op: 'replace', path: '/metadata/labels/shard', value: shard },
  ]
  return to.write(slot, 'JSON patch', stamp, 'PATCH', slot.path, operations, 'application/json-patch+json')
}

/** The status changes, and nothing else: the stamp stays. */
const updateStatus: Way = async (to, slot) => {
  const { stamp: note } = to.marks()
  const object = { ...slot.object!, status: { note } }
  const result = await carryOut(to, slot.path, ({ status }) => status?.note === note, 'PUT', `${slot.path}/status`, object)
  if (isRefused(result)) to.complain(slot, 'status', result)
  else to.acknowledge(slot, result)
}

/** What changes nothing is no change: no event, no new version. */
const updateWithSame: Way = async (to, slot) => {
  const answer = await insist(to, 'PUT', slot.path, slot.object)
  if (answer.body?.metadata?.resourceVersion !== slot.object!.metadata.resourceVersion) to.complain(slot, 'update with the same', answer)
}

/** Refused: what was read is not what there is. */
const updateStale: Way = async (to, slot) => {
  if (slot.stale === undefined || slot.stale === slot.object!.metadata.resourceVersion) return update(to, slot)
  const answer = await insist(to, 'PUT', slot.path, versioned(slot, to.marks(), slot.stale))
  if (answer.status !== 409) to.complain(slot, 'update of an older version', answer)
  else to.tell({ conflict: true })
}

/** Refused: the fields are another manager's. */
const applyAsIntruder: Way = async (to, slot) => {
  const object = objectOf(slot.kind, slot.name, to.marks())
  const answer = await insist(to, 'PATCH', `${slot.path}?fieldManager=intruder`, object, 'application/apply-patch+yaml')
  if (answer.status !== 409) to.complain(slot, "apply of another's fields", answer)
  else to.tell({ conflict: true })
}

const remove: Way = async (to, slot) => {
  const { uid, resourceVersion } = slot.object!.metadata
  const answer = await insist(to, 'DELETE', slot.path, { preconditions: { uid, resourceVersion } })
  // It is gone if an earlier attempt has done it.
  if (answer.status !== 200 && !(answer.status === 404 && answer.again)) to.complain(slot, 'delete', answer)
  else to.forget(slot)
}

const common: ReadonlyArray<readonly [weight: number, way: Way]> = [
  [25, update],
  [15, patch('merge')],
  [10, jsonPatch],
  [15, apply],
  [4, updateWithSame],
  [5, updateStale],
  [3, applyAsIntruder],
  [10, remove],
]
const ways = [...common, [15, patch('strategic-merge')] as const]
const customWays = [...common, [15, updateStatus] as const]
