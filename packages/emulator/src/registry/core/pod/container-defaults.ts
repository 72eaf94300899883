import type { Fields } from '../../../apimachinery/validation/index.ts'
import { roundUpToMilli } from '../quantities.ts'
import { defaultPullPolicy } from './image-name.ts'

/** The defaults of any container: regular, init or ephemeral. */
export function applyContainerDefaults(container: Fields): void {
  container.imagePullPolicy ||= defaultPullPolicy(container.image ?? '')
  container.terminationMessagePath ||= '/dev/termination-log'
  container.terminationMessagePolicy ||= 'File'
  for (const port of container.ports ?? []) port.protocol ||= 'TCP'
  for (const variable of container.env ?? []) applyVariableDefaults(variable)
  for (const list of [container.resources?.limits, container.resources?.requests]) {
    for (const [name, quantity] of Object.entries(list ?? {})) list[name] = roundUpToMilli(quantity as string)
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (container[name]) applyProbeDefaults(container[name])
  }
  for (const name of ['postStart', 'preStop']) applyHTTPGetDefaults(container.lifecycle?.[name]?.httpGet)
}

function applyVariableDefaults({ valueFrom }: Fields): void {
  if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1'
  if (valueFrom?.fileKeyRef) valueFrom.fileKeyRef.optional ??= false
}

function applyProbeDefaults(probe: Fields): void {
  probe.timeoutSeconds ||= 1
  probe.periodSeconds ||= 10
  probe.successThreshold ||= 1
  probe.failureThreshold ||= 3
  applyHTTPGetDefaults(probe.httpGet)
  if (probe.grpc) probe.grpc.service ??= ''
}

function applyHTTPGetDefaults(action: Fields | undefined): void {
  if (!action) return
  action.path ||= '/'
  action.scheme ||= 'HTTP'
}
