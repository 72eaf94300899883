import { deepFreeze } from '../../apimachinery/deep-freeze.ts'
import { formatGroupVersion } from '../../apimachinery/group-version.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { sortMembers, type UnstructuredDecoder } from '../../apimachinery/scheme/unstructured.ts'
import type { ObjectCodec } from '../resource.ts'
import type { CustomResourceDefinition, DefinitionVersion } from './definition-object.ts'
import { applySchemaDefaults, pruneNulls } from './schema/defaults.ts'
import { coerceEmbedded } from './schema/embedded.ts'
import { pruneUnknown } from './schema/prune.ts'
import type { JsonSchema } from './schema/types.ts'

/** The codec of one version of a custom resource. */
export function createCustomCodec(crd: CustomResourceDefinition, version: DefinitionVersion, decoder: UnstructuredDecoder): ObjectCodec {
  const gvk = { group: crd.spec.group, version: version.name, kind: crd.status.acceptedNames.kind }
  const apiVersion = formatGroupVersion(gvk)
  const storage = crd.spec.versions.find((each) => each.storage)!
  const storedVersion = formatGroupVersion({ group: gvk.group, version: storage.name })
  const schemas = new Map(crd.spec.versions.map((each) => [formatGroupVersion({ group: gvk.group, version: each.name }), schemaOf(each)]))
  const preserve = crd.spec.preserveUnknownFields === true
  const prune = (object: KubeObject) => (object.kind === gvk.kind ? coerce(object, schemas.get(object.apiVersion), preserve, decoder) : [])
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

  const readStored = (stored: KubeObject): KubeObject => {
    const object = sortMembers(stored) as KubeObject
    prune(object)
    applySchemaDefaults(object, schemas.get(object.apiVersion))
    if (object.apiVersion !== apiVersion) {
      object.apiVersion = apiVersion
      prune(object)
    }
    return deepFreeze(object)
  }

  return {
    decode(bytes, mediaType, fieldValidation) {
      const decoded = decoder.decodeBody(bytes, mediaType, gvk, { fieldValidation: fieldValidation as 'Warn', prune })
      checkMetadata(decoded.object)
      return decoded
    },
    decodeValue(value) {
      const decoded = decoder.decodeValue(value, { prune })
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

/**
 * Does to a custom resource what decoding into its type does to a built-in one: unknown fields and forbidden nulls go, embedded metadata is
 * checked. Returns the paths of unknown fields.
 * @throws Error with the text of the server's decoder
 */
function coerce(object: KubeObject, schema: JsonSchema | undefined, preserve: boolean, decoder: UnstructuredDecoder): string[] {
  const unknown = preserve ? [] : pruneUnknown(object, schema)
  if (!preserve) pruneNulls(object, schema)
  return [...unknown, ...coerceEmbedded(object, schema, decoder)]
}
