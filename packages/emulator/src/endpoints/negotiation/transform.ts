import type { KubeObject } from '../../apimachinery/object.ts'
import { newBadRequest, StatusError } from '../../apimachinery/status-error.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import type { Revision } from '../../storage/storage.ts'
import type { RequestScope } from '../scope.ts'
import type { Printer } from '../services.ts'
import { type ListMeta, objectOf } from './encoding.ts'
import type { OutputFormat } from './output.ts'

/** One object as a Table or as its metadata alone (KEP-2334, "Server-side printing"). */
export function transformObject(scope: RequestScope, revision: Revision, format: OutputFormat): unknown {
  const printer = scope.services.printers.of(scope.definition)
  return transformWith(scope, objectOf(scope.definition, revision), format, { printer, goType: goTypeOf(scope.definition) })
}

/** How a kind that may not be its resource's own is shown, and what the server calls it. */
export interface Shown {
  printer: Printer
  goType: string
}

export function transformWith(scope: RequestScope, object: KubeObject, { as, version }: OutputFormat, { printer, goType }: Shown): unknown {
  if (as === 'PartialObjectMetadataList') throw notThatForm(as, 'not a list', goType)
  if (as !== 'Table') return partialObject(scope.definition, object, version!)
  return printTable(
    printer,
    [object],
    { resourceVersion: object.metadata.resourceVersion ?? '' },
    version!,
    includedObject(scope, version!),
  )
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
  if (as === 'PartialObjectMetadata') throw notThatForm(as, 'a list', `${goTypeOf(scope.definition)}List`)
  const apiVersion = `meta.k8s.io/${version}`
  const items = objects.length === 0 ? null : objects.map((object) => partialObject(scope.definition, object, version!))
  return { kind: 'PartialObjectMetadataList', apiVersion, metadata, items }
}

export const partialObject = ({ strategy }: ResourceDefinition, { metadata }: KubeObject, version: string) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata: strategy.encodingAnnotations === undefined ? metadata : withoutAnnotations(metadata, strategy.encodingAnnotations),
})

function withoutAnnotations(metadata: KubeObject['metadata'], names: readonly string[]): KubeObject['metadata'] {
  const { annotations = {}, ...rest } = metadata
  const kept = Object.entries(annotations).filter(([name]) => !names.includes(name))
  return kept.length === 0 ? rest : { ...metadata, annotations: Object.fromEntries(kept) }
}

function goTypeOf({ custom, storageKind }: ResourceDefinition): string {
  const { group, kind } = storageKind
  return custom ? '*unstructured.Unstructured' : `*${group === '' ? 'core' : group.split('.')[0]}.${kind}`
}

function notThatForm(as: string, is: string, goType: string): StatusError {
  const message = `you requested ${as}, but the requested object is ${is} (${goType})`
  return new StatusError({ code: 406, reason: 'NotAcceptable', message })
}

/** What rows carry of their object: the query's includeObject. */
function includedObject(scope: RequestScope, version: string): (object: KubeObject) => unknown {
  const include = scope.query.get('includeObject') ?? ''
  if (include === '' || include === 'Metadata') return (object) => partialObject(scope.definition, object, version)
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
function printTable(
  { columns, cells, conditions, compare, generic }: Printer,
  objects: readonly KubeObject[],
  metadata: ListMeta,
  version: string,
  include: (object: KubeObject) => unknown,
): unknown {
  // A nil slice of Go.
  const none = generic && objects.length === 0
  const ordered = compare === undefined ? objects : [...objects].sort(compare)
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: columns,
    rows: none ? null : ordered.map((object) => ({ cells: cells(object), conditions: conditions?.(object), object: include(object) })),
  }
}
