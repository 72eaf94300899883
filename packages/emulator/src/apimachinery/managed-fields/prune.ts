import type { SchemaNode } from '../patch/schema.ts'
import { fieldsOf } from './applied-fields.ts'
import { difference, EMPTY, type FieldSet, intersection, isEmpty, union, withNamedFields } from './field-set.ts'
import type { Manager, Managers } from './managers.ts'
import type { OwnershipContext, VersionView } from './ownership.ts'
import { removeFields } from './remove.ts'

/** Removes what the applier applied last time, and neither it nor anybody else wants now (merge.Updater.prune). */
export function pruneMerged(merged: unknown, managers: Managers, last: Manager | undefined, context: OwnershipContext): unknown {
  if (last === undefined || isEmpty(last.fields)) return merged
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
