import type { KubeObject } from '../../apimachinery/object.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import type { Revision } from '../../storage/storage.ts'
import { escapeHtml } from '../responses.ts'

/** The object of a revision as a served version has it. */
export function objectOf(definition: ResourceDefinition, revision: Revision): KubeObject {
  return definition.codec.fromStorage === undefined ? revision.object : definition.codec.fromStorage(revision.object)
}

/** JSON of a revision, made once per served version and kept with the revision. */
export function encodeRevision(definition: ResourceDefinition, revision: Revision): Uint8Array {
  // Events are served by two groups under the same version.
  const form = definition.encodingForm ?? `${definition.group}/${definition.version}`
  let bytes = revision.encodings.get(form)
  if (bytes === undefined) {
    bytes = Buffer.from(escapeHtml(JSON.stringify(objectOf(definition, revision))))
    revision.encodings.set(form, bytes)
  }
  return bytes
}

const openBrace = Buffer.from('{')
const comma = Buffer.from(',')
const newline = Buffer.from('\n')

/** A List of revisions out of their bytes. Items of built-in kinds leave out what they are; the list says it. */
export function encodeList(definition: ResourceDefinition, revisions: readonly Revision[], metadata: ListMeta): Uint8Array {
  const groupVersion = definition.group === '' ? definition.version : `${definition.group}/${definition.version}`
  const head = definition.custom
    ? `{"apiVersion":${JSON.stringify(groupVersion)},"items":[`
    : `{"kind":${JSON.stringify(definition.listKind)},"apiVersion":${JSON.stringify(groupVersion)},"metadata":${JSON.stringify(metadata)},"items":[`
  const tail = definition.custom ? `],"kind":${JSON.stringify(definition.listKind)},"metadata":${JSON.stringify(metadata)}}\n` : ']}\n'
  const typePrefix = `{"kind":${JSON.stringify(definition.kind)},"apiVersion":${JSON.stringify(groupVersion)},`.length
  const parts: Uint8Array[] = [Buffer.from(head)]
  for (let i = 0; i < revisions.length; i++) {
    if (i > 0) parts.push(comma)
    const bytes = encodeRevision(definition, revisions[i]!)
    if (definition.custom) parts.push(bytes)
    else parts.push(openBrace, bytes.subarray(typePrefix))
  }
  parts.push(Buffer.from(tail))
  return Buffer.concat(parts)
}

export interface ListMeta {
  resourceVersion: string
  continue?: string
  remainingItemCount?: number
}

/** The answer to a GET: the bytes as they are kept, and the newline of Go's encoder. */
export const encodeObjectLine = (definition: ResourceDefinition, revision: Revision): Uint8Array =>
  Buffer.concat([encodeRevision(definition, revision), newline])

/** One line of a watch stream. Kept with the revision, so that all watchers share it. */
export function encodeWatchEvent(definition: ResourceDefinition, type: string, revision: Revision): Uint8Array {
  const form = `${definition.encodingForm ?? `${definition.group}/${definition.version}`} ${type}`
  let bytes = revision.encodings.get(form)
  if (bytes === undefined) {
    bytes = Buffer.concat([Buffer.from(`{"type":"${type}","object":`), encodeRevision(definition, revision), Buffer.from('}\n')])
    revision.encodings.set(form, bytes)
  }
  return bytes
}
