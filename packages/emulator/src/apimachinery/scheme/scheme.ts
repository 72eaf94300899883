import type { Facts } from '../../facts/types.ts'
import { formatGroupVersion, type GroupVersionKind } from '../group-version.ts'
import type { KubeObject } from '../object.ts'
import { keepEmptied } from './emptied.ts'
import { decodeCarefully } from './go-decoder.ts'
import { type JsonNode, treeOfValue } from './json-tree.ts'
import { createShapes, irregular, type Shape } from './shape.ts'
import { createTypeTable, type TypeTable } from './types.ts'

export interface DecodeOptions {
  /** Looks for unknown and duplicate fields. */
  strict?: boolean
}

export interface Decoded {
  object: KubeObject
  /** Such as `unknown field "spec.bogus"`, in the order of the text. */
  strictErrors: string[]
}

/** What is known of a text beyond its value; see `parseJson`. */
export interface DecodeSource {
  value: unknown
  plain: boolean
  tree(): JsonNode
}

/** The built-in kinds of a Kubernetes version: from JSON to the canonical form, in which the server stores and shows an object. */
export interface Scheme {
  readonly facts: Facts
  readonly types: TypeTable
  /** The name of a kind's type; undefined for kinds that are not built in. */
  typeOf(gvk: GroupVersionKind): string | undefined
  /**
   * What Go's decoder and encoder would make of a JSON value: known fields only, in the order of the Go struct, zero values present or
   * absent as Go writes them, quantities and times in canonical form. kind and apiVersion come out as `gvk` says. Throws an Error with
   * Go's text where a value does not fit its type.
   */
  decode(gvk: GroupVersionKind, json: unknown, options?: DecodeOptions): Decoded
  /** The same for JSON text, where members may come twice and numbers have a spelling. */
  decodeSource(gvk: GroupVersionKind, source: DecodeSource, options?: DecodeOptions): Decoded
  /** Brings an object that was changed in code into canonical form. Throws as `decode` does. */
  normalize<T extends object>(gvk: GroupVersionKind, object: T): T
  /** The same for a type that is not a kind, by its name in the facts, such as `k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta`. */
  decodeType(typeName: string, json: unknown, options?: DecodeOptions): { value: Record<string, unknown>; strictErrors: string[] }
}

/** Kinds that are read in an older version too, whose type has the same fields. */
const sameTypes: Readonly<Record<string, string>> = { 'policy/v1beta1/Eviction': 'policy/v1' }

export function createScheme(facts: Facts): Scheme {
  const types = createTypeTable(facts)
  const shapeOfType = createShapes(types)
  const typeOf = (gvk: GroupVersionKind) => {
    const groupVersion = formatGroupVersion(gvk)
    return types.ofKind(sameTypes[`${groupVersion}/${gvk.kind}`] ?? groupVersion, gvk.kind)
  }

  function decodeType(typeName: string, source: DecodeSource, strict: boolean) {
    const shape = shapeOfType(typeName)
    if (source.plain) {
      const value = attempt(shape, source.value ?? {}, strict)
      if (value !== undefined) return { value, strictErrors: [] }
    }
    const careful = decodeCarefully(types, typeName, source.tree(), strict)
    const value = shape(careful.value, false) as Record<string, unknown>
    return { value, strictErrors: careful.strictErrors }
  }

  function decodeSource(gvk: GroupVersionKind, source: DecodeSource, { strict = false }: DecodeOptions = {}): Decoded {
    const typeName = typeOf(gvk)
    if (typeName === undefined) throw new Error(`no kind ${gvk.kind} in ${formatGroupVersion(gvk)}`)
    const { value, strictErrors } = decodeType(typeName, source, strict)
    keepEmptyManagedFields(value, source.value)
    return { object: withKind(gvk, value), strictErrors }
  }

  return {
    facts,
    types,
    typeOf,
    decodeSource,
    decode: (gvk, json, options) => decodeSource(gvk, sourceOf(json), options),
    normalize: <T extends object>(gvk: GroupVersionKind, object: T) => decodeSource(gvk, sourceOf(object)).object as unknown as T,
    decodeType: (typeName, json, { strict = false } = {}) => decodeType(typeName, sourceOf(json), strict),
  }
}

/** An empty list of managedFields is a wish to forget them, which no list is not. */
function keepEmptyManagedFields(decoded: Record<string, unknown>, source: unknown): void {
  const given = (source as { metadata?: { managedFields?: unknown } } | null)?.metadata?.managedFields
  if (Array.isArray(given) && given.length === 0 && decoded['metadata'] !== undefined)
    (decoded as unknown as KubeObject).metadata.managedFields = []
}

const sourceOf = (value: unknown): DecodeSource => ({ value, plain: true, tree: () => treeOfValue(value) })

function attempt(shape: Shape, value: unknown, strict: boolean): Record<string, unknown> | undefined {
  try {
    return shape(value, strict) as Record<string, unknown>
  } catch (error) {
    // A value nested deeper than the stack is for the careful decoder to refuse.
    if (error === irregular || error instanceof RangeError) return undefined
    throw error
  }
}

function withKind(gvk: GroupVersionKind, value: Record<string, unknown>): KubeObject {
  const apiVersion = formatGroupVersion(gvk)
  if (value['kind'] === gvk.kind && value['apiVersion'] === apiVersion) return value as KubeObject
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = value
  return keepEmptied(value, { kind: gvk.kind, apiVersion, ...rest }) as unknown as KubeObject
}
