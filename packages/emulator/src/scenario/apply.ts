import type { KubeObject } from '../apimachinery/object.ts'
import type { StatusError } from '../apimachinery/status-error.ts'
import type { YamlPath } from '../apimachinery/yaml.ts'
import type { ApiRequest, ApiResponse } from '../endpoints/http.ts'
import { EmulatorError } from '../errors.ts'

export interface ManifestPlace {
  file: string
  line?: number
  /** Of what stands at a path in the object. */
  lineOf?(path: YamlPath): number | undefined
}

/** An object, and where it was read. */
export interface ManifestObject {
  object: KubeObject
  source: ManifestPlace
}

export type Handle = (request: ApiRequest) => Promise<ApiResponse>

export interface ApplyOptions {
  onWarning(text: string): void
  /** Of objects that name none. */
  defaultNamespace: string
  /** Whether this very object has been applied in an earlier run: what has become of it since stays. */
  isApplied?: ((path: string, object: KubeObject) => boolean) | undefined
}

/** Writes objects through the API, as their order is; what is there already is replaced. */
export async function applyManifests(
  handle: Handle,
  token: string,
  objects: readonly ManifestObject[],
  options: ApplyOptions,
): Promise<void> {
  const call = apiCaller(handle, token)
  for (const manifest of objects) await applyOne(call, manifest, options)
}

export type Call = (method: string, url: string, body?: unknown) => Promise<{ status: number; body: unknown; warnings: string[] }>

/** Requests in this process, as the owner of a token. */
export function apiCaller(handle: Handle, token: string): Call {
  return async (method, url, body) => {
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const bytes = body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body))
    const response = await handle({
      method,
      url,
      headers: { authorization: `Bearer ${token}`, 'content-type': contentType, accept: 'application/json', 'user-agent': 'inpod' },
      headerLines: () => ({}),
      host: 'localhost',
      remoteAddress: '127.0.0.1',
      own: true,
      body: async () => bytes,
    })
    const text = typeof response.body === 'string' ? response.body : Buffer.from(response.body ?? []).toString()
    const warnings = [response.headers['warning'] ?? []]
      .flat()
      .map((value) => value.replace(/^299 - "(.*)"$/, '$1').replace(/\\(.)/g, '$1'))
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text), warnings }
  }
}

/** What is no name (half a character, a list) is told as such by the server, and not before it is looked at. */
const segment = (name: unknown) => encodeURIComponent(textOf(name).toWellFormed())

const textOf = (name: unknown) => (typeof name === 'string' ? name : JSON.stringify(name))

const missingHint = 'Is its spelling right, or does a CustomResourceDefinition have to come with it?'
const builtHint = 'It is not applied but built: give what "kubectl kustomize FOLDER" prints to -f -, and not this file.'

async function applyOne(
  call: Call,
  { object, source }: ManifestObject,
  { onWarning, defaultNamespace, isApplied }: ApplyOptions,
): Promise<void> {
  const where = source.line === undefined ? source.file : `${source.file}:${source.line}`
  const { kind, apiVersion, metadata } = object
  const resource = await findResource(call, object)
  if (resource === undefined) {
    const hint = apiVersion.startsWith('kustomize.config.k8s.io/') ? builtHint : missingHint
    throw new EmulatorError('ERR_MANIFEST_KIND', `${where}: no kind "${kind}" in version "${apiVersion}"`, { hint })
  }
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const namespace = resource.namespaced ? `/namespaces/${segment(metadata?.namespace ?? defaultNamespace)}` : ''
  const collection = `${base}${namespace}/${resource.name}`
  const path = `${collection}/${segment(metadata?.name ?? '')}`
  const isKnown = isApplied?.(path, object)
  let result = await call('POST', collection, object)
  if (result.status === 409) {
    if (isKnown) return
    // In a cluster that is kept, what the server has added to the object since is not the manifest's to take away.
    result = isApplied === undefined ? await replace(call, path, object) : await call('PATCH', path, object)
  }
  for (const text of result.warnings) onWarning(`${where}: ${text}`)
  if (result.status < 400 && takesStatus(object, resource)) {
    const made = result.body as KubeObject
    result = await call('PUT', `${collection}/${encodeURIComponent(made.metadata.name!)}/status`, { ...made, status: object['status'] })
  }
  if (result.status >= 400) throw manifestError(where, object, result.body as StatusError['status'])
}

/** What the server says of these itself. */
const OWN_STATUS = new Set(['Namespace', 'CustomResourceDefinition', 'APIService'])

/** No controller will come to say how an object is: a manifest that says it is taken at its word. */
const takesStatus = ({ kind, status }: KubeObject, { hasStatus }: ApiResource) =>
  hasStatus && !OWN_STATUS.has(kind) && typeof status === 'object' && status !== null && Object.keys(status).length > 0

async function replace(call: Call, path: string, object: KubeObject): ReturnType<Call> {
  const { status, body } = await call('GET', path)
  const { resourceVersion } = status === 200 ? (body as KubeObject).metadata : object.metadata
  return call('PUT', path, resourceVersion === undefined ? object : { ...object, metadata: { ...object.metadata, resourceVersion } })
}

function manifestError(where: string, { kind, metadata }: KubeObject, status: { message?: string; reason?: string }): EmulatorError {
  const name = metadata?.name === undefined ? '' : ` "${textOf(metadata.name)}"`
  const hint = status.reason === 'NotFound' && status.message?.startsWith('namespaces ') ? 'Add a Namespace to the manifests.' : undefined
  return new EmulatorError('ERR_MANIFEST_REFUSED', `${where}: ${kind}${name}: ${status.message}`, hint === undefined ? {} : { hint })
}

interface ApiResource {
  name: string
  kind: string
  namespaced: boolean
  hasStatus: boolean
}

async function findResource(call: Call, { apiVersion, kind }: KubeObject): Promise<ApiResource | undefined> {
  const path = apiVersion?.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const { status, body } = await call('GET', path).catch(() => ({ status: 404, body: undefined }))
  if (status !== 200) return undefined
  const { resources } = body as { resources: Omit<ApiResource, 'hasStatus'>[] }
  const found = resources.find((each) => each.kind === kind && !each.name.includes('/'))
  return found && { ...found, hasStatus: resources.some(({ name }) => name === `${found.name}/status`) }
}
