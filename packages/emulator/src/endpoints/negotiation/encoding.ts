import { formatGroupVersion } from '../../apimachinery/group-version.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import type { Revision } from '../../storage/storage.ts'
import { escapeHtml } from '../responses.ts'
import { encodeToKeep, keptForm, knownForm, recentForm } from './kept-forms.ts'

/** The object of a revision as a served version has it. */
export function objectOf(definition: ResourceDefinition, revision: Revision): KubeObject {
  return definition.codec.fromStorage === undefined ? revision.object : definition.codec.fromStorage(revision.object)
}

/** JSON of a revision, made once per served version and kept with the revision. */
function encodeRevision(definition: ResourceDefinition, revision: Revision): Uint8Array {
  return keptForm(revision, formOf(definition), () => encodeToKeep(textOf(definition, revision)))
}

// Events are served by two groups under the same version.
const formOf = (definition: ResourceDefinition) => definition.encodingForm ?? `${definition.group}/${definition.version}`

const textOf = (definition: ResourceDefinition, revision: Revision) => escapeHtml(JSON.stringify(objectOf(definition, revision)))

/** As above, and not kept: a state that has been replaced is encoded for those who go on from the past, and seldom again. */
const encodeOnce = (definition: ResourceDefinition, revision: Revision): Uint8Array =>
  knownForm(revision, formOf(definition)) ?? Buffer.from(textOf(definition, revision))

const openBrace = Buffer.from('{')
const comma = Buffer.from(',')
const newline = Buffer.from('\n')

/** The items of a List out of their bytes. Items of built-in kinds leave out what they are; the list says it. */
function encodeItems(definition: ResourceDefinition, revisions: readonly Revision[]): Uint8Array[] {
  const typePrefix = `{"kind":${JSON.stringify(definition.kind)},"apiVersion":${JSON.stringify(formatGroupVersion(definition))},`.length
  const parts: Uint8Array[] = []
  for (let i = 0; i < revisions.length; i++) {
    if (i > 0) parts.push(comma)
    const bytes = encodeRevision(definition, revisions[i]!)
    if (definition.custom) parts.push(bytes)
    else parts.push(openBrace, bytes.subarray(typePrefix))
  }
  return parts
}

/** Makes Lists of these objects. What was made last is given again while its metadata stay the same, and its items are copied otherwise. */
export function listEncoder(definition: ResourceDefinition, revisions: readonly Revision[]): (metadata: ListMeta) => Uint8Array {
  let last: { meta: string; bytes: Uint8Array; items: Uint8Array } | undefined
  return (metadata) => {
    const meta = JSON.stringify(metadata)
    if (last?.meta === meta) return last.bytes
    const [head, tail] = encodeAround(definition, meta)
    const bytes = Buffer.concat([head, ...(last === undefined ? encodeItems(definition, revisions) : [last.items]), tail])
    last = { meta, bytes, items: bytes.subarray(head.length, bytes.length - tail.length) }
    return bytes
  }
}

/** What a List has before its items, and after. */
function encodeAround(definition: ResourceDefinition, meta: string): [head: Buffer, tail: Buffer] {
  const kind = JSON.stringify(definition.listKind)
  const apiVersion = JSON.stringify(formatGroupVersion(definition))
  const head = definition.custom
    ? `{"apiVersion":${apiVersion},"items":[`
    : `{"kind":${kind},"apiVersion":${apiVersion},"metadata":${meta},"items":[`
  const tail = definition.custom ? `],"kind":${kind},"metadata":${meta}}\n` : ']}\n'
  return [Buffer.from(head), Buffer.from(tail)]
}

export interface ListMeta {
  resourceVersion: string
  continue?: string
  remainingItemCount?: number
}

/**
 * An object as an answer, with the newline of Go's encoder. What is read may be read again; what was written is encoded for its watchers;
 * what is stored nowhere, such as a review, is for this answer alone.
 */
export function encodeObjectLine(definition: ResourceDefinition, revision: Revision, isRead: boolean): Uint8Array | string {
  if (isRead) return Buffer.concat([encodeRevision(definition, revision), newline])
  if (revision.revision === 0) return `${textOf(definition, revision)}\n`
  const form = formOf(definition)
  const known = knownForm(revision, form)
  if (known !== undefined) return Buffer.concat([known, newline])
  const line = Buffer.from(`${textOf(definition, revision)}\n`)
  recentForm(revision, form, () => line.subarray(0, -1))
  return line
}

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED'

/** Makes lines of a watch stream. They are kept for a while, so that all watchers share them. */
export function watchEventEncoder(definition: ResourceDefinition): (type: WatchEventType, revision: Revision) => Uint8Array {
  const form = formOf(definition)
  const forms = { ADDED: `${form} ADDED`, MODIFIED: `${form} MODIFIED`, DELETED: `${form} DELETED` }
  return (type, revision) =>
    recentForm(revision, forms[type], () =>
      Buffer.concat([Buffer.from(`{"type":"${type}","object":`), encodeOnce(definition, revision), Buffer.from('}\n')]),
    )
}
