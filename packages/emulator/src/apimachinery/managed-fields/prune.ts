import type { SchemaNode } from '../patch/schema.ts'
import { newPlainError, StatusError } from '../status-error.ts'
import { fieldsOf } from './applied-fields.ts'
import { difference, EMPTY, type FieldSet, intersection, isEmpty, union, withNamedFields } from './field-set.ts'
import type { Manager, Managers } from './managers.ts'
import type { OwnershipContext, VersionView } from './ownership.ts'
import { removeFields } from './remove.ts'

/** Removes what the applier applied last time, and neither it nor anybody else wants now (merge.Updater.prune). */
export function pruneMerged(merged: unknown, managers: Managers, last: Manager | undefined, context: OwnershipContext): unknown {
  if (last === undefined || isEmpty(last.fields)) return merged
  if (context.convert !== undefined) return pruneConverted(merged, managers, last, { ...context, convert: context.convert })
  const view = viewOf(last.apiVersion, context)
  if (view === undefined) return merged
  const inLastVersion = view.convert(merged)
  const { schema } = view
  const pruned = addBackOwned(inLastVersion, removeFields(inLastVersion, withNamedFields(last.fields, schema), schema), managers, schema)
  const kept = addBackDangling(inLastVersion, pruned, last.fields, schema)
  return last.apiVersion === context.apiVersion ? kept : removeSameFields(merged, inLastVersion, kept, schema, context)
}

function viewOf(apiVersion: string, context: OwnershipContext): VersionView | undefined {
  const same: VersionView = { schema: context.schema, convert: (object) => object }
  if (apiVersion === context.apiVersion || context.versionView === undefined) return same
  return context.versionView(apiVersion)
}

/** Without a way back from the other version, what went there goes here by its path. */
function removeSameFields(merged: unknown, before: unknown, after: unknown, schema: SchemaNode, context: OwnershipContext): unknown {
  const gone = difference(withNamedFields(fieldsOf(before, schema), schema), withNamedFields(fieldsOf(after, schema), schema))
  return removeFields(merged, gone, context.schema)
}

function addBackOwned(merged: unknown, pruned: unknown, managers: Managers, schema: SchemaNode): unknown {
  let owned: FieldSet = EMPTY
  for (const { fields } of managers.values()) owned = union(owned, fields)
  const named = (fields: FieldSet) => withNamedFields(fields, schema)
  const all = named(fieldsOf(merged, schema))
  return removeFields(merged, difference(all, union(named(fieldsOf(pruned, schema)), named(owned))), schema)
}

/** What the applier did not apply last time, stays. */
function addBackDangling(merged: unknown, pruned: unknown, last: FieldSet, schema: SchemaNode): unknown {
  const named = (fields: FieldSet) => withNamedFields(fields, schema)
  const gone = difference(named(fieldsOf(merged, schema)), named(fieldsOf(pruned, schema)))
  return removeFields(merged, intersection(gone, named(last)), schema)
}

type Converting = OwnershipContext & Required<Pick<OwnershipContext, 'convert'>>

/** Where versions differ: each manager's fields are added back in the manager's version. */
function pruneConverted(merged: unknown, managers: Managers, last: Manager, context: Converting): unknown {
  const schema = viewOf(last.apiVersion, context)?.schema
  if (schema === undefined) return merged
  const inLastVersion = explain(() => context.convert(merged, last.apiVersion), 'failed to convert merged object to last applied version')
  const start = { merged: inLastVersion, pruned: removeFields(inLastVersion, withNamedFields(last.fields, schema), schema) }
  const owned = new Map<string, FieldSet>()
  for (const { apiVersion, fields } of managers.values()) owned.set(apiVersion, union(owned.get(apiVersion) ?? EMPTY, fields))
  const others = [...owned.keys()].filter((apiVersion) => apiVersion !== last.apiVersion)
  const versions = owned.has(last.apiVersion) ? [last.apiVersion, ...others] : others
  const { pruned } = versions.reduce((state, apiVersion) => addBackInVersion(state, apiVersion, owned.get(apiVersion)!, context), start)
  const kept = addBackDangling(inLastVersion, context.convert(pruned, last.apiVersion), last.fields, schema)
  return context.convert(kept, context.apiVersion)
}

interface Pruning {
  merged: unknown
  pruned: unknown
}

function addBackInVersion(state: Pruning, apiVersion: string, owned: FieldSet, context: Converting): Pruning {
  const schema = viewOf(apiVersion, context)?.schema
  if (schema === undefined) return state
  const named = (fields: FieldSet) => withNamedFields(fields, schema)
  const inVersion = (what: keyof Pruning) =>
    explain(
      () => context.convert(state[what], apiVersion),
      `failed add back owned items: failed to convert ${what} object at version ${apiVersion}`,
    )
  const merged = inVersion('merged')
  const pruned = inVersion('pruned')
  const gone = difference(named(fieldsOf(merged, schema)), union(named(fieldsOf(pruned, schema)), named(owned)))
  return { merged, pruned: removeFields(merged, gone, schema) }
}

/** What a conversion fails with, after what it was for. */
function explain<T>(convert: () => T, what: string): T {
  try {
    return convert()
  } catch (error) {
    throw error instanceof StatusError ? newPlainError(`failed to prune fields: ${what}: ${error.message}`) : error
  }
}
