import {
  duplicate,
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  notFound,
  required,
  tooMany,
} from '../../../apimachinery/field-error.ts'
import { emptiedMember, holdsEmptied } from '../../../apimachinery/scheme/emptied.ts'
import {
  checkNumber,
  type Fields,
  isValidPortName,
  isValidPortNum,
  validateDNS1123Label,
  validateOneOf,
  validatePresent,
  validateRequiredOneOf,
} from '../../../apimachinery/validation/index.ts'
import { isSidecar } from './containers.ts'
import { validateEnv, validateEnvFrom } from './env.ts'
import { validateVolumeDevices, validateVolumeMounts } from './mounts.ts'
import type { PodValidationOptions } from './options.ts'
import { validateLifecycle, validateProbes } from './probes.ts'
import { validateContainerResources } from './resources.ts'
import { validateSecurityContext } from './security-context.ts'

/** What a container may refer to, of the Pod that it is in. */
export interface ContainerContext {
  spec: Fields
  volumes: ReadonlyMap<string, Fields>
  claimNames: readonly string[]
  options: PodValidationOptions
}

const protocols = ['SCTP', 'TCP', 'UDP']

/** What holds for every container: regular, init and ephemeral. */
function validateContainer(container: Fields, path: FieldPath, { spec, volumes, claimNames, options }: ContainerContext): FieldError[] {
  const { name = '' } = container
  return [
    ...(name === '' ? [required(path.child('name'))] : validateDNS1123Label(name, path.child('name'))),
    ...validatePresent(container.image, path.child('image')),
    ...validateRequiredOneOf(container.terminationMessagePolicy, ['File', 'FallbackToLogsOnError'], path.child('terminationMessagePolicy')),
    ...validatePorts(container.ports ?? [], path.child('ports')),
    ...validateEnv(container.env ?? [], path.child('env')),
    ...validateEnvFrom(container.envFrom ?? [], path.child('envFrom')),
    ...validateVolumeMounts(container, volumes, path.child('volumeMounts')),
    ...validateVolumeDevices(container, volumes, path.child('volumeDevices')),
    ...validateRequiredOneOf(container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never'], path.child('imagePullPolicy')),
    ...validateContainerResources(container.resources, path.child('resources'), claimNames, options),
    ...validateResizePolicy(container.resizePolicy ?? [], path.child('resizePolicy'), spec.restartPolicy),
    ...validateSecurityContext(container.securityContext, path.child('securityContext'), spec.hostUsers !== false),
  ]
}

function validatePorts(ports: readonly Fields[], path: FieldPath): FieldError[] {
  const names = new Set<string>()
  const errors: FieldError[] = []
  for (const [i, { name = '', containerPort = 0, hostPort = 0, protocol }] of ports.entries()) {
    const at = path.index(i)
    if (name !== '') {
      const texts = isValidPortName(name)
      if (texts.length === 0 && names.has(name)) errors.push(duplicate(at.child('name'), name))
      errors.push(...texts.map((text) => invalid(at.child('name'), name, text)))
      if (texts.length === 0) names.add(name)
    }
    errors.push(
      ...(containerPort === 0
        ? [required(at.child('containerPort'))]
        : checkNumber(isValidPortNum, containerPort, at.child('containerPort'))),
    )
    if (hostPort !== 0) errors.push(...checkNumber(isValidPortNum, hostPort, at.child('hostPort')))
    errors.push(...validateRequiredOneOf(protocol, protocols, at.child('protocol')))
  }
  return errors
}

function validateResizePolicy(policies: readonly Fields[], path: FieldPath, podRestartPolicy: string): FieldError[] {
  const seen = new Set<string>()
  const errors: FieldError[] = []
  for (const [i, { resourceName = '', restartPolicy = '' }] of policies.entries()) {
    if (seen.has(resourceName)) errors.push(duplicate(path.index(i), resourceName))
    seen.add(resourceName)
    errors.push(...validateRequiredOneOf(resourceName, ['cpu', 'memory'], path))
    errors.push(...validateRequiredOneOf(restartPolicy, ['NotRequired', 'RestartContainer'], path))
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      errors.push(invalid(path, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"))
    }
  }
  return errors
}

export function validateContainers(context: ContainerContext, path: FieldPath): FieldError[] {
  const containers: Fields[] = context.spec.containers ?? []
  if (containers.length === 0) return [required(path)]
  const gracePeriod = context.spec.terminationGracePeriodSeconds
  const names = new Set<string>()
  const errors: FieldError[] = []
  for (const [i, container] of containers.entries()) {
    const at = path.index(i)
    const { name = '' } = container
    errors.push(...validateContainer(container, at, context))
    if (names.has(name)) errors.push(duplicate(at.child('name'), name))
    names.add(name)
    errors.push(...validateLifecycle(container.lifecycle, at.child('lifecycle'), gracePeriod))
    errors.push(...validateProbes(container, at, gracePeriod), ...validateRestartRules(container, at))
  }
  return [...errors, ...validateHostPorts(containers, path)]
}

export function validateInitContainers(context: ContainerContext, path: FieldPath): FieldError[] {
  const { spec, options } = context
  const names = new Set<string>((spec.containers ?? []).map(({ name = '' }: Fields) => name))
  const errors: FieldError[] = []
  for (const [i, container] of (spec.initContainers ?? []).entries()) {
    const at = path.index(i)
    const { name = '' } = container
    errors.push(...validateContainer(container, at, context))
    if (container.restartPolicy !== undefined) errors.push(...validateRestartRules(container, at))
    else if (container.restartPolicyRules?.length > 0) errors.push(restartPolicyMissing(at))
    if (names.has(name)) errors.push(duplicate(at.child('name'), name))
    else if (name !== '') names.add(name)
    errors.push(...validateHostPorts([container], path))
    if (isSidecar(container)) {
      errors.push(...validateLifecycle(container.lifecycle, at.child('lifecycle'), spec.terminationGracePeriodSeconds))
      errors.push(...validateProbes(container, at, spec.terminationGracePeriodSeconds))
    } else errors.push(...validateRunOnce(container, at, path.index(i), options))
  }
  return errors
}

const sidecarFields = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']

/** An init container that must end before the next starts has no probes and hooks. */
function validateRunOnce(container: Fields, path: FieldPath, resizePath: FieldPath, options: PodValidationOptions): FieldError[] {
  const errors = sidecarFields
    .filter((field) => container[field])
    .map((field) => forbidden(path.child(field), 'may not be set for init containers without restartPolicy=Always'))
  if (options.allowRestartOfInitContainers) return errors
  for (const [j, { restartPolicy }] of (container.resizePolicy ?? []).entries()) {
    if (restartPolicy !== 'RestartContainer') continue
    const text = "must not be set to 'RestartContainer' for non-sidecar initContainers"
    errors.push(invalid(resizePath.child('resizePolicy').index(j).child('restartPolicy'), restartPolicy, text))
  }
  return errors
}

const restartPolicyMissing = (path: FieldPath) =>
  required(path.child('restartPolicy'), 'must specify restartPolicy when restart rules are used')

function validateRestartRules({ restartPolicy, restartPolicyRules: rules = [] }: Fields, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  if (restartPolicy === undefined) {
    if (rules.length > 0) errors.push(restartPolicyMissing(path))
  } else errors.push(...validateOneOf(restartPolicy, ['Always', 'Never', 'OnFailure'], path.child('restartPolicy')))
  const at = path.child('restartPolicyRules')
  if (rules.length > 20) errors.push(tooMany(at, rules.length, 20))
  for (const [i, { action = '', exitCodes }] of rules.entries()) {
    errors.push(...validateOneOf(action, ['Restart', 'RestartAllContainers'], at.index(i).child('action')))
    const codesPath = at.index(i).child('exitCodes')
    if (!exitCodes) {
      errors.push(required(codesPath, 'must be specified'))
      continue
    }
    errors.push(...validateOneOf(exitCodes.operator ?? '', ['In', 'NotIn'], codesPath.child('operator')))
    const { values = [] } = exitCodes
    if (values.length > 255) errors.push(tooMany(codesPath.child('values'), values.length, 255))
  }
  return errors
}

/** No two containers may ask for one port of the host. */
function validateHostPorts(containers: readonly Fields[], path: FieldPath): FieldError[] {
  const taken = new Set<string>()
  const errors: FieldError[] = []
  for (const [i, { ports = [] }] of containers.entries()) {
    for (const [j, { hostPort = 0, hostIP = '', protocol = '' }] of ports.entries()) {
      if (hostPort === 0) continue
      const key = `${protocol}/${hostIP}/${hostPort}`
      if (taken.has(key)) errors.push(duplicate(path.index(i).child('ports').index(j).child('hostPort'), key))
      taken.add(key)
    }
  }
  return errors
}

/** On the host's network a container listens on the host's own port. */
export function validateHostNetworkPorts(spec: Fields, path: FieldPath, { isPod }: PodValidationOptions): FieldError[] {
  if (spec.hostNetwork !== true) return []
  const errors: FieldError[] = []
  for (const [i, { ports = [] }] of (spec.containers ?? []).entries()) {
    for (const [j, { hostPort = 0, containerPort = 0 }] of ports.entries()) {
      if ((!isPod && hostPort === 0) || hostPort === containerPort) continue
      const at = path.child('containers').index(i).child('ports').index(j).child('hostPort')
      errors.push(invalid(at, hostPort, 'must match `containerPort` when `hostNetwork` is true'))
    }
  }
  return errors
}

const forbiddenInEphemeral = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
]
/** Go's zero value: also an empty list is something, but resources are a struct. */
function isUnset(container: Fields, field: string): boolean {
  const value = container[field]
  if (field === 'resources') return Object.keys(value ?? {}).length === 0 && !holdsEmptied(value)
  return value === undefined && emptiedMember(container, field) === undefined
}

export function validateEphemeralContainers(context: ContainerContext, path: FieldPath): FieldError[] {
  const { spec } = context
  const others = new Set<string>([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name = '' }) => name))
  const names = new Set(others)
  const errors: FieldError[] = []
  for (const [i, container] of (spec.ephemeralContainers ?? []).entries()) {
    const at = path.index(i)
    const { name = '', targetContainerName = '' } = container
    errors.push(...validateContainer(container, at, context), ...validateImageSpaces(container, at))
    if (names.has(name)) errors.push(duplicate(at.child('name'), name))
    names.add(name)
    if (targetContainerName !== '' && !others.has(targetContainerName)) {
      errors.push(notFound(at.child('targetContainerName'), targetContainerName))
    }
    const refuse = (child: FieldPath) => errors.push(forbidden(child, 'cannot be set for an Ephemeral Container'))
    for (const field of forbiddenInEphemeral) if (!isUnset(container, field)) refuse(at.child(field))
    for (const [j, mount] of (container.volumeMounts ?? []).entries()) {
      for (const field of ['subPath', 'subPathExpr']) if (mount[field]) refuse(at.child('volumeMounts').index(j).child(field))
    }
  }
  return errors
}

/** Asked of Pods, not of templates. */
export function validateImageSpaces({ image = '' }: Fields, path: FieldPath): FieldError[] {
  return image.trim() === image ? [] : [invalid(path.child('image'), image, 'must not have leading or trailing whitespace')]
}
