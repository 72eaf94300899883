import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseYamlDocuments } from '../../../../packages/emulator/src/apimachinery/yaml.ts'
import type { Area, Asked, Part, Round } from '../area.ts'
import { definitionsPath, tableMedia } from '../common.ts'

/** What a cluster's own controllers go on with, and what would hold up other requests: only asked whether it would be taken. */
const dryKinds =
  /^(ResourceQuota|CertificateSigningRequest|Namespace|FlowSchema|PriorityLevelConfiguration|APIService|.*(WebhookConfiguration|AdmissionPolicy\w*))$/

interface Resource {
  name: string
  kind: string
  namespaced: boolean
  verbs: string[]
}

/** What people deploy: each document of the YAML files below some folders, its definitions first. */
export function manifests(folders: readonly string[]): Area {
  const documents = folders.flatMap(yamlFiles).flatMap(readDocuments)
  const unique = [...new Map(documents.map((document) => [JSON.stringify(document), document])).values()]
  const isDefinition = ({ kind }: Part) => kind === 'CustomResourceDefinition'
  const crds = [...new Map(unique.filter(isDefinition).map((crd) => [crd.metadata.name, crd])).values()]
  const rest = [...crds, ...unique.filter((document) => !isDefinition(document))]
  const resources = new Map<string, Resource[]>()
  return {
    prepare: () => [...crds.map((body) => ({ method: 'POST', path: definitionsPath, body })), ...crds.flatMap(served)],
    *round(_, namespace, name) {
      const document = structuredClone(rest.shift())
      if (isDefinition(document)) yield* readDefinition(document)
      else yield* live(document, resources, namespace, name)
    },
    isDone: () => rest.length === 0,
    cleanUp: () => crds.map(({ metadata }) => ({ method: 'DELETE', path: `${definitionsPath}/${metadata.name}` })),
  }
}

const yamlFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

/** None of a file that is no YAML, such as a template. */
function readDocuments(file: string): Part[] {
  try {
    const values = parseYamlDocuments(readFileSync(file, 'utf8')).map(({ value }) => value as Part)
    return values.filter(({ apiVersion, kind, metadata }) => typeof apiVersion === 'string' && typeof kind === 'string' && metadata?.name)
  } catch {
    return []
  }
}

/** Waits until the versions of a definition are there. */
const served = ({ spec }: Part): Asked[] =>
  (spec?.versions ?? [])
    .filter(({ served }: Part) => served)
    .map(({ name }: Part) => ({ path: `/apis/${spec.group}/${name}/${spec.names?.plural}`, retry: 5000 }))

/** Which of its conditions comes first is chance. */
const readDefinition = function* ({ metadata }: Part): Round {
  yield { path: `${definitionsPath}/${metadata.name}`, drop: ['status.conditions', 'metadata.managedFields'] }
}

/** An object from its creation to its end. */
function* live(document: Part, resources: Map<string, Resource[]>, namespace: string, name: string): Round {
  const { apiVersion, kind, metadata } = document
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  if (!resources.has(root)) {
    const { body } = yield { path: root, setup: true }
    resources.set(root, body?.resources ?? [])
  }
  const resource = resources.get(root)!.find((each) => each.kind === kind && !each.name.includes('/'))
  if (resource === undefined || !resource.verbs.includes('create')) return
  const { namespaced } = resource
  if (namespaced) metadata.namespace = namespace
  const all = namespaced ? `${root}/namespaces/${namespace}/${resource.name}` : `${root}/${resource.name}`
  yield { method: 'POST', path: `${all}?dryRun=All&fieldValidation=Strict`, body: document }
  if (!namespaced || dryKinds.test(kind) || document.type === 'kubernetes.io/service-account-token') return
  metadata.name = name
  const created = yield { method: 'POST', path: `${all}?fieldValidation=Warn`, body: document }
  if (created.status === 201) yield* changes(document, `${all}/${name}`)
}

function* changes(document: Part, path: string): Round {
  yield { path }
  yield { path, headers: { accept: tableMedia } }
  const apply = { method: 'PATCH', contentType: 'application/apply-patch+yaml' }
  yield { ...apply, path: `${path}?fieldManager=other`, body: document }
  const labels = { ...document.metadata.labels, more: 'yes' }
  yield { ...apply, path: `${path}?fieldManager=other&force=true`, body: { ...document, metadata: { ...document.metadata, labels } } }
  const patch = { metadata: { annotations: { a: 'b' } }, spec: { replicas: 3, suspend: true } }
  yield { method: 'PATCH', path, contentType: 'application/merge-patch+json', body: patch }
  yield { method: 'PUT', path, body: document }
  yield { method: 'DELETE', path }
}
