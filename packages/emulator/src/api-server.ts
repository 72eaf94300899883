import { createAdmission } from './admission/index.ts'
import type { Clock } from './apimachinery/clock.ts'
import { memoize } from './apimachinery/memoize.ts'
import type { KubeObject } from './apimachinery/object.ts'
import { bodyReaders } from './apimachinery/scheme/body-readers.ts'
import { createBodyDecoder } from './apimachinery/scheme/decode-body.ts'
import { createScheme } from './apimachinery/scheme/scheme.ts'
import { createUnstructuredDecoder } from './apimachinery/scheme/unstructured.ts'
import { createAuthenticator, type StaticTokens } from './authentication/authenticator.ts'
import { createImpersonation } from './authentication/impersonation.ts'
import { createServerAuthorizer } from './authorization/authorizer.ts'
import type { RulesAuthorizer } from './authorization/rbac/authorizer.ts'
import { escalationError } from './authorization/rbac/escalation.ts'
import { bootstrapObjects } from './bootstrap.ts'
import { type Containers, createContainers } from './container-runtime/running-containers.ts'
import { createManagedFields } from './endpoints/managed-fields.ts'
import { createOpenApiSource } from './endpoints/openapi/source.ts'
import { createOptionsCodec } from './endpoints/options-codec.ts'
import { createPrinters } from './endpoints/printers/index.ts'
import { createSchemas } from './endpoints/schemas.ts'
import type { ApiServices, OpenWatch, TokenService } from './endpoints/services.ts'
import { loadFacts } from './facts/load.ts'
import type { Facts } from './facts/types.ts'
import type { FaultSource } from './faults/fault-set.ts'
import type { ClientSigner } from './pki/client-signer.ts'
import type { AccessPoints, AccessRecorder } from './recording/access/recorder.ts'
import { builtInCodec } from './registry/built-in-codec.ts'
import { createCatalog } from './registry/catalog.ts'
import { runControllers } from './registry/controllers/controller.ts'
import { createControllers } from './registry/controllers/index.ts'
import { followRecovery } from './registry/controllers/recovery.ts'
import { createSystemClient } from './registry/controllers/system-client.ts'
import { createRegistry, type Registry } from './registry/registry.ts'
import { type ApiHandler, createApiHandler, type HandlerDependencies, type ObservedRequest } from './server/handler.ts'
import type { PodAccount } from './service-account/claims.ts'
import { defaultIssuer } from './service-account/claims.ts'
import { createTokenIssuer } from './service-account/issuer.ts'
import { createKeyRing, type KeySource } from './service-account/key-ring.ts'
import { generateSigningKey, sharedKeySource } from './service-account/signing-key.ts'
import { createTokenValidator } from './service-account/validator.ts'
import { createMemoryStorage } from './storage/memory-storage.ts'
import { type Snapshot, type Storage, StorageConflict, StorageFailure } from './storage/storage.ts'

export interface ApiServerOptions {
  clock: Clock
  kubernetesVersion?: string | undefined
  /** PEM; what kube-root-ca.crt holds. */
  caCertificate: string
  staticTokens: StaticTokens
  /** The authority for client certificates, made when one is first wanted. */
  clientSigner(): Promise<ClientSigner>
  serverAddress(): string
  /** The account of a Pod that has its token already. */
  account?: PodAccount | undefined
  /** What runs on this machine: the subresources of its Pods reach it. */
  containers?: Containers | undefined
  faults?: FaultSource | undefined
  /** Answers paths that no API server of Kubernetes has. */
  serveOwn?: HandlerDependencies['serveOwn']
  /** Default: in memory, and empty. */
  storage?: Storage | undefined
  /** Default: the key that all emulators of this user share. */
  keySource?: KeySource | undefined
  observe?(seen: ObservedRequest): void
  /** Who wants to know what is decided, or to decide otherwise. */
  access?: Pick<AccessRecorder, 'attach' | 'observeGrant'> | undefined
  onBug?(error: unknown): void
}

/** An API server without a socket: the handler, and what is behind it. */
export interface ApiServer {
  readonly handle: ApiHandler
  readonly registry: Registry
  readonly tokens: TokenService
  readonly facts: Facts
  readonly signingKeys: { rotate(): Promise<string>; retire(id: string): void }
  snapshot(): Snapshot
  /** Goes back to a snapshot. Open watches see the difference; nothing else comes of it. */
  restore(snapshot: Snapshot): void
  /** Forgets the history of changes so far: older resource versions are expired from now on. */
  compact(): void
  /** Makes what every cluster has and this one has lost; the Pod's account with the uid that its token names. */
  found(account: KubeObject['metadata']): void
  /** Does what another server of the cluster may have left undone. */
  takeUp(): void
  /** The clock was moved. */
  timePassed(): void
  close(): void
  readonly openWatches: ReadonlySet<OpenWatch>
  /** Ends all open watches, as when their time is up. */
  endWatches(): void
}

