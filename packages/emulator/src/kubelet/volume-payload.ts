import type { KubeObject } from '../apimachinery/object.ts'
import { labelSelectorFromObject } from '../apimachinery/selectors/label-selector.ts'
import type { VolumeFile } from '../pod/volume.ts'
import { ContainerError } from './container-error.ts'
import type { DownwardFile, KeyToPath, KubeletReader, NodeFacts, Pod, ProjectedSource, Volume } from './pod-types.ts'
import { fieldValue, resourceValue } from './references.ts'
import type { TokenManager } from './token-manager.ts'

export interface PayloadSources {
  pod: Pod
  node: NodeFacts
  read: KubeletReader
  tokens: TokenManager
}

/** The files of a volume, by their path in it. */
export type Payload = Record<string, VolumeFile>

const DEFAULT_MODE = 0o644
const DEFAULT_TOKEN_SECONDS = 3600

/** Volumes whose files come from the API. */
export const isManaged = ({ configMap, secret, projected, downwardAPI }: Volume) =>
  [configMap, secret, projected, downwardAPI].some((source) => source !== undefined)

/**
 * What a volume of the API holds now (kubernetes/pkg/volume/{configmap,secret,downwardapi,projected}).
 * @throws ContainerError FailedMount for what is referred to and not there
 */
export async function volumePayload(volume: Volume, sources: PayloadSources): Promise<Payload> {
  try {
    return await payloadOf(volume, sources)
  } catch (error) {
    const { message } = error as Error
    throw new ContainerError('FailedMount', `MountVolume.SetUp failed for volume "${volume.name}" : ${message}`)
  }
}

async function payloadOf({ configMap, secret, projected, downwardAPI }: Volume, sources: PayloadSources): Promise<Payload> {
  if (configMap) return configMapPayload(configMap, configMap.defaultMode ?? DEFAULT_MODE, sources)
  if (secret) return secretPayload({ ...secret, name: secret.secretName ?? '' }, secret.defaultMode ?? DEFAULT_MODE, sources)
  if (downwardAPI) return downwardPayload(downwardAPI.items ?? [], downwardAPI.defaultMode ?? DEFAULT_MODE, sources)
  const payload: Payload = {}
  for (const source of projected?.sources ?? [])
    Object.assign(payload, await projectedPayload(source, projected?.defaultMode ?? DEFAULT_MODE, sources))
  return payload
}

async function projectedPayload(source: ProjectedSource, mode: number, sources: PayloadSources): Promise<Payload> {
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle } = source
  if (configMap) return configMapPayload(configMap, mode, sources)
  if (secret) return secretPayload(secret, mode, sources)
  if (downwardAPI) return downwardPayload(downwardAPI.items ?? [], mode, sources)
  if (serviceAccountToken) {
    const { audience, expirationSeconds = DEFAULT_TOKEN_SECONDS, path } = serviceAccountToken
    const token = await sources.tokens.token({ expirationSeconds, ...(audience ? { audience } : {}) })
    return { [path]: { text: token, mode: privateMode(mode, sources.pod) } }
  }
  if (clusterTrustBundle) {
    const text = trustAnchors(clusterTrustBundle, sources.read.clusterTrustBundles())
    return { [clusterTrustBundle.path]: { text, mode: privateMode(mode, sources.pod) } }
  }
  return {}
}

/** 0600 for a Pod that names its user or an fsGroup, which may then read it too. */
function privateMode(mode: number, { spec: { securityContext: { runAsUser, fsGroup } = {} } }: Pod): number {
  if (runAsUser === undefined && fsGroup === undefined) return mode
  return fsGroup === undefined ? 0o600 : 0o640
}

interface KeyedSource {
  name?: string
  items?: KeyToPath[]
  optional?: boolean
}

function configMapPayload(source: KeyedSource, mode: number, { pod, read }: PayloadSources): Payload {
  const { name = '', optional } = source
  const object = read.configMap(pod.metadata.namespace!, name)
  if (object === undefined && !optional) throw new Error(`configmap "${name}" not found`)
  const data = { ...decoded(object?.['binaryData']), ...texts(object) }
  return pick(data, source, mode, (key) => `configmap references non-existent config key: ${key}`)
}

function secretPayload(source: KeyedSource, mode: number, { pod, read }: PayloadSources): Payload {
  const { name = '', optional } = source
  const object = read.secret(pod.metadata.namespace!, name)
  if (object === undefined && !optional) throw new Error(`secret "${name}" not found`)
  return pick(decoded(object?.['data']), source, mode, (key) => `references non-existent secret key: ${key}`)
}

const texts = (object: KubeObject | undefined): Record<string, string> => object?.['data'] ?? {}

function decoded(data: Record<string, string> | undefined): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')]))
}

function pick(
  data: Record<string, string | Uint8Array>,
  { items = [], optional }: KeyedSource,
  defaultMode: number,
  missing: (key: string) => string,
): Payload {
  if (items.length === 0) return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, { text, mode: defaultMode }]))
  const payload: Payload = {}
  for (const { key, path, mode = defaultMode } of items) {
    if (Object.hasOwn(data, key)) payload[path] = { text: data[key]!, mode }
    else if (!optional) throw new Error(missing(key))
  }
  return payload
}

function downwardPayload(items: DownwardFile[], defaultMode: number, { pod, node }: PayloadSources): Payload {
  const entries = items.map(({ path, mode = defaultMode, fieldRef, resourceFieldRef }) => {
    const text = fieldRef ? fieldValue(fieldRef, pod, node) : resourceFieldRef ? resourceValue(resourceFieldRef, pod, undefined, node) : ''
    return [path, { text, mode }] as const
  })
  return Object.fromEntries(entries)
}

function trustAnchors(source: NonNullable<ProjectedSource['clusterTrustBundle']>, bundles: readonly KubeObject[]): string {
  const { name, signerName, labelSelector, optional } = source
  const selector = labelSelectorFromObject(labelSelector)
  const chosen = bundles.filter(({ metadata, spec }) =>
    name === undefined ? spec?.signerName === signerName && selector.matches(metadata.labels ?? {}) : metadata.name === name,
  )
  if (chosen.length === 0 && !optional)
    throw new Error(
      name === undefined
        ? 'combination of signerName and labelSelector matched zero ClusterTrustBundles'
        : `clustertrustbundle "${name}" not found`,
    )
  const blocks = chosen.flatMap(
    ({ spec }) => String(spec?.trustBundle ?? '').match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? [],
  )
  return [...new Set(blocks)].map((block) => `${block}\n`).join('')
}
