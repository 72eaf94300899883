import type { SchemaNode } from '../patch/schema.ts'
import { EMPTY, type FieldSet, isEmpty, type MutableSet, makeNode, makeSet, memberSchema } from './field-set.ts'
import type { Managers } from './managers.ts'
import type { OwnershipContext } from './ownership.ts'

/** Sets that fit a schema as they are. */
const fitting = new WeakMap<SchemaNode, WeakSet<FieldSet>>()

/** Brings what managers own in line with a schema that has changed since: parts of what is one value now become the whole of it
 * (structured-merge-diff, ReconcileFieldSetWithSchema). Changes `managers`.
 */
export function reconcileManagers(managers: Managers, context: OwnershipContext): void {
  for (const [id, manager] of managers) {
    const schema = manager.apiVersion === context.apiVersion ? context.schema : context.versionView?.(manager.apiVersion)?.schema
    if (schema === undefined) continue
    const fields = reconcile(manager.fields, schema)
    if (fields !== manager.fields) managers.set(id, { ...manager, fields })
  }
}

function reconcile(fields: FieldSet, schema: SchemaNode): FieldSet {
  let known = fitting.get(schema)
  if (known === undefined) {
    known = new WeakSet()
    fitting.set(schema, known)
  }
  if (known.has(fields)) return fields
  const children = reconcileChildren(fields, schema)
  if (children !== undefined) return makeSet(children)
  known.add(fields)
  return fields
}

function reconcileNode(node: FieldSet, schema: SchemaNode): FieldSet {
  const { map, list, scalar } = schema
  const atomic = map !== undefined ? map.atomic : scalar === undefined && list?.associative === false
  if (isEmpty(node) || map?.deduced === true) return node
  if (atomic) return EMPTY
  const children = reconcileChildren(node, schema)
  return children === undefined ? node : (makeNode('.' in node, children) ?? EMPTY)
}

/** Undefined where nothing changes. */
function reconcileChildren(node: FieldSet, { map, list, scalar }: SchemaNode): MutableSet | undefined {
  const children: MutableSet = {}
  let changed = false
  for (const element in node) {
    if (element === '.') continue
    const child = node[element] as FieldSet
    const isField = element.startsWith('f:')
    const schema =
      map !== undefined
        ? isField
          ? memberSchema(map, element.slice(2))
          : map.element?.()
        : scalar === undefined
          ? list?.element()
          : undefined
    const reconciled = schema === undefined ? child : reconcileNode(child, schema)
    changed ||= reconciled !== child
    children[element] = reconciled
  }
  return changed ? children : undefined
}
