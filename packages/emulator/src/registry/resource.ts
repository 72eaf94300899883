import type { GroupVersionKind } from '../apimachinery/group-version.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import type { PrinterColumn } from './custom/definition-object.ts'
import type { Strategy } from './strategy.ts'

/** What a request body became, and what there is to warn of. */
export interface DecodedBody {
  object: KubeObject
  warnings: string[]
}

/** How objects of one served version are read and kept in shape. */
export interface ObjectCodec {
  /** @throws StatusError as the API server answers a body that it cannot take */
  decode(bytes: Uint8Array, mediaType: string, fieldValidation: string): DecodedBody
  /**
   * Reads an object out of a JSON value, such as a patch made.
   * @param keepNulls leaves those in a custom resource that its schema does not take
   * @throws Error with the text of the server's decoder
   */
  decodeValue(value: unknown, keepNulls?: boolean): { object: KubeObject; strictErrors: string[] }
  /** The canonical form (what a round trip through the server's types gives); may return its argument, changed. */
  normalize(object: KubeObject): KubeObject
  /** Between this version and the one that is stored; absent if they are the same. */
  toStorage?(object: KubeObject): KubeObject
  /** Does the part of `toStorage` that has to be waited for, on a complete object; absent if there is none. */
  convertToStorage?(object: KubeObject): Promise<KubeObject>
  fromStorage?(object: KubeObject): KubeObject
  /**
   * An object of any version, or a part of one, in another; absent where that takes no webhook.
   * @throws StatusError if the webhook fails
   */
  convertVersion?(object: KubeObject, apiVersion: string): Promise<KubeObject>
}

export interface SubresourceDefinition {
  name: string
  verbs: ReadonlySet<string>
  /** The kind that it answers, where that is not the parent's. */
  responseKind: GroupVersionKind
}

export interface ScalePaths {
  specReplicasPath: string
  statusReplicasPath: string
  labelSelectorPath?: string
}

/** One resource of one group and version, as it is served. */
export interface ResourceDefinition {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly kind: string
  readonly listKind: string
  readonly singular: string
  readonly namespaced: boolean
  readonly verbs: ReadonlySet<string>
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly storageVersionHash?: string
  readonly subresources: ReadonlyMap<string, SubresourceDefinition>
  readonly codec: ObjectCodec
  readonly strategy: Strategy
  /** The start of its keys, such as `/registry/pods/`; the same for all versions of a resource. */
  readonly keyPrefix: string
  /** The version that is stored. */
  readonly storageKind: GroupVersionKind
  /** Custom resources: served from a definition; kept as they come; items of lists carry their type. */
  readonly custom: boolean
  /** Of a custom resource: its version's schema, as the definition has it. */
  readonly openApiSchema?: Record<string, unknown>
  /** Of a custom resource with a scale subresource: where its numbers are, such as `.spec.replicas`. */
  readonly scalePaths?: ScalePaths
  /** Of a custom resource: what its objects can be selected by beside their names, such as `.spec.color`. */
  readonly selectablePaths?: readonly string[]
  /** Of a custom resource: the columns of its Tables beside the name. */
  readonly printerColumns?: readonly PrinterColumn[]
  /** The name that encodings of this version are kept under, where group and version do not tell: definitions of custom resources change. */
  readonly encodingForm?: string
  /** The verbs that discovery shows, where these are not all. */
  readonly advertisedVerbs?: ReadonlySet<string>
  /** A version that is stored only. */
  readonly unserved?: true
  /** A text that each response carries as a Warning, of deprecated versions. */
  readonly deprecationWarning?: string
}

/** Finds what is served. Custom resources come and go. */
export interface ResourceCatalog {
  find(group: string, version: string, resource: string): ResourceDefinition | undefined
  /** In the preferred version; for looking up an object by its kind. */
  findKind(group: string, version: string, kind: string): ResourceDefinition | undefined
  hasGroup(group: string): boolean
  hasVersion(group: string, version: string): boolean
  /** Each resource once, in the version that it is stored in. */
  stored(): Iterable<ResourceDefinition>
  /** A resource in the version that it is stored in. */
  storedAs(group: string, resource: string): ResourceDefinition | undefined
  /** In discovery order: groups, and their versions with the preferred one first. */
  groups(): Iterable<ServedGroup>
}

export interface ServedGroup {
  name: string
  versions: Array<{ version: string; resources: readonly ResourceDefinition[] }>
}
