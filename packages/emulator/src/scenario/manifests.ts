import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { KubeObject } from '../apimachinery/object.ts'
import { parseYamlDocuments, YamlError, type YamlPath } from '../apimachinery/yaml.ts'
import { EmulatorError } from '../errors.ts'
import type { ManifestObject } from './apply.ts'

/** A file or folder of manifests, `-` for standard input, an API object, or an object that was read from a file. */
export type ManifestSource = string | KubeObject | ManifestObject

/** Kinds that others need, in the order in which they are needed; everything else follows as given. */
const FIRST_KINDS = [
  'Namespace',
  'CustomResourceDefinition',
  'ServiceAccount',
  'ClusterRole',
  'Role',
  'ClusterRoleBinding',
  'RoleBinding',
  'PriorityClass',
  'StorageClass',
  'ResourceQuota',
  'LimitRange',
  'ConfigMap',
  'Secret',
]
const EXTENSIONS = /\.(ya?ml|json)$/

/**
 * Reads manifests, lists taken apart, in an order in which they can be applied. Folders as `kubectl -f` reads them: their own YAML and
 * JSON files, by name, and not what is in folders below.
 * @throws EmulatorError ERR_MANIFEST_NOT_FOUND, ERR_MANIFEST_UNREADABLE, ERR_MANIFEST_EMPTY, ERR_MANIFEST_SYNTAX, ERR_MANIFEST_OBJECT
 */
export async function loadManifests(sources: readonly ManifestSource[]): Promise<ManifestObject[]> {
  const objects: ManifestObject[] = []
  for (const source of sources) objects.push(...(typeof source === 'string' ? readPath(source) : takeApart(asManifest(source))))
  return sortManifests(objects)
}

/** The objects of one text, with the line of each. */
export function parseManifests(text: string, file: string): ManifestObject[] {
  return parseDocuments(text, file).flatMap(({ value, line, lineOf }) => takeApart(checkObject(value, { file, line, lineOf })))
}

function asManifest(source: KubeObject | ManifestObject): ManifestObject {
  if ('source' in source && 'object' in source) return source as ManifestObject
  return checkObject(source, { file: 'manifests' })
}

function readPath(path: string): ManifestObject[] {
  if (path === '-') return nonEmpty(parseManifests(readText(0), 'standard input'), 'standard input')
  const files = isFolder(path) ? filesOf(path) : [path]
  return nonEmpty(
    files.flatMap((file) => parseManifests(readText(file), file)),
    path,
  )
}

function nonEmpty(objects: ManifestObject[], path: string): ManifestObject[] {
  if (objects.length === 0) throw new EmulatorError('ERR_MANIFEST_EMPTY', `${path}: no objects in it`)
  return objects
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (cause) {
    throw fileError(path, cause)
  }
}

function filesOf(folder: string): string[] {
  const names = entriesOf(folder).filter((entry) => EXTENSIONS.test(entry.name) && !entry.isDirectory())
  if (names.length > 0) return names.map(({ name }) => join(folder, name)).sort()
  throw new EmulatorError('ERR_MANIFEST_EMPTY', `${folder}: no .yaml, .yml or .json file in it`, {
    hint: 'Folders below are not looked into: name them too.',
  })
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (cause) {
    throw fileError(folder, cause)
  }
}

function readText(file: string | 0): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw fileError(file === 0 ? 'standard input' : file, cause)
  }
}

function fileError(path: string, cause: unknown): EmulatorError {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new EmulatorError('ERR_MANIFEST_NOT_FOUND', `${path}: no such file or folder`, {
      cause,
      hint: `Check the path; it counts from ${process.cwd()}.`,
    })
  }
  return new EmulatorError('ERR_MANIFEST_UNREADABLE', code === 'EACCES' ? `${path}: may not be read` : `${path}: ${message}`, { cause })
}

function parseDocuments(text: string, file: string): ReturnType<typeof parseYamlDocuments> {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  const json = /^\s*\{/.test(plain) ? parseJson(plain) : undefined
  if (json !== undefined) return [{ value: json, line: 1, lineOf: (path) => parseYamlDocuments(plain)[0]?.lineOf(path) }]
  try {
    return parseYamlDocuments(plain)
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause
    const { line, column, reason } = cause
    throw new EmulatorError('ERR_MANIFEST_SYNTAX', `${file}:${line}:${column}: ${reason}`, { cause })
  }
}

/** Quicker than YAML; undefined for what is not JSON alone, which then gets YAML's error messages with their place. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type Source = ManifestObject['source']

function checkObject(value: unknown, source: Source): ManifestObject {
  const fail = (what: string) => {
    const where = source.line === undefined ? source.file : `${source.file}:${source.line}`
    return new EmulatorError('ERR_MANIFEST_OBJECT', `${where}: ${what}`, {
      hint: 'Every object begins with apiVersion, kind and metadata, as in: apiVersion: v1, kind: ServiceAccount, metadata: {name: demo}',
    })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fail(`not a Kubernetes object but ${describe(value)}`)
  const object = value as Partial<KubeObject>
  for (const field of ['apiVersion', 'kind'] as const) {
    if (object[field] === undefined || object[field] === '') throw fail(`not a Kubernetes object: ${field} is missing`)
    if (typeof object[field] !== 'string') throw fail(`not a Kubernetes object: ${field} is ${describe(object[field])}, not a string`)
  }
  const { metadata } = object
  if (metadata !== undefined && metadata !== null && (typeof metadata !== 'object' || Array.isArray(metadata)))
    throw fail(`metadata is ${describe(metadata)}, not an object`)
  return { object: { ...object, metadata: metadata ?? {} } as KubeObject, source }
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Lists hold objects; those of a typed list may leave out their own kind. */
function takeApart(manifest: ManifestObject): ManifestObject[] {
  const { object, source } = manifest
  const items: unknown = object['items']
  if (!object.kind.endsWith('List') || !Array.isArray(items)) return [manifest]
  const implied = object.kind === 'List' ? {} : { apiVersion: object.apiVersion, kind: object.kind.slice(0, -'List'.length) }
  return items.flatMap((item, index) => {
    const lineOf = (path: YamlPath) => source.lineOf?.(['items', index, ...path])
    return takeApart(checkObject(isRecord(item) ? { ...implied, ...item } : item, { ...source, lineOf }))
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Stable: objects of one kind stay as given. */
function sortManifests(objects: ManifestObject[]): ManifestObject[] {
  const rank = ({ object }: ManifestObject) => {
    const index = FIRST_KINDS.indexOf(object.kind)
    return index < 0 ? FIRST_KINDS.length : index
  }
  return objects.toSorted((a, b) => rank(a) - rank(b))
}
