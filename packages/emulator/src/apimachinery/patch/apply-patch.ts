import { invalid } from '../field-error.ts'
import { newBadRequest, newInvalid, newRequestEntityTooLarge, newUnsupportedMediaType, StatusError } from '../status-error.ts'
import { goJson, goValue, isObject, type JsonObject } from './json-object.ts'
import { applyJsonPatch, type JsonPatchOperation, OTHER_TEXT } from './json-patch.ts'
import { JsonSyntaxError, jsonTypeName, type ParsedPatch, parsePatch } from './json-text.ts'
import { applyMergePatch, withoutNulls } from './merge-patch.ts'
import { restore } from './restore.ts'
import type { SchemaNode } from './schema.ts'
import { applyStrategicMergePatch } from './strategic-merge.ts'

/** How a request asks for unknown and duplicate fields to be treated (`fieldValidation`). */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'

export const JSON_PATCH = 'application/json-patch+json'
export const MERGE_PATCH = 'application/merge-patch+json'
export const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json'
export const APPLY_PATCH = 'application/apply-patch+yaml'

export interface Patched {
  /** What the patch made, not yet decoded: it may be no valid object at all. */
  object: unknown
  /** Complaints of strict decoding, for warnings or for `Strict`'s error. */
  strictErrors: string[]
  /** Whether the complaints have the object's unknown fields among them. Otherwise decoding the object finds more. */
  checkedFields: boolean
  /** What an error about the object shows (see `newInvalidPatch`). */
  shown: () => string
}

const MAX_OPERATIONS = 10_000

/** The media type of a patch: the header without its parameters.
 * @throws StatusError 415. Built-in resources answer from the router, custom resources list what they take.
 */
