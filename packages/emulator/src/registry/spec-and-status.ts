/** What the strategies of most kinds do to spec, status and generation before an object is stored. */
import { deepCopy } from '../apimachinery/deep-copy.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import type { Fields } from '../apimachinery/validation/index.ts'
import type { Strategy, SubresourceStrategy } from './strategy.ts'

/** Whether two values in canonical form differ, where null and an empty list mean nothing, as an absent value does (Go: Semantic.DeepEqual). */
export function differ(a: unknown, b: unknown): boolean {
  if (a === b || (isNothing(a) && isNothing(b))) return false
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return true
  if (Array.isArray(a) || Array.isArray(b)) {
    return !Array.isArray(a) || !Array.isArray(b) || a.length !== b.length || a.some((item, i) => differ(item, b[i]))
  }
  const [left, right] = [a as Fields, b as Fields]
  return Object.keys({ ...left, ...right }).some((key) => differ(left[key], right[key]))
}

const isNothing = (value: unknown) => value === undefined || value === null || (Array.isArray(value) && value.length === 0)

/** Takes a field from the stored object, whatever the client sent. */
export function keepField(object: Fields, old: Fields, field: string): void {
  if (old[field] === undefined) delete object[field]
  else object[field] = deepCopy(old[field])
}

/** Raises the generation, if the condition holds. */
export function raiseGeneration(object: KubeObject, old: KubeObject, condition: boolean): void {
  if (condition) object.metadata.generation = (old.metadata.generation ?? 0) + 1
}

export interface SpecAndStatus {
  /** The kind's status as the server first writes it: what is not left out when empty. Absent: the kind has no status. */
  emptyStatus?: Fields
  /** The field whose change raises the generation. Default: spec. */
  content?: string
  /** The kind keeps no generation. */
  withoutGeneration?: boolean
}

/** The common life of an object: a client writes the spec, which raises the generation; its status starts empty and stays as it is. */
export function specAndStatus({
  emptyStatus,
  content = 'spec',
  withoutGeneration,
}: SpecAndStatus): Required<Pick<Strategy, 'prepareForCreate' | 'prepareForUpdate'>> {
  return {
    prepareForCreate(object) {
      if (emptyStatus !== undefined) object['status'] = deepCopy(emptyStatus)
      if (!withoutGeneration) object.metadata.generation = 1
    },
    prepareForUpdate(object, old) {
      if (emptyStatus !== undefined) keepField(object, old, 'status')
      if (!withoutGeneration) raiseGeneration(object, old, differ(object[content], old[content]))
    },
  }
}

/** Updates of `NAME/status`: the spec stays, labels and annotations may change. */
export const statusOnly: Required<Pick<SubresourceStrategy, 'prepareForUpdate'>> = {
  prepareForUpdate: (object, old) => keepField(object, old, 'spec'),
}

/** Updates of `NAME/status` where all of the metadata stays too, but for managedFields (metav1.ResetObjectMetaForStatus). */
export const statusWithoutMetadata: Required<Pick<SubresourceStrategy, 'prepareForUpdate'>> = {
  prepareForUpdate(object, old) {
    keepField(object, old, 'spec')
    keepMetadata(object, old)
  },
}

export function keepMetadata(object: KubeObject, old: KubeObject): void {
  const kept = ['deletionTimestamp', 'generation', 'selfLink', 'labels', 'annotations', 'finalizers', 'ownerReferences']
  for (const field of kept) keepField(object.metadata, old.metadata, field)
}
