import type { Clock } from '../apimachinery/clock.ts'
import type { FieldError } from '../apimachinery/field-error.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import type { UserInfo } from '../authentication/user-info.ts'
import type { Collection } from '../storage/storage.ts'

/** What a strategy may know of the request that it serves. */
export interface StrategyContext {
  clock: Clock
  user: UserInfo
  /** '' at cluster scope. */
  namespace: string
  dryRun: boolean
  /** Adds a Warning header to the response. */
  warn(text: string): void
  /** Reads another object of the same emulator, frozen; undefined if there is none. */
  lookup(resource: { group: string; resource: string }, namespace: string, name: string): KubeObject | undefined
  /** All objects of a resource, in a namespace or ('') everywhere. */
  lookupAll(resource: { group: string; resource: string }, namespace: string): readonly KubeObject[]
}

/**
 * Where a resource differs from the generic store. Functions get objects in canonical form (see the scheme), own them, and may change
 * them in place; `old` is frozen. Everything is optional: a resource without a strategy is stored as it comes.
 */
export interface Strategy {
  /**
   * Gets ready what the other functions need and what has to be waited for, before a request is served; undefined if all is there.
   * `key`: of the object that the request is about, if it is about one.
   */
  prepare?(request: { collection: Collection; key: string | undefined; writes: boolean }): Promise<void> | undefined
  /** Annotations that the encoding of a version adds, which Tables and metadata alone do not have. */
  encodingAnnotations?: readonly string[]
  /** The defaults of the version that the client wrote in (Go: SetDefaults_…). Runs after decoding, before admission, also on update and patch. */
  applyDefaults?(object: KubeObject): void
  /** Clears and sets what the server owns: status, generation, allocated values. */
  prepareForCreate?(object: KubeObject, context: StrategyContext): void
  prepareForUpdate?(object: KubeObject, old: KubeObject, context: StrategyContext): void
  /**
   * Throws a StatusError where what the object was given has been taken by another of its kind meanwhile. Asked right before an object is
   * stored, which then happens only if nothing of its kind is written in between, through whichever server.
   */
  confirm?(object: KubeObject, context: StrategyContext): void
  /** Without the generic checks of metadata, which the registry does for all (`nameRule`, labels, annotations, owners …). */
  validate?(object: KubeObject, context: StrategyContext): FieldError[]
  /** What a new object is checked for before its metadata is. */
  validateBeforeMetadata?(object: KubeObject, context: StrategyContext): FieldError[]
  /** Where the kind's own check of a new object looks at metadata. Default 'first'; 'own': `validate` does it, or leaves it to what comes after it. */
  metadataChecksOnCreate?: 'first' | 'own'
  metadataChecksOnUpdate?: readonly MetadataCheck[]
  /** Without the generic checks of metadata on update (immutable uid, name, creationTimestamp …). */
  validateUpdate?(object: KubeObject, old: KubeObject, context: StrategyContext): FieldError[]
  /** What turning an object into the server's internal type and back fills in. Runs on new objects once they have been validated, unseen
   * by `validate`, and on a copy for managedFields.
   */
  canonicalize?(object: KubeObject): void
  /** Texts of Warning headers (Go: WarningsOnCreate, WarningsOnUpdate). */
  warningsOnCreate?(object: KubeObject): string[]
  warningsOnUpdate?(object: KubeObject, old: KubeObject): string[]
  /** Which names are valid; messages as util/validation gives them. Default: a DNS-1123 subdomain. */
  nameRule?: (name: string, prefix: boolean, object: KubeObject) => string[]
  /** PUT of a missing name creates it. Default false. */
  allowCreateOnUpdate?: boolean
  /** PUT without resourceVersion replaces. Default true. */
  allowUnconditionalUpdate?: boolean
  /** The fields that fieldSelector knows beside metadata.name and metadata.namespace, with the object's values. */
  selectableFields?(object: KubeObject): Record<string, string>
  /** Names of those fields, for error messages and checks without an object. */
  selectableFieldNames?: readonly string[]
  /** The text for other fields, where a kind has one of its own. */
  unknownFieldText?(field: string): string
  /** DELETE answers with the object instead of a Status. */
  returnsDeletedObject?: boolean
  /** Seconds that a DELETE leaves the object terminating; undefined deletes at once. Runs for resources with graceful deletion (pods). */
  gracePeriod?(object: KubeObject, requestedSeconds: number | undefined): number | undefined
  /**
   * Deletion in several steps (namespaces): 'begin' has changed the object to be written, terminating; 'wait' leaves it as it is;
   * undefined goes on as for any other object.
   */
  beginDeletion?(object: KubeObject, now: number): 'begin' | 'wait' | undefined
  /** The propagation policy where the client names none. Default 'background'; Jobs orphan. */
  defaultGarbageCollectionPolicy?(object: KubeObject): 'orphan' | 'background' | 'foreground' | 'unsupported'
  /** Writers of `NAME/status`: what they may change and how it is checked. Absent: status alone is taken from the new object, all else stays. */
  status?: SubresourceStrategy
  /** Other subresources that update the object itself, such as ephemeralcontainers, resize, approval, finalize. */
  subresources?: Readonly<Record<string, SubresourceStrategy>>
}

/** The checks of metadata: as for a new object, or of what an update changes. */
export type MetadataCheck = 'object' | 'update'

export interface SubresourceStrategy {
  /** Which checks of metadata the kind repeats after the generic ones, so that their errors stand among the causes again. Default: update. */
  metadataChecksOnUpdate?: readonly MetadataCheck[]
  prepareForUpdate?(object: KubeObject, old: KubeObject, context: StrategyContext): void
  validateUpdate?(object: KubeObject, old: KubeObject, context: StrategyContext): FieldError[]
}
