import type { KubeObject } from '../apimachinery/object.ts'
import { configError } from './container-error.ts'
import { expand, mappingOf } from './expansion.ts'
import type { Container, EnvVar, KeyReference, KubeletReader, NodeFacts, Pod } from './pod-types.ts'
import { fieldValue, resourceValue } from './references.ts'

export interface EnvironmentSources {
  pod: Pod
  container: Container
  node: NodeFacts
  read: KubeletReader
  /** The variables of Services, whose names `$(NAME)` may use too. */
  services: Readonly<Record<string, string>>
  /** The value of a key in a file of environment variables, in a volume. */
  fileKey?(volume: string, path: string, key: string): string | undefined
}

/**
 * A container's variables: those of `envFrom`, then `env` in its order, then the Services' (kubernetes/pkg/kubelet, makeEnvironmentVariables).
 * @throws ContainerError CreateContainerConfigError for what is referred to and not there
 */
export function containerEnvironment(sources: EnvironmentSources): Record<string, string> {
  const { container, services } = sources
  const variables = environmentFrom(sources)
  const mapping = mappingOf(variables, services)
  for (const variable of container.env ?? []) {
    const value = variable.value ? expand(variable.value, mapping) : referredValue(variable, sources)
    if (value !== undefined) variables[variable.name] = value
  }
  return { ...services, ...variables }
}

function environmentFrom({ pod, container, read }: EnvironmentSources): Record<string, string> {
  const namespace = pod.metadata.namespace ?? ''
  const variables: Record<string, string> = {}
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const reference = configMapRef ?? secretRef
    if (reference === undefined) continue
    const object = found(configMapRef === undefined ? 'secret' : 'configmap', reference, namespace, read)
    const data = configMapRef === undefined ? decode(object?.['data']) : (object?.['data'] ?? {})
    for (const [key, value] of Object.entries(data)) variables[prefix + key] = value as string
  }
  return variables
}

/** Undefined for what is optional and missing: the variable is left out. */
function referredValue({ valueFrom }: EnvVar, sources: EnvironmentSources): string | undefined {
  const { pod, container, node, read, fileKey } = sources
  if (valueFrom === undefined) return ''
  const namespace = pod.metadata.namespace ?? ''
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom
  if (fieldRef) return fieldValue(fieldRef, pod, node)
  if (resourceFieldRef) return resourceValue(resourceFieldRef, pod, container, node)
  if (configMapKeyRef) return keyOf(configMapKeyRef, 'ConfigMap', namespace, found('configmap', configMapKeyRef, namespace, read)?.['data'])
  if (secretKeyRef) return keyOf(secretKeyRef, 'Secret', namespace, decode(found('secret', secretKeyRef, namespace, read)?.['data']))
  if (fileKeyRef) {
    const value = fileKey?.(fileKeyRef.volumeName, fileKeyRef.path, fileKeyRef.key)
    if (value || fileKeyRef.optional) return value || undefined
    throw configError(`environment variable key "${fileKeyRef.key}" not found in file "${fileKeyRef.path}"`)
  }
  return ''
}

function found(
  kind: 'configmap' | 'secret',
  { name = '', optional }: { name?: string; optional?: boolean },
  namespace: string,
  read: KubeletReader,
): KubeObject | undefined {
  const object = kind === 'secret' ? read.secret(namespace, name) : read.configMap(namespace, name)
  if (object === undefined && !optional) throw configError(`${kind} "${name}" not found`)
  return object
}

function keyOf(
  { name = '', key, optional }: KeyReference,
  kind: string,
  namespace: string,
  data?: Record<string, string>,
): string | undefined {
  const value = data !== undefined && Object.hasOwn(data, key) ? data[key] : undefined
  if (value === undefined && !optional) throw configError(`couldn't find key ${key} in ${kind} ${namespace}/${name}`)
  return value
}

function decode(data: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]))
}
