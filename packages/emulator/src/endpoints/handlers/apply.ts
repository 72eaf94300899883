import { formatTime } from '../../apimachinery/clock.ts'
import { deepCopy } from '../../apimachinery/deep-copy.ts'
import { applyObject } from '../../apimachinery/managed-fields/apply.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { restore, restoreMessage } from '../../apimachinery/patch/restore.ts'
import { newBadRequest, newConflict, newPlainError, StatusError } from '../../apimachinery/status-error.ts'
import { ensureNamespace } from '../../registry/store.ts'
import type { UpdateResult } from '../../registry/update.ts'
import { ownershipContext, zeroObject } from '../managed-fields.ts'
import type { WriteOptions } from '../options.ts'
import type { RequestScope } from '../scope.ts'
import { type Convert, withConversions } from '../version-conversions.ts'
import { parseApplied } from './applied-body.ts'
import { checkName, writeChange } from './update.ts'

/** Server-side apply. */
export async function applyConfiguration(scope: RequestScope, options: WriteOptions, body: Uint8Array): Promise<UpdateResult> {
  const { definition, info } = scope
  const change = async (existing: KubeObject | undefined) => {
    const object = await withConversions(definition, (convert) => appliedObject(scope, options, body, existing, convert))
    const { uid = '', resourceVersion = '' } = object.metadata
    if (existing === undefined && !/^\d*$/.test(resourceVersion)) {
      throw newPlainError(`strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`)
    }
    if (existing === undefined && uid !== '') {
      throw newConflict(definition, info.name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`)
    }
    ensureNamespace(object, definition.namespaced ? info.namespace : '')
    checkName(object, info.name)
    return object
  }
  return writeChange(scope, options, change, { forceAllowCreate: info.subresource === '', managedFields: false })
}

/** The object after the apply, decoded and with defaults. */
export function appliedObject(
  scope: RequestScope,
  options: WriteOptions,
  body: Uint8Array,
  existing: KubeObject | undefined,
  convert?: Convert,
): KubeObject {
  const { definition, services, info, clock } = scope
  const configuration = parseApplied(body)
  const zero = zeroObject(definition)
  const { object: merged, managedFields } = applyObject({
    ...ownershipContext(scope, services.schemas, convert),
    live: existing ?? zero,
    zero,
    applied: configuration.value,
    gvk: { group: definition.group, version: definition.version, kind: definition.kind },
    manager: options.fieldManager,
    force: options.force ?? false,
    subresource: info.subresource,
    now: formatTime(clock.now()),
  })
  reportDuplicates(scope, options, configuration.duplicates)
  const object = decode(scope, merged, configuration.value)
  definition.strategy.applyDefaults?.(object)
  if (managedFields !== undefined) object.metadata.managedFields = managedFields
  return object
}

function reportDuplicates({ warnings }: RequestScope, { fieldValidation }: WriteOptions, duplicates: string | undefined): void {
  if (duplicates === undefined || fieldValidation === 'Ignore') return
  if (fieldValidation === 'Strict') throw newBadRequest(`error strict decoding YAML: error converting YAML to JSON: ${duplicates}`)
  const [, ...lines] = duplicates.split('\n')
  for (const line of lines) warnings.add(line.trim())
}

function decode({ definition, services }: RequestScope, merged: KubeObject, configuration: unknown): KubeObject {
  try {
    const object = deepCopy(merged)
    const { error } = definition.custom ? {} : restore(object, services.schemas.of(definition))
    if (error !== undefined) throw new Error(error)
    // What an apply has emptied has become null, and stays so until it is validated.
    return definition.codec.decodeValue(object, true).object
  } catch (error) {
    if (error instanceof StatusError) throw error
    const { namespace = '', name = '' } = (configuration as Partial<KubeObject>).metadata ?? {}
    const kind = `${definition.group}/${definition.version}, Kind=${definition.kind}`
    const why = `unable to convert unstructured object to ${kind}: ${restoreMessage((error as Error).message)}`
    throw newPlainError(`failed to convert new object (${namespace}/${name}; ${kind}) to proper version: ${why}`)
  }
}