export function patchTypeOf(contentType: string, isCustomResource: boolean): string {
  const type = contentType.split(';', 1)[0] ?? ''
  const accepted = [JSON_PATCH, MERGE_PATCH, ...(isCustomResource ? [] : [STRATEGIC_MERGE_PATCH]), APPLY_PATCH]
  if (accepted.includes(type)) return type
  if (isCustomResource) {
    throw newUnsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`)
  }
  throw new StatusError({ code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} })
}

/** Applies the text of a JSON patch to an object in its wire form.
 * @throws StatusError 400 when the text is no patch, 413 for too many operations, 422 when it does not apply
 */
export function patchByJsonPatch(current: JsonObject, text: string, validation: FieldValidation): Patched {
  const { value, duplicates } = decode(text, validation)
  const strictErrors = validation === 'Ignore' ? [] : checkOperations(value, duplicates)
  if (validation === 'Ignore') checkLoosely(value)
  const operations = (value ?? []) as JsonPatchOperation[]
  if (operations.length > MAX_OPERATIONS) {
    throw newRequestEntityTooLarge(`The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`)
  }
  return patched(applyJsonPatch(current, withSourceTexts(text, operations)), strictErrors)
}

const patched = (object: unknown, strictErrors: string[]): Patched => ({
  object,
  strictErrors,
  checkedFields: false,
  shown: () => goJson(object),
})

/** Applies the text of a JSON merge patch.
 * @throws StatusError 400 when the text is no merge patch
 */
export function patchByMergePatch(current: JsonObject, text: string, validation: FieldValidation): Patched {
  const { value, duplicates } = decode(text, validation, { loose: 'Invalid JSON Patch' })
  if (value === null) throw newBadRequest('Invalid JSON Patch')
  if (isObject(value)) {
    return patched(applyMergePatch(current, value), validation === 'Ignore' ? [] : duplicates.map(duplicateField))
  }
  if (validation !== 'Ignore') {
    throw newBadRequest(`error decoding patch: json: cannot unmarshal ${jsonTypeName(value)} into Go value of type map[string]interface {}`)
  }
  if (!Array.isArray(value)) throw newBadRequest('Invalid JSON Patch')
  return patched(withoutNulls(value), [])
}

/** Applies the text of a strategic merge patch.
 * @throws StatusError 400 when the text is no patch, 422 when the result is of a wrong type, 500 when the patch does not fit
 */
export function patchByStrategicMerge(current: JsonObject, text: string, validation: FieldValidation, schema: SchemaNode): Patched {
  const { value, duplicates } = decode(text, validation, { prefix: '' })
  if (value !== null && !isObject(value)) {
    throw newBadRequest(`json: cannot unmarshal ${jsonTypeName(value)} into Go value of type map[string]interface {}`)
  }
  const object = applyStrategicMergePatch(current, value ?? {}, schema)
  const { error, unknownFields } = restore(object, schema)
  const shown = () => goValue(value ?? {})
  if (error !== undefined) throw newInvalidPatch(shown(), error)
  const complaints = [...duplicates.map(duplicateField), ...unknownFields.map((path) => `unknown field ${JSON.stringify(path)}`)]
  return { object, strictErrors: validation === 'Ignore' ? [] : complaints, checkedFields: true, shown }
}

/** 422: what a patch made cannot be decoded. `shown` is the whole patched object, or the strategic merge patch. */
export function newInvalidPatch(shown: string, why: string): StatusError {
  return newInvalid({ group: '', kind: '' }, '', [invalid('patch', shown, why)])
}

const duplicateField = (path: string): string => `duplicate field ${JSON.stringify(path)}`

function decode(
  text: string,
  validation: FieldValidation,
  { loose, prefix = 'error decoding patch: ' }: { loose?: string; prefix?: string } = {},
): ParsedPatch {
  try {
    return parsePatch(text)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    if (validation !== 'Ignore') throw newBadRequest(`${prefix}${error.message}`)
    throw newBadRequest(loose ?? error.message)
  }
}

const OPERATION_MEMBERS = ['op', 'path', 'from', 'value']

/** Strict decoding into a list of operations. Types are looked at in the order of the text. */
function checkOperations(value: unknown, duplicates: readonly string[]): string[] {
  if (value === null) return []
  const cannot = (what: unknown, into: string) =>
    newBadRequest(`error decoding patch: json: cannot unmarshal ${jsonTypeName(what)} into Go ${into}`)
  if (!Array.isArray(value)) throw cannot(value, 'value of type []handlers.jsonPatchOp')
  const unknown: string[] = []
  for (const [index, operation] of value.entries()) {
    if (operation === null) continue
    if (!isObject(operation)) throw cannot(operation, 'value of type handlers.jsonPatchOp')
    for (const [key, member] of Object.entries(operation)) {
      if (!OPERATION_MEMBERS.includes(key)) unknown.push(`json patch unknown field "[${index}].${key}"`)
      else if (key !== 'value' && member !== null && typeof member !== 'string') {
        throw cannot(member, `struct field jsonPatchOp.${key} of type string`)
      }
    }
  }
  return [...unknown, ...duplicates.map((path) => `json patch ${duplicateField(path)}`)]
}

function checkLoosely(value: unknown): void {
  if (value === null) return
  const wrong = Array.isArray(value) ? value.find((operation) => operation !== null && !isObject(operation)) : value
  if (wrong === undefined) return
  throw newBadRequest(
    `json: cannot unmarshal ${jsonTypeName(wrong)} into Go value of type jsonpatch.${Array.isArray(value) ? 'Operation' : 'Patch'}`,
  )
}

/** `test` compares the texts of strings: one that is written another way than the API server's is not equal to it. */
function withSourceTexts(text: string, operations: readonly JsonPatchOperation[]): readonly JsonPatchOperation[] {
  if (!/[<>&\\\u2028\u2029]/.test(text) || !operations.some((operation) => operation?.op === 'test')) return operations
  const revive = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'string' && context?.source !== undefined && context.source !== goJson(value) ? OTHER_TEXT : value
  const raw = JSON.parse(text, revive as (key: string, value: unknown) => unknown) as JsonPatchOperation[]
  return operations.map((operation, index) => (operation?.op === 'test' ? { ...operation, value: raw[index]?.value } : operation))
}
