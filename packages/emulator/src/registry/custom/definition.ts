import { createHash } from 'node:crypto'
import type { UnstructuredDecoder } from '../../apimachinery/scheme/unstructured.ts'
import type { ResourceDefinition, SubresourceDefinition } from '../resource.ts'
import { compareVersions } from '../versions.ts'
import { type CustomCodec, createCustomCodec } from './codec.ts'
import type { WebhookConversion } from './conversion/index.ts'
import { type CustomResourceDefinition, type DefinitionVersion, isConditionTrue } from './definition-object.ts'
import { createCustomStrategy } from './strategy.ts'

const verbs: ReadonlySet<string> = new Set(['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'])
const terminatingVerbs: ReadonlySet<string> = new Set(['delete', 'deletecollection', 'get', 'list', 'watch'])
const subresourceVerbs: ReadonlySet<string> = new Set(['get', 'patch', 'update'])

/** Whether a definition is served at all. */
const isServed = (crd: CustomResourceDefinition): boolean => isConditionTrue(crd, 'NamesAccepted') || isConditionTrue(crd, 'Established')

/** The resources that a definition serves, one a version; the version that is stored is among them, served or not. */
export function resourcesOf(
  crd: CustomResourceDefinition,
  decoder: UnstructuredDecoder,
  conversion: WebhookConversion | undefined,
): ResourceDefinition[] {
  const storage = crd.spec.versions.find((version) => version.storage)
  if (storage === undefined || !isServed(crd)) return []
  return crd.spec.versions
    .filter((version) => version.served || version.storage)
    .map((version) => resourceOf(crd, version, storage, createCustomCodec(crd, version, decoder, conversion)))
}

function resourceOf(
  crd: CustomResourceDefinition,
  version: DefinitionVersion,
  storage: DefinitionVersion,
  codec: CustomCodec,
): ResourceDefinition {
  const { spec, status } = crd
  const { group } = spec
  const names = status.acceptedNames
  const { plural, kind } = names
  const terminating = isConditionTrue(crd, 'Terminating')
  const gvk = { group, version: version.name, kind }
  const scale = version.subresources?.scale
  const openApiSchema = version.schema?.openAPIV3Schema
  return {
    group,
    version: version.name,
    resource: plural,
    kind,
    listKind: names.listKind ?? `${kind}List`,
    singular: names.singular ?? kind.toLowerCase(),
    namespaced: spec.scope === 'Namespaced',
    verbs,
    ...(terminating ? { advertisedVerbs: terminatingVerbs } : {}),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    ...(storage.served ? { storageVersionHash: storageVersionHash(group, storage.name, kind) } : {}),
    subresources: subresourcesOf(version, gvk),
    codec,
    strategy: createCustomStrategy(crd, version, codec),
    keyPrefix: `/registry/${group}/${plural}/`,
    storageKind: { group, version: storage.name, kind },
    custom: true,
    encodingForm: `${version.name} ${crd.metadata.uid} ${crd.metadata.resourceVersion}`,
    printerColumns: version.additionalPrinterColumns ?? [],
    selectablePaths: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath),
    ...(openApiSchema === undefined ? {} : { openApiSchema }),
    ...(scale === undefined ? {} : { scalePaths: scale }),
    ...(version.served ? {} : { unserved: true as const }),
    ...(version.deprecated ? { deprecationWarning: deprecationWarning(crd, version) } : {}),
  }
}

function subresourcesOf({ subresources }: DefinitionVersion, gvk: ResourceDefinition['storageKind']): Map<string, SubresourceDefinition> {
  const found = new Map<string, SubresourceDefinition>()
  if (subresources?.status != null) found.set('status', { name: 'status', verbs: subresourceVerbs, responseKind: gvk })
  const scale = { group: 'autoscaling', version: 'v1', kind: 'Scale' }
  if (subresources?.scale != null) found.set('scale', { name: 'scale', verbs: subresourceVerbs, responseKind: scale })
  return found
}

/** By which clients notice that objects are to be migrated (KEP-2330). */
function storageVersionHash(group: string, version: string, kind: string): string {
  return createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64')
}

function deprecationWarning({ spec, status }: CustomResourceDefinition, { name, deprecationWarning: own }: DefinitionVersion): string {
  if (own !== undefined) return own
  const { kind } = status.acceptedNames
  const text = `${spec.group}/${name} ${kind} is deprecated`
  const replacement = replacementFor(spec.versions, name)
  return replacement === undefined ? text : `${text}; use ${spec.group}/${replacement} ${kind}`
}

/** The best version that is served and not deprecated, if it is better than the given one. */
function replacementFor(versions: readonly DefinitionVersion[], name: string): string | undefined {
  return versions
    .filter((version) => version.served && !version.deprecated && compareVersions(version.name, name) < 0)
    .map((version) => version.name)
    .sort(compareVersions)[0]
}
