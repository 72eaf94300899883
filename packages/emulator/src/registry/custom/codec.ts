import { deepFreeze } from '../../apimachinery/deep-freeze.ts'
import { formatGroupVersion, parseGroupVersion } from '../../apimachinery/group-version.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { sortMembers, type UnstructuredDecoder } from '../../apimachinery/scheme/unstructured.ts'
import type { Collection, Revision } from '../../storage/storage.ts'
import type { ObjectCodec } from '../resource.ts'
import type { WebhookConversion } from './conversion/index.ts'
import type { CustomResourceDefinition, DefinitionVersion } from './definition-object.ts'
import { applySchemaDefaults, pruneNulls } from './schema/defaults.ts'
import { coerceEmbedded } from './schema/embedded.ts'
import { pruneUnknown } from './schema/prune.ts'
import type { JsonSchema } from './schema/types.ts'

export interface CustomCodec extends ObjectCodec {
  /** Converts what a request may read, where that takes a webhook; undefined if there is nothing to wait for. `key`: of one object alone. */
  prepareReading?(collection: Collection, key: string | undefined, writes: boolean): Promise<void> | undefined
}

/** The codec of one version of a custom resource. */
export function createCustomCodec(
  crd: CustomResourceDefinition,
  version: DefinitionVersion,
  decoder: UnstructuredDecoder,
  conversion: WebhookConversion | undefined,
): CustomCodec {
  const gvk = { group: crd.spec.group, version: version.name, kind: crd.status.acceptedNames.kind }
  const apiVersion = formatGroupVersion(gvk)
  const storage = crd.spec.versions.find((each) => each.storage)!
  const storedVersion = formatGroupVersion({ group: gvk.group, version: storage.name })
  const schemas = new Map(crd.spec.versions.map((each) => [formatGroupVersion({ group: gvk.group, version: each.name }), schemaOf(each)]))
  const preserve = crd.spec.preserveUnknownFields === true
  const pruneUnlessOther = (object: KubeObject, keepNulls: boolean) => {
    if (object.kind !== gvk.kind || parseGroupVersion(object.apiVersion ?? '')?.group !== gvk.group) return []
    return coerce(object, schemas.get(object.apiVersion), { preserve, keepNulls: keepNulls || preserve, decoder })
  }
  const prune = (object: KubeObject) => pruneUnlessOther(object, false)
  const read = new WeakMap<KubeObject, KubeObject>()

  /** A stored object as the definition has it now: pruned, with defaults, and in this version. */
  const fromStorage = (stored: KubeObject): KubeObject => {
    let object = read.get(stored)
    if (object === undefined) {
      object = readStored(stored)
      read.set(stored, object)
    }
    return object
  }

  /** Still in the version that it was stored in. */
  const decodeStored = (stored: KubeObject): KubeObject => {
    const object = sortMembers(stored) as KubeObject
    prune(object)
    applySchemaDefaults(object, schemas.get(object.apiVersion))
    return object
  }

  const readStored = (stored: KubeObject): KubeObject => {
    const object = decodeStored(stored)
    return object.apiVersion === apiVersion ? deepFreeze(object) : converted(conversion?.known(object, apiVersion) ?? object)
  }

  const converted = (object: KubeObject): KubeObject => {
    object.apiVersion = apiVersion
    prune(object)
    return deepFreeze(object)
  }

  const prepareReading = (collection: Collection, key: string | undefined, writes: boolean): Promise<void> | undefined => {
    conversion!.wanted.add(apiVersion)
    const isOther = ({ object }: Revision) => object.apiVersion !== apiVersion
    const one = key === undefined ? undefined : collection.get(key)
    const others = (key === undefined ? collection.list('') : one === undefined ? [] : [one]).filter(isOther)
    // Lists, watches and writes begin with what was converted once, as in a server with a watch cache; what is asked for alone is not.
    if (key !== undefined && !writes) return others.length === 0 ? undefined : readAnew(others[0]!.object)
    const missing = others.filter(({ object }) => !read.has(object))
    if (missing.length === 0) return undefined
    const readOne = async ({ object: stored }: Revision) => {
      const known = conversion!.known(decodeStored(stored), apiVersion)
      if (known === undefined) await readAnew(stored)
      else read.set(stored, converted(known))
    }
    return Promise.all(missing.map(readOne)).then(() => {})
  }

  const readAnew = async (stored: KubeObject): Promise<void> => {
    read.set(stored, converted(await conversion!.convert(decodeStored(stored), apiVersion)))
  }

  const convertToStorage = async (object: KubeObject): Promise<KubeObject> => {
    let stored = sortMembers(object) as KubeObject
    if (stored.apiVersion !== storedVersion) {
      stored = await conversion!.convert(stored, storedVersion)
      prune(stored)
    }
    await conversion!.foresee(decodeStored(stored), apiVersion)
    return stored
  }

  return {
    ...(conversion === undefined ? {} : { prepareReading, convertToStorage, convertVersion: conversion.ask }),
    decode(bytes, mediaType, fieldValidation) {
      const decoded = decoder.decodeBody(bytes, mediaType, gvk, { fieldValidation: fieldValidation as 'Warn', prune })
      checkMetadata(decoded.object)
      return decoded
    },
    decodeValue(value, keepNulls = false) {
      const decoded = decoder.decodeValue(value, { prune: (object) => pruneUnlessOther(object, keepNulls) })
      checkMetadata(decoded.object)
      return decoded
    },
    normalize: (object) => sortMembers(object) as KubeObject,
    toStorage: (object) => ({ ...object, apiVersion: storedVersion }),
    fromStorage,
  }
}

const schemaOf = ({ schema }: DefinitionVersion): JsonSchema | undefined => schema?.openAPIV3Schema

/** Gives an object the metadata that it came without. */
function checkMetadata(object: KubeObject): void {
  object.metadata ??= {}
}

interface Coercion {
  preserve: boolean
  keepNulls: boolean
  decoder: UnstructuredDecoder
}

/**
 * Does to a custom resource what decoding into its type does to a built-in one: unknown fields and forbidden nulls go, embedded metadata is
 * checked. Returns the paths of unknown fields.
 * @throws Error with the text of the server's decoder
 */
function coerce(object: KubeObject, schema: JsonSchema | undefined, { preserve, keepNulls, decoder }: Coercion): string[] {
  const unknown = preserve ? [] : pruneUnknown(object, schema)
  if (!keepNulls) pruneNulls(object, schema)
  return [...unknown, ...coerceEmbedded(object, schema, decoder)]
}
