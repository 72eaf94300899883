import { type FieldError, forbidden, invalid } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { newBadRequest, newInvalid, newNotFound, newPlainError } from '../../apimachinery/status-error.ts'
import { parseTime } from '../../apimachinery/time.ts'
import type { ApiResponse } from '../http.ts'
import { checkRepresentations, negotiateOutput, representations } from '../negotiation/output.ts'
import { parseInteger } from '../options.ts'
import { isTrue } from '../request-info.ts'
import type { RequestScope } from '../scope.ts'
import { portsOf } from './connect.ts'
import { attachTo, execIn, forwardTo, logOf } from './running-pod.ts'

/** `pods/NAME/log`. Pods that nobody runs have no log. */
export function readLog(scope: RequestScope): ApiResponse {
  const { query, info, store, request } = scope
  checkRepresentations(request, ['text/plain', ...representations])
  const { as } = negotiateOutput(request, { transforms: true, tables: false })
  const errors = validateLogOptions(query)
  if (errors.length > 0) throw newInvalid({ group: '', kind: 'PodLogOptions' }, info.name, errors)
  const pod = store.get(info.namespace, info.name).object
  const container = containerOf(pod, query.get('container') ?? '')
  // A log has no metadata that could be shown alone.
  if (as !== undefined && (isRunning(scope, pod) || !pod['spec'].nodeName))
    throw newPlainError('object does not implement the Object interfaces')
  if (isRunning(scope, pod))
    return logOf(scope, pod, container, {
      follow: isTrue(query.get('follow')),
      previous: isTrue(query.get('previous')),
      timestamps: isTrue(query.get('timestamps')),
      tailLines: parseInteger(query.get('tailLines')),
      limitBytes: parseInteger(query.get('limitBytes')),
      since: sinceOf(scope),
    })
  if (!pod['spec'].nodeName) return { status: 204, headers: {} }
  throw nodeIsMissing(scope, pod)
}

/** exec and attach of a Pod, whose container may be named. */
export function streamContainer(scope: RequestScope): ApiResponse {
  const { info, query, store } = scope
  const pod = store.get(info.namespace, info.name).object
  const container = containerOf(pod, query.get('container') ?? '')
  if (!isRunning(scope, pod)) throw notRunning(scope, pod)
  return info.subresource === 'exec' ? execIn(scope, pod, container) : attachTo(scope, pod, container)
}

export function forwardPorts(scope: RequestScope): ApiResponse {
  const ports = portsOf(scope.query)
  const pod = scope.store.get(scope.info.namespace, scope.info.name).object
  if (!isRunning(scope, pod)) throw notRunning(scope, pod)
  return forwardTo(scope, pod, ports)
}

/** Whether this process runs the Pod, so that there is something to be reached. */
const isRunning = ({ services }: RequestScope, { metadata }: KubeObject) => services.containers.ofPod(metadata.uid!).length > 0

function notRunning(scope: RequestScope, pod: KubeObject) {
  if (!pod['spec'].nodeName) return newBadRequest(`pod ${pod.metadata.name} does not have a host assigned`)
  return nodeIsMissing(scope, pod)
}

/** No kubelet runs here: a node that exists as an object still has no address to ask. */
function nodeIsMissing({ registry }: RequestScope, { spec }: KubeObject) {
  const node = registry.lookup({ group: '', resource: 'nodes' }, '', spec.nodeName)
  // Named as if it were a Pod: the error takes the resource of the request's path.
  if (node === undefined) return newNotFound({ group: '', resource: 'pods' }, spec.nodeName)
  return newBadRequest(`no preferred addresses found; known addresses: []`)
}

function sinceOf({ query, clock }: RequestScope): number | undefined {
  const [seconds, time] = [parseInteger(query.get('sinceSeconds')), query.get('sinceTime')]
  if (seconds !== undefined) return clock.now() - seconds * 1_000
  return time ? parseSinceTime(time) : undefined
}

function parseSinceTime(text: string): number {
  try {
    return parseTime(text)
  } catch (error) {
    throw newBadRequest((error as Error).message)
  }
}

function validateLogOptions(query: URLSearchParams): FieldError[] {
  const errors: FieldError[] = []
  const number = (name: string) => parseInteger(query.get(name))
  const [tailLines, limitBytes, sinceSeconds] = [number('tailLines'), number('limitBytes'), number('sinceSeconds')]
  if (tailLines !== undefined && tailLines < 0) errors.push(invalid('tailLines', tailLines, 'must be greater than or equal to 0'))
  if (limitBytes !== undefined && limitBytes < 1) errors.push(invalid('limitBytes', limitBytes, 'must be greater than 0'))
  const sinceTime = query.get('sinceTime')
  if (sinceTime) parseSinceTime(sinceTime)
  if (sinceSeconds !== undefined && sinceTime) {
    errors.push(forbidden('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'))
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) {
    errors.push(invalid('sinceSeconds', sinceSeconds, 'must be greater than 0'))
  }
  // The feature gate that lets clients choose one is off.
  if (query.has('stream')) errors.push(forbidden('stream', 'may not be specified'))
  return errors
}

/** @throws StatusError 400 where the container is not the Pod's, or has to be named */
function containerOf({ metadata, spec }: KubeObject, name: string): string {
  const all: string[] = [spec.initContainers, spec.containers, spec.ephemeralContainers]
    .flatMap((each) => each ?? [])
    .map((each) => each.name)
  if (name !== '') {
    if (!all.includes(name)) throw newBadRequest(`container ${name} is not valid for pod ${metadata.name}`)
    return name
  }
  if (spec.containers.length === 1) return spec.containers[0].name
  throw newBadRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${all.join(' ')}]`)
}
