import { parseGroupVersion } from '../../apimachinery/group-version.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type LabelSelectorObject, labelSelectorFromObject } from '../../apimachinery/selectors/label-selector.ts'
import type { ResourceCatalog } from '../../registry/resource.ts'
import type { AdmissionSource } from '../plugin.ts'

export interface ParamKind {
  apiVersion: string
  kind: string
}

export interface ParamRef {
  name?: string
  namespace?: string
  selector?: LabelSelectorObject
  parameterNotFoundAction?: string
}

/** A policy or a binding cannot be applied as it is. */
export class ConfigurationError extends Error {
  readonly ofPolicy: boolean

  constructor(message: string, ofPolicy = false) {
    super(message)
    this.ofPolicy = ofPolicy
  }
}

/**
 * The objects that a policy is to be evaluated with, once for each; a policy without parameters once with none.
 * @throws ConfigurationError
 */
export function collectParams(
  kind: ParamKind | undefined,
  ref: ParamRef | undefined,
  namespace: string,
  catalog: ResourceCatalog,
  source: AdmissionSource,
): Array<KubeObject | undefined> {
  if (kind === undefined) return [undefined]
  const version = parseGroupVersion(kind.apiVersion)
  const definition = version && catalog.findKind(version.group, version.version, kind.kind)
  if (definition === undefined) {
    const shown = kind.apiVersion.includes('/') ? kind.apiVersion : `/${kind.apiVersion}`
    throw new ConfigurationError(`failed to find resource referenced by paramKind: '${shown.replace(/^\//, '')}, Kind=${kind.kind}'`, true)
  }
  if (ref === undefined) return [undefined]
  if (definition.namespaced && !ref.namespace && namespace === '') {
    throw new ConfigurationError('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources')
  }
  if (!definition.namespaced && ref.namespace) {
    throw new ConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`')
  }
  const resource = { group: definition.storageKind.group, resource: definition.resource }
  const at = definition.namespaced ? ref.namespace || namespace : ''
  const found = find(
    ref,
    (name) => source.lookup(resource, at, name),
    () => source.lookupAll(resource, at),
  )
  if (found.length === 0 && ref.parameterNotFoundAction === 'Deny') {
    throw new ConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction')
  }
  return found.map((object) => definition.codec.fromStorage?.(object) ?? object)
}

function find(
  { name = '', selector }: ParamRef,
  get: (name: string) => KubeObject | undefined,
  list: () => readonly KubeObject[],
): readonly KubeObject[] {
  if (name !== '' && selector !== undefined) throw new ConfigurationError('paramRef.name and paramRef.selector are mutually exclusive')
  if (name !== '') return [get(name) ?? []].flat()
  if (selector === undefined) throw new ConfigurationError('one of name or selector must be provided')
  const { matches } = labelSelectorFromObject(selector)
  return list().filter(({ metadata }) => matches(metadata.labels))
}
