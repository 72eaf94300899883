import type { GroupVersionKind } from '../apimachinery/group-version.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import type { SchemaNode } from '../apimachinery/patch/schema.ts'
import type { StatusError } from '../apimachinery/status-error.ts'
import type { StaticTokens } from '../authentication/authenticator.ts'
import type { UserInfo } from '../authentication/user-info.ts'
import type { RulesAuthorizer } from '../authorization/rbac/authorizer.ts'
import type { RbacWrite } from '../authorization/rbac/escalation.ts'
import type { Containers } from '../container-runtime/running-containers.ts'
import type { DeleteOptions } from '../registry/deletion.ts'
import type { ObjectCodec, ResourceDefinition } from '../registry/resource.ts'
import type { TokenIssuer } from '../service-account/issuer.ts'
import type { TokenValidator } from '../service-account/validator.ts'
import type { WriteOptions } from './options.ts'
import type { RequestInfo } from './request-info.ts'
import type { RequestScope } from './scope.ts'

/** One column of a Table (meta/v1 TableColumnDefinition). */
export interface TableColumn {
  name: string
  type: string
  format: string
  description: string
  priority: number
}

/** A condition of a row (meta/v1 TableRowCondition). */
export interface RowCondition {
  type: string
  status: string
  reason: string
  message: string
}

export interface Printer {
  columns: readonly TableColumn[]
  cells(object: KubeObject): unknown[]
  conditions?(object: KubeObject): RowCondition[] | undefined
  /** The order of a list's rows, where it is not that of the list. */
  compare?(left: KubeObject, right: KubeObject): number
  /** The kind has no printer of its own. */
  generic?: true
}

/** An OpenAPI document and its forms. */
export interface OpenApiDocument {
  /** JSON, gzipped. */
  readonly gzipped: Uint8Array
  /** Upper-case hex of the JSON's SHA-512. */
  readonly etag: string
  /** Of gnostic's message. */
  protobuf(): Uint8Array
}

export interface OpenApiSource {
  /** In milliseconds since 1970. */
  readonly modifiedAt: number
  now(): number
  v2(): OpenApiDocument
  index(): unknown
  /** A document named in the index; undefined if there is none. */
  document(path: string): OpenApiDocument | undefined
}

/** What handlers need besides the registry. */
/** A watch that goes on. */
export interface OpenWatch {
  readonly info: RequestInfo
  readonly user: UserInfo
  /** Ends it, as when its time is up. */
  end(): void
  /** Tells it an error, and ends it. */
  fail(error: StatusError): void
}

export interface ApiServices {
  readonly printers: { of(definition: ResourceDefinition): Printer; scale(custom: boolean): Printer }
  readonly schemas: { of(definition: ResourceDefinition): SchemaNode }
  /** Of kinds that belong to no resource of their own, such as autoscaling/v1 Scale. */
  codecOf(kind: GroupVersionKind): ObjectCodec
  readonly managedFields: {
    /** Notes in metadata.managedFields who wrote what, on `object`, in place. */
    onWrite(scope: RequestScope, live: KubeObject | undefined, object: KubeObject, options: WriteOptions): Promise<undefined> | undefined
  }
  readonly optionsCodec: { deleteOptions(body: Uint8Array, mediaType: string): DeleteOptions }
  readonly openApi: OpenApiSource
  /** Ends each open watch stream; for shutdown. */
  readonly openWatches: Set<OpenWatch>
  readonly authorizer: RulesAuthorizer
  /** The error of a write that would hand out more rights than its user has. */
  escalationError(write: RbacWrite): StatusError | undefined
  readonly tokens: TokenService
  readonly containers: Containers
}

export interface TokenService {
  readonly issuer: TokenIssuer
  readonly validator: TokenValidator
  readonly staticTokens: StaticTokens
  readonly apiAudiences: readonly string[]
}
