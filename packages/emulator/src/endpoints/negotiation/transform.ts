import type { KubeObject } from '../../apimachinery/object.ts'
import { newBadRequest, StatusError } from '../../apimachinery/status-error.ts'
import type { Revision } from '../../storage/storage.ts'
import type { RequestScope } from '../scope.ts'
import type { Printer } from '../services.ts'
import { type ListMeta, objectOf } from './encoding.ts'
import type { OutputFormat } from './output.ts'

/** One object as a Table or as its metadata alone (KEP-2334, "Server-side printing"). */
export function transformObject(scope: RequestScope, revision: Revision, { as, version }: OutputFormat): unknown {
  const object = objectOf(scope.definition, revision)
  if (as === 'Table') return tableOf(scope, [object], { resourceVersion: object.metadata.resourceVersion ?? '' }, version!)
  if (as === 'PartialObjectMetadataList') throw notThatForm(scope, as, 'not a list', '')
  return partialObject(object, version!)
}

/** A list in one of these forms. */
export function transformList(
  scope: RequestScope,
  revisions: readonly Revision[],
  { continue: next, ...listMeta }: ListMeta,
  { as, version }: OutputFormat,
): unknown {
  // Lists of custom resources say that they do not go on; these forms leave that out.
  const metadata: ListMeta = next ? { ...listMeta, continue: next } : listMeta
  const objects = revisions.map((revision) => objectOf(scope.definition, revision))
  if (as === 'Table') return tableOf(scope, objects, metadata, version!)
  if (as === 'PartialObjectMetadata') throw notThatForm(scope, as, 'a list', 'List')
  const apiVersion = `meta.k8s.io/${version}`
  const items = objects.length === 0 ? null : objects.map((object) => partialObject(object, version!))
  return { kind: 'PartialObjectMetadataList', apiVersion, metadata, items }
}

export const partialObject = ({ metadata }: KubeObject, version: string) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata,
})

function notThatForm({ definition }: RequestScope, as: string, is: string, suffix: string): StatusError {
  const internal = definition.custom
    ? '*unstructured.Unstructured'
    : `*${definition.group === '' ? 'core' : definition.group.split('.')[0]}.${definition.kind}`
  const message = `you requested ${as}, but the requested object is ${is} (${internal}${suffix})`
  return new StatusError({ code: 406, reason: 'NotAcceptable', message })
}

/** What rows carry of their object: the query's includeObject. */
function includedObject(scope: RequestScope, version: string): (object: KubeObject) => unknown {
  const include = scope.query.get('includeObject') ?? ''
  if (include === '' || include === 'Metadata') return (object) => partialObject(object, version)
  if (include === 'Object') return (object) => object
  if (include === 'None') return () => null
  const what = `includeObject: Invalid value: ${JSON.stringify(include)}: must be 'Metadata', 'Object', 'None', or empty`
  throw newBadRequest(`Unable to convert to Table as requested: ${what}`)
}

export function tableOf(scope: RequestScope, objects: readonly KubeObject[], metadata: ListMeta, version: string): unknown {
  const include = includedObject(scope, version)
  const printer = scope.services.printers.of(scope.definition)
  return printTable(printer, objects, metadata, version, include)
}

/** A Table of objects by a printer. */
export function printTable(
  { columns, cells, conditions, compare }: Printer,
  objects: readonly KubeObject[],
  metadata: ListMeta,
  version: string,
  include: (object: KubeObject) => unknown,
): unknown {
  const ordered = compare === undefined ? objects : [...objects].sort(compare)
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: columns,
    rows: ordered.map((object) => ({ cells: cells(object), conditions: conditions?.(object), object: include(object) })),
  }
}
