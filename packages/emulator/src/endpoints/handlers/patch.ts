import { deepCopy } from '../../apimachinery/deep-copy.ts'
import { formatGroupVersion } from '../../apimachinery/group-version.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import {
  APPLY_PATCH,
  type FieldValidation,
  JSON_PATCH,
  MERGE_PATCH,
  newInvalidPatch,
  type Patched,
  patchByJsonPatch,
  patchByMergePatch,
  patchByStrategicMerge,
  patchTypeOf,
  STRATEGIC_MERGE_PATCH,
} from '../../apimachinery/patch/apply-patch.ts'
import { markWrittenAsFloat } from '../../apimachinery/patch/number-texts.ts'
import { restoreMessage } from '../../apimachinery/patch/restore.ts'
import { kindOf } from '../../apimachinery/scheme/decode-body.ts'
import { treeOfValue } from '../../apimachinery/scheme/json-tree.ts'
import { newBadRequest, newNotFound, StatusError } from '../../apimachinery/status-error.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import { ensureNamespace } from '../../registry/store.ts'
import { readBody } from '../body.ts'
import type { ApiResponse } from '../http.ts'
import { negotiateOutput } from '../negotiation/output.ts'
import { parseWriteOptions, type WriteOptions } from '../options.ts'
import type { RequestScope } from '../scope.ts'
import { applyConfiguration } from './apply.ts'
import { respondObject } from './result.ts'
import { checkName, writeChange } from './update.ts'

export async function patchObject(scope: RequestScope): Promise<ApiResponse> {
  const { request, definition, info } = scope
  const patchType = patchTypeOf(request.headers['content-type'] ?? '', definition.custom)
  const format = negotiateOutput(request, { transforms: true })
  const body = await readBody(request)
  const options = parseWriteOptions(scope.query, 'PatchOptions', patchType === APPLY_PATCH)
  if (patchType === APPLY_PATCH) {
    const { revision, created } = await applyConfiguration(scope, options, body)
    return respondObject(scope, created ? 201 : 200, revision, format)
  }
  const text = Buffer.from(body).toString()
  const { revision } = await writeChange(scope, options, (existing) => {
    if (existing === undefined) throw newNotFound(definition, info.name)
    const object = patchedObject(scope, existing, patchType, text, options)
    ensureNamespace(object, definition.namespaced ? info.namespace : '')
    checkName(object, info.name)
    return object
  })
  return respondObject(scope, 200, revision, format)
}

/** The object that a patch makes of another, decoded and with defaults. */
export function patchedObject(
  scope: RequestScope,
  existing: KubeObject,
  patchType: string,
  text: string,
  options: WriteOptions,
): KubeObject {
  const { definition, warnings } = scope
  const validation = options.fieldValidation as FieldValidation
  if (!definition.custom && patchType !== STRATEGIC_MERGE_PATCH) refuseFloats(scope, existing, patchType, text, validation)
  const patched = applyPatch(scope, existing, patchType, text, validation)
  const { object, strictErrors } = decodePatched(scope, patched, validation)
  const complaints = [...patched.strictErrors, ...(patched.checkedFields ? [] : strictErrors)]
  if (validation === 'Strict' && complaints.length > 0) {
    throw newInvalidPatch(patched.shown(), `strict decoding error: ${complaints.join(', ')}`)
  }
  if (validation === 'Warn') for (const text of complaints) warnings.add(text)
  definition.strategy.applyDefaults?.(object)
  return object
}

/** @throws StatusError 422 where an integer is written as `1.0` */
function refuseFloats(scope: RequestScope, existing: KubeObject, patchType: string, text: string, validation: FieldValidation): void {
  const marked = markWrittenAsFloat(text)
  if (marked === undefined) return
  const patched = applyPatch(scope, existing, patchType, marked.text, validation)
  try {
    scope.definition.codec.decodeValue(patched.object)
  } catch (error) {
    if (error instanceof StatusError) throw error
    throw newInvalidPatch(marked.restore(patched.shown()), marked.restore((error as Error).message))
  }
}

function applyPatch(scope: RequestScope, existing: KubeObject, patchType: string, text: string, validation: FieldValidation): Patched {
  const current = deepCopy(existing)
  if (patchType === JSON_PATCH) return patchByJsonPatch(current, text, validation)
  if (patchType === MERGE_PATCH) return patchByMergePatch(current, text, validation)
  return patchByStrategicMerge(current, text, validation, scope.services.schemas.of(scope.definition))
}

function decodePatched({ definition, info, warnings }: RequestScope, patched: Patched, validation: FieldValidation) {
  try {
    // a strategic merge patch says what kind it is for, and no more
    if (definition.custom) refuseNoKind(patched)
    else if (!patched.checkedFields)
      refuseOtherKind(definition, patched, { name: info.name, validation, warn: (text) => warnings.add(text) })
    return definition.codec.decodeValue(patched.object)
  } catch (error) {
    if (error instanceof StatusError) throw error
    const { message } = error as Error
    throw newInvalidPatch(patched.shown(), patched.checkedFields ? restoreMessage(message) : message)
  }
}

function refuseNoKind({ object, shown }: Patched): void {
  const { kind } = kindOf({ value: object, plain: true, tree: () => treeOfValue(object) })
  if (kind === '') throw new Error(`Object 'Kind' is missing in '${shown()}'`)
}

/** Of an object that has become one of another kind, the decoder of bodies knows what to say. Without a version, the API server takes it
 * for one of its internal type, in which it finds no name.
 */
function refuseOtherKind(
  definition: ResourceDefinition,
  { object, shown }: Patched,
  { name, validation, warn }: { name: string; validation: FieldValidation; warn: (text: string) => void },
): void {
  const { apiVersion, kind } = (object ?? {}) as { apiVersion?: unknown; kind?: unknown }
  if (!Array.isArray(object)) kindOf({ value: object, plain: true, tree: () => treeOfValue(object) })
  if (!Array.isArray(object) && (apiVersion === undefined || apiVersion === null || apiVersion === '')) {
    const names = Object.keys(object as object).filter((key) => key !== 'kind' && key !== 'apiVersion')
    const unknown = names.sort().map((key) => `unknown field ${JSON.stringify(key)}`)
    if (validation === 'Strict' && unknown.length > 0) throw new Error(`strict decoding error: ${unknown.join(', ')}`)
    if (validation === 'Warn') unknown.forEach(warn)
    throw newBadRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  }
  if ((kind ?? definition.kind) === definition.kind && apiVersion === formatGroupVersion(definition)) return
  try {
    definition.codec.decode(Buffer.from(shown()), 'application/json', 'Ignore')
  } catch (error) {
    const { message } = error as Error
    const unrecognized = /^the object provided is unrecognized \(must be of type \w+\): (.*) \(.*\)$/s.exec(message)
    throw new Error(unrecognized?.[1] ?? message.replace(/^.*? cannot be handled as an? \S+: /s, ''))
  }
}
