import type { Call } from './connections.ts'
import { type Kind, type KubeObject, type Marks, objectOf, shards, stampAnnotation } from './kinds.ts'
import { between, oneOf } from './random.ts'
import { carryOut, isRefused, type WriterContext } from './requests.ts'

/** An object that one writer alone writes, so that it knows what it is. */
export interface Slot {
  kind: Kind
  name: string
  /** Its path. */
  path: string
  /** As it was acknowledged last; undefined while there is none. */
  object: KubeObject | undefined
  /** A version from before the last change. */
  stale: string | undefined
}

export const slotOf = (kind: Kind, name: string): Slot => ({
  kind,
  name,
  path: `${kind.path}/${name}`,
  object: undefined,
  stale: undefined,
})

const stampOf = ({ metadata }: KubeObject) => metadata.annotations?.[stampAnnotation]

/** Writes to slots, and tells of them. */
export interface SlotWriter extends WriterContext {
  /** Something new to write. */
  marks(): Marks
  /** A write that leaves a stamp. */
  write(slot: Slot, how: string, stamp: string, ...request: Parameters<Call>): Promise<void>
  /** The object is as this answer says. */
  acknowledge(slot: Slot, object: KubeObject): void
  /** The object is gone. */
  forget(slot: Slot): void
  /** The server has not done what it should. */
  complain(slot: Slot, how: string, answer: object): void
}

export function createSlotWriter(context: WriterContext): SlotWriter {
  const { writer, random, tell } = context
  let count = 0
  const complain: SlotWriter['complain'] = ({ kind, name }, how, answer) =>
    tell({ problem: `${how} of ${kind.resource} ${name}: ${JSON.stringify(answer)}` })
  const acknowledge: SlotWriter['acknowledge'] = (slot, object) => {
    slot.stale = slot.object?.metadata.resourceVersion
    slot.object = object
    const { resourceVersion: version } = object.metadata
    tell({ wrote: { resource: slot.kind.resource, name: slot.name, stamp: stampOf(object)!, version } })
  }
  return {
    ...context,
    marks() {
      count++
      return {
        stamp: `${writer}-${count}`,
        shard: oneOf(random, shards),
        labels: { writer },
        padding: 'x'.repeat(between(random, 0, 3000)),
      }
    },
    async write(slot, how, stamp, ...request) {
      const result = await carryOut(context, slot.path, (object) => stampOf(object) === stamp, ...request)
      if (isRefused(result)) return complain(slot, how, result)
      if (stampOf(result) !== stamp) complain(slot, how, result)
      acknowledge(slot, result)
    },
    acknowledge,
    forget(slot) {
      const { uid } = slot.object!.metadata
      slot.object = undefined
      slot.stale = undefined
      tell({ deleted: { resource: slot.kind.resource, name: slot.name, uid } })
    },
    complain,
  }
}

/** An object of the slot with these marks, to replace that of a version. */
export function versioned({ kind, name }: Slot, marks: Marks, resourceVersion: string): object {
  const object = objectOf(kind, name, marks)
  return { ...object, metadata: { ...object.metadata, resourceVersion } }
}
