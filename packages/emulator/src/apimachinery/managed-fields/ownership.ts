import type { SchemaNode } from '../patch/schema.ts'
import { type Comparison, compareObjects } from './compare.ts'
import { difference, EMPTY, type FieldSet, intersection, isEmpty, recursiveDifference, union } from './field-set.ts'
import { type Managers, setFields } from './managers.ts'
import { SchemaMismatch } from './path-element.ts'

/** How an object looks in another version of its API, for managers that wrote in that one. */
export interface VersionView {
  schema: SchemaNode
  convert(object: unknown): unknown
}

/** What tracking ownership needs to know of a resource. */
export interface OwnershipContext {
  /** The version of the request, such as `apps/v1`. */
  apiVersion: string
  schema: SchemaNode
  /** Paths that this writer cannot change, such as `status` on the main resource: nobody comes to own them. */
  resetFields?: FieldSet
  /** Whether `resetFields` are for the version of the request alone: seen in others, what this writer leaves out is gone. */
  resetsHereAlone?: boolean
  /** Other versions. Undefined: there is no such version, and its managers are forgotten. Absent: other versions are read as this one. */
  versionView?: (apiVersion: string) => VersionView | undefined
  /** Between any two versions, where they are more than names; throws what the conversion fails with. */
  convert?: (object: unknown, apiVersion: string) => unknown
  /** Of objects without a type of their own: a manager of a version that is gone, or a value that does not fit, ends the tracking. */
  untyped?: boolean
}

export interface Changes {
  comparison: Comparison
  /** What each of the other managers would lose to the change, by identity. */
  conflicts: Map<string, FieldSet>
  removed: Map<string, FieldSet>
  /** Managers of versions that are gone. */
  forgotten: string[]
}

/** What a change means for everyone but the one who makes it.
 * @throws SchemaMismatch
 */
export function findChanges(live: unknown, updated: unknown, managers: Managers, self: string, context: OwnershipContext): Changes {
  const comparison = withoutReset(compareObjects(live, updated, context.schema), context.resetFields)
  const versions = new Map<string, Comparison | undefined>([[context.apiVersion, comparison]])
  const changes: Changes = { comparison, conflicts: new Map(), removed: new Map(), forgotten: [] }
  for (const [id, { apiVersion, fields }] of managers) {
    if (id === self) continue
    if (!versions.has(apiVersion)) versions.set(apiVersion, compareInVersion(live, updated, apiVersion, context, comparison))
    const compared = versions.get(apiVersion)
    if (compared === undefined) changes.forgotten.push(id)
    else noteChanges(changes, id, fields, compared)
  }
  return changes
}

function compareInVersion(
  live: unknown,
  updated: unknown,
  apiVersion: string,
  context: OwnershipContext,
  same: Comparison,
): Comparison | undefined {
  if (context.versionView === undefined) return same
  const view = context.versionView(apiVersion)
  if (view === undefined && context.untyped === true) throw new SchemaMismatch(`no version ${apiVersion}`)
  if (view === undefined) return undefined
  const compared = compareObjects(view.convert(live), view.convert(updated), view.schema)
  return context.resetsHereAlone === true ? compared : withoutReset(compared, context.resetFields)
}

function noteChanges(changes: Changes, id: string, fields: FieldSet, { removed, modified, added }: Comparison): void {
  const lost = union(intersection(fields, modified), intersection(fields, added))
  if (!isEmpty(lost)) changes.conflicts.set(id, lost)
  if (!isEmpty(removed)) changes.removed.set(id, removed)
}

function withoutReset(comparison: Comparison, reset: FieldSet = EMPTY): Comparison {
  if (isEmpty(reset)) return comparison
  const { removed, modified, added } = comparison
  return {
    removed: recursiveDifference(removed, reset),
    modified: recursiveDifference(modified, reset),
    added: recursiveDifference(added, reset),
  }
}

/** Takes from the others what they lose. */
export function takeOver(managers: Managers, { conflicts, removed, forgotten }: Changes): void {
  for (const id of forgotten) managers.delete(id)
  for (const lost of [conflicts, removed]) {
    for (const [id, fields] of lost) setFields(managers, id, difference(managers.get(id)?.fields ?? EMPTY, fields))
  }
}

const path = (...names: string[]): FieldSet => names.reduceRight<FieldSet>((below, name) => ({ [`f:${name}`]: below }), EMPTY)

/** Fields that the server owns, and that nobody else ever does. */
const SERVER_FIELDS: FieldSet = {
  ...path('apiVersion'),
  ...path('kind'),
  'f:metadata': {
    '.': EMPTY,
    ...path('name'),
    ...path('namespace'),
    ...path('creationTimestamp'),
    ...path('selfLink'),
    ...path('uid'),
    ...path('clusterName'),
    ...path('generation'),
    ...path('managedFields'),
    ...path('resourceVersion'),
  },
}

export const withoutServerFields = (fields: FieldSet): FieldSet => difference(fields, SERVER_FIELDS)

/** A set of paths such as `status` or `metadata.labels`. */
export function pathSet(...paths: string[]): FieldSet {
  return paths.reduce<FieldSet>((set, text) => union(set, path(...text.split('.'))), EMPTY)
}