export function createApiServer(options: ApiServerOptions): ApiServer {
  const { clock, staticTokens, onBug = reportBug } = options
  const facts = loadFacts(options.kubernetesVersion)
  const scheme = schemeOf(facts)
  const bodies = createBodyDecoder(facts, scheme, bodyReaders)
  const storage = options.storage ?? createMemoryStorage()
  const isNew = storage.revision === EMPTY_REVISION
  const catalog = createCatalog(facts, (resource, stored) => builtInCodec(scheme, bodies, resource, stored))
  const services = {} as { -readonly [K in keyof ApiServices]: ApiServices[K] }
  const registry = createRegistry({
    catalog,
    storage,
    clock,
    admission: createAdmission(
      () => registry,
      () => access.admission,
      (definition) => schemas.of(definition),
    ),
  })
  const list = ({ group, resource }: { group: string; resource: string }, namespace: string) =>
    registry.lookupAll({ group, resource }, namespace)
  const authorizer = createServerAuthorizer({ list })
  const access = options.access?.attach(authorizer) ?? accessBy(authorizer)
  const keyRing = createKeyRing(options.keySource ?? sharedKeySource)
  const apiAudiences = [defaultIssuer]
  const tokens: TokenService = {
    issuer: createTokenIssuer(keyRing, clock, defaultIssuer),
    validator: createTokenValidator({ ring: keyRing, clock, issuer: defaultIssuer, apiAudiences, lookup: registry.lookup }),
    staticTokens,
    apiAudiences,
  }
  const schemas = createSchemas(facts)
  Object.assign(services, {
    printers: createPrinters(facts, clock),
    schemas,
    managedFields: createManagedFields(schemas),
    codecOf: (kind) => builtInCodec(scheme, bodies, kind, kind),
    optionsCodec: createOptionsCodec(scheme),
    openApi: createOpenApiSource(facts, clock, catalog),
    openWatches: new Set<OpenWatch>(),
    authorizer: access.reviews,
    escalationError(write) {
      options.access?.observeGrant(write, authorizer.rbac.resolver)
      return escalationError(write, access.escalation, authorizer.rbac.resolver)
    },
    tokens,
    containers: options.containers ?? createContainers(),
  } satisfies ApiServices)
  bootstrapObjects(registry, facts)
  // Nobody has seen a server without its own objects.
  if (isNew) storage.compact(storage.revision)
  authorizer.rbac.reload()
  const client = createSystemClient(registry)
  if (options.account !== undefined)
    client.create(
      { group: '', resource: 'serviceaccounts' },
      { kind: 'ServiceAccount', apiVersion: 'v1', metadata: { ...options.account } },
    )
  const controllers = createControllers({
    client,
    registry,
    tokens,
    authorizer,
    caCertificate: options.caCertificate,
    clientSigner: options.clientSigner,
    schemas,
    customDecoder: createUnstructuredDecoder(scheme),
  })
  const running = runControllers(storage, catalog, controllers, (error) => {
    // Whoever keeps the storage has said so.
    if (error instanceof StorageFailure) undone.noteFailure()
    // Who has been quicker does what is to be done.
    else if (!(error instanceof StorageConflict)) onBug(error)
  })
  const undone = followRecovery(storage, running.takeUp)
  if (isNew) {
    for (const { metadata } of registry.lookupAll({ group: '', resource: 'namespaces' }, ''))
      client.update({ group: '', resource: 'namespaces' }, '', metadata.name!, () => {})
  } else running.takeUp()
  const handle = createApiHandler({
    registry,
    services,
    facts,
    keyRing,
    issuer: defaultIssuer,
    clock,
    startedAt: clock.now(),
    authenticate: createAuthenticator(staticTokens, tokens.validator),
    impersonation: createImpersonation(access.impersonation),
    authorizer: access.requests,
    serverAddress: options.serverAddress,
    faults: options.faults,
    serveOwn: options.serveOwn,
    catchUp: storage.catchUp,
    onBug,
    ...(options.observe === undefined ? {} : { observe: options.observe }),
  })
  return {
    handle,
    registry,
    tokens,
    facts,
    signingKeys: {
      async rotate() {
        const key = await generateSigningKey()
        await keyRing.rotate(key)
        return key.id
      },
      retire: (id) => keyRing.retire(id),
    },
    snapshot: () => storage.snapshot(),
    restore: (snapshot) => running.whileRestoring(() => storage.restore(snapshot)),
    compact: () => storage.compact(storage.revision),
    found(account) {
      client.create({ group: '', resource: 'serviceaccounts' }, { kind: 'ServiceAccount', apiVersion: 'v1', metadata: account })
      bootstrapObjects(registry, facts)
      running.takeUp()
    },
    takeUp: running.takeUp,
    timePassed: running.timePassed,
    close() {
      undone.close()
      running.close()
    },
    openWatches: services.openWatches,
    endWatches() {
      for (const watch of [...services.openWatches]) watch.end()
    },
  }
}

const EMPTY_REVISION = 1

/** Immutable like the facts that it is made of, so emulators share it. */
const schemeOf = memoize(createScheme)

/** The authorizer's own decisions, whatever they are for. */
const accessBy = (authorizer: RulesAuthorizer): AccessPoints => ({
  requests: authorizer,
  impersonation: authorizer,
  admission: authorizer,
  reviews: authorizer,
  escalation: authorizer,
})

const reportBug = (error: unknown) => console.error(error)
