import type { UnstructuredDecoder } from '../../apimachinery/scheme/unstructured.ts'
import type { ServerAuthorizer } from '../../authorization/authorizer.ts'
import type { ApiServices, TokenService } from '../../endpoints/services.ts'
import type { ClientSigner } from '../../pki/client-signer.ts'
import { customResourceDefinitions } from '../apiextensions/controller.ts'
import type { Registry } from '../registry.ts'
import { certificateSigning } from './certificate-signing.ts'
import { clusterRoleAggregation } from './cluster-role-aggregation.ts'
import type { Controller, ResourceChange } from './controller.ts'
import { customApiServices } from './custom-api-services.ts'
import { eventExpiry } from './event-expiry.ts'
import { flowSchemaStatus } from './flow-schema-status.ts'
import { garbageCollector } from './garbage-collector.ts'
import { namespaceDefaults } from './namespace-defaults.ts'
import { namespaceTermination } from './namespace-termination.ts'
import { resourceQuotas } from './resource-quotas.ts'
import { serviceAddresses } from './service-addresses.ts'
import { storageProtection } from './storage-protection.ts'
import type { SystemClient } from './system-client.ts'
import { tokenSecrets } from './token-secrets.ts'

export interface ControllerDependencies {
  client: SystemClient
  registry: Registry
  tokens: TokenService
  authorizer: ServerAuthorizer
  caCertificate: string
  clientSigner(): Promise<ClientSigner>
  schemas: ApiServices['schemas']
  customDecoder: UnstructuredDecoder
}

/** What a cluster's controllers do that an API server's users rely on. */
export function createControllers({
  client,
  registry,
  tokens,
  authorizer,
  caCertificate,
  clientSigner,
  schemas,
  customDecoder,
}: ControllerDependencies): Controller[] {
  const { catalog, clock } = registry
  return [
    rbacIndex(authorizer),
    customResourceDefinitions({ client, catalog, clock, decoder: customDecoder, schemaOf: (definition) => schemas.of(definition) }),
    clusterRoleAggregation(client, clock),
    namespaceDefaults(client, caCertificate),
    serviceAddresses(client),
    tokenSecrets(client, tokens.issuer, caCertificate),
    garbageCollector(client, catalog),
    namespaceTermination(client, catalog, clock),
    certificateSigning(client, clientSigner, clock),
    resourceQuotas(client, catalog, clock),
    flowSchemaStatus(client, clock),
    customApiServices(client, clock),
    storageProtection(client),
    eventExpiry(client, clock),
  ]
}

/** Tells the authorizer of each change of an RBAC object. First of all, so that everything after sees rights as they are. */
function rbacIndex({ rbac }: ServerAuthorizer): Controller {
  const changed = ({ group, resource, key, change }: ResourceChange) => {
    if (group !== 'rbac.authorization.k8s.io') return
    const slash = key.indexOf('/')
    const [namespace, name] = slash < 0 ? ['', key] : [key.slice(0, slash), key.slice(slash + 1)]
    rbac.objectChanged(resource, namespace, name, change.deleted ? undefined : change.object)
  }
  return { changed, restored: changed }
}
