import type { GroupVersion, GroupVersionKind } from '../apimachinery/group-version.ts'

/** A resource as discovery shows it. Empty parts of a responseKind stand for the resource's own group and version. */
export interface ResourceFacts {
  group: string
  version: string
  resource: string
  kind: string
  singular: string
  namespaced: boolean
  verbs: readonly string[]
  shortNames: readonly string[]
  categories: readonly string[]
  storageVersionHash?: string
  subresources: readonly SubresourceFacts[]
}

export interface SubresourceFacts {
  name: string
  responseKind: GroupVersionKind
  acceptedTypes?: readonly GroupVersionKind[]
  verbs: readonly string[]
}

/** A group's versions, the preferred one first. */
export interface GroupFacts {
  group: string
  versions: readonly { version: string; resources: readonly ResourceFacts[] }[]
}

/**
 * A type's fields in the order of the Go struct: protobuf number, JSON name (of inlined fields Go's), kind, message type ('' if none), flags.
 */
export type FieldFacts = readonly [number: number, name: string, kind: string, type: string, flags: number]

/** Flags of a field. `omitEmpty` and `omitZero` are encoding/json's options. */
export const fieldFlags = { pointer: 1, omitEmpty: 2, omitZero: 4, inline: 8 } as const

export interface TypeFacts {
  /** `apps/v1/Deployment` → the name of its type. */
  kinds: Readonly<Record<string, string>>
  types: Readonly<Record<string, readonly FieldFacts[]>>
}

/** What only error messages need. */
export interface GoNames {
  /** For each type, its fields' Go types in order. */
  types: Readonly<Record<string, readonly string[]>>
  /** The kinds that each of the server's schemes knows, served or not: Go type, and the type that it is converted to. */
  schemes: Readonly<Record<'core' | 'apiextensions' | 'aggregator', Readonly<Record<string, readonly [type: string, internal: string]>>>>
  /** Names of the schemes, as errors give them. */
  names: Readonly<Record<string, string>>
}

export interface ColumnFacts {
  name: string
  type: string
  format: string
  priority: number
}

// biome-ignore lint/suspicious/noExplicitAny: OpenAPI schemas are walked by their keys
export type Schema = { readonly [key: string]: any }
export type Schemas = Readonly<Record<string, Schema>>

/** An object of a fresh server, without apiVersion, kind and what the server sets itself. */
export interface BootstrapObject {
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> }
  // biome-ignore lint/suspicious/noExplicitAny: see KubeObject
  [field: string]: any
}

/** The Kubernetes API of one version, as data. Immutable and shared by all emulators of a process; every part is read on first use. */
export interface Facts {
  /** Such as `1.36`. */
  readonly version: string
  readonly groups: readonly GroupFacts[]
  readonly types: TypeFacts
  readonly goNames: GoNames
  /** By list path (`/api/v1/namespaces`), the objects that a fresh server holds. */
  readonly bootstrap: Readonly<Record<string, readonly BootstrapObject[]>>
  /** By list path, the columns of a Table. */
  readonly tableColumns: Readonly<Record<string, readonly ColumnFacts[]>>
  /** The answer at `/openapi/v3`: `{ paths: { 'api/v1': { serverRelativeURL } } }`. */
  readonly openApiIndex: { readonly paths: Readonly<Record<string, { serverRelativeURL: string }>> }
  /** A document by its path in the index, gzipped JSON ready to send; undefined if there is none. */
  openApiDocument(path: string): Buffer | undefined
  /** Gzipped JSON of `/openapi/v2`. */
  openApiV2(): Buffer
  resource(group: string, version: string, resource: string): ResourceFacts | undefined
  resourceOfKind(gvk: GroupVersionKind): ResourceFacts | undefined
  /** `components.schemas` of a group version's document; each schema is parsed when it is first looked at. */
  schemas(groupVersion: GroupVersion): Schemas | undefined
  /** The schema of a kind, and the components that its references lead to. */
  schemaOf(gvk: GroupVersionKind): { schema: Schema; name: string; components: Schemas } | undefined
}
