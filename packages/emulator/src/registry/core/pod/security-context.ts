import { duplicate, type FieldError, type FieldPath, forbidden, invalid, required, tooLong } from '../../../apimachinery/field-error.ts'
import {
  byteLength,
  checkNumber,
  type Fields,
  isValidGroupID,
  isValidUserID,
  validateOneOf,
} from '../../../apimachinery/validation/index.ts'
import { showInternal } from '../../internal-values.ts'
import type { PodValidationOptions } from './options.ts'
import { validateDescendingPath } from './paths.ts'
import { validateWindowsOptions } from './windows.ts'

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']
const sysctlFormat = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'
const sysctlPattern = new RegExp(sysctlFormat)
const ipcSysctls = /^(kernel\.(sem|shmall|shmmax|shmmni|shm_rmid_forced|shm|msgmax|msgmnb|msgmni|msg)$|fs\.mqueue\.)/

function validateIDs(context: Fields, path: FieldPath, fields: readonly string[]): FieldError[] {
  return fields.flatMap((field) =>
    context[field] === undefined
      ? []
      : checkNumber(field === 'runAsUser' ? isValidUserID : isValidGroupID, context[field], path.child(field)),
  )
}

function validateSeccompProfile(profile: Fields | undefined, path: FieldPath): FieldError[] {
  if (!profile) return []
  const { type = '', localhostProfile } = profile
  const at = path.child('localhostProfile')
  const errors =
    type === ''
      ? [required(path.child('type'), 'type is required when seccompProfile is set')]
      : validateOneOf(type, profileTypes, path.child('type'))
  if (type === 'Localhost') {
    if (localhostProfile === undefined) return [...errors, required(at, 'must be set when seccomp type is Localhost')]
    return [...errors, ...validateDescendingPath(localhostProfile, at)]
  }
  if (localhostProfile === undefined) return errors
  return [...errors, invalid(at, showInternal('core.SeccompProfile', profile), 'can only be set when seccomp type is Localhost')]
}

export function validateAppArmorProfile(profile: Fields | undefined, path: FieldPath): FieldError[] {
  if (!profile) return []
  const { type = '', localhostProfile } = profile
  const at = path.child('localhostProfile')
  if (type === '') return [required(path.child('type'), 'type is required when appArmorProfile is set')]
  if (type !== 'Localhost') {
    if (!profileTypes.includes(type)) return validateOneOf(type, profileTypes, path.child('type'))
    return localhostProfile === undefined ? [] : [invalid(at, localhostProfile, 'can only be set when AppArmor type is Localhost')]
  }
  if (localhostProfile === undefined) return [required(at, 'must be set when AppArmor type is Localhost')]
  const errors: FieldError[] = []
  if (localhostProfile.trim() !== localhostProfile) errors.push(invalid(at, localhostProfile, 'must not be padded with whitespace'))
  else if (localhostProfile === '') errors.push(required(at, 'must be set when AppArmor type is Localhost'))
  return byteLength(localhostProfile) > 4095 ? [...errors, tooLong(at, 4095)] : errors
}

/** The security context of a container. `hostUsers`: the Pod runs in the host's user namespace. */
export function validateSecurityContext(context: Fields | undefined, path: FieldPath, hostUsers: boolean): FieldError[] {
  if (!context) return []
  const errors = validateIDs(context, path, ['runAsUser', 'runAsGroup'])
  if (context.procMount !== undefined) {
    errors.push(...validateOneOf(context.procMount, ['Default', 'Unmasked'], path.child('procMount')))
    if (hostUsers && context.procMount === 'Unmasked') {
      errors.push(invalid(path.child('procMount'), context.procMount, '`hostUsers` must be false to use `Unmasked`'))
    }
  }
  errors.push(...validateSeccompProfile(context.seccompProfile, path.child('seccompProfile')))
  if (context.allowPrivilegeEscalation === false) errors.push(...validateNoEscalation(context, path))
  errors.push(...validateWindowsOptions(context.windowsOptions, path.child('windowsOptions')))
  return [...errors, ...validateAppArmorProfile(context.appArmorProfile, path.child('appArmorProfile'))]
}

function validateNoEscalation(context: Fields, path: FieldPath): FieldError[] {
  const refuse = (what: string) =>
    invalid(path, showInternal('core.SecurityContext', context), `cannot set \`allowPrivilegeEscalation\` to false and ${what}`)
  const added: string[] = context.capabilities?.add ?? []
  return [
    ...(context.privileged === true ? [refuse('`privileged` to true')] : []),
    ...added.filter((name) => name === 'CAP_SYS_ADMIN').map(() => refuse('`capabilities.Add` CAP_SYS_ADMIN')),
  ]
}

/** A sysctl of a namespace that the Pod shares with its host: what is wrong with that, if it is so. */
export function isHostSysctl(sysctl: string, { hostNetwork, hostIPC }: Fields): string | undefined {
  // Names may be written with slashes; the separator that comes first decides.
  const separator = /[./]/.exec(sysctl)?.[0]
  const swap = (character: string) => (character === '/' ? '.' : '/')
  const name = (separator === '/' ? sysctl.replace(/[./]/g, swap) : sysctl).split('*')[0] as string
  if (hostNetwork && name.startsWith('net.')) return "may not be specified when 'hostNetwork' is true"
  return hostIPC && ipcSysctls.test(name) ? "may not be specified when 'hostIPC' is true" : undefined
}

function validateSysctls(spec: Fields, path: FieldPath, options: PodValidationOptions): FieldError[] {
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [i, { name = '' }] of spec.securityContext.sysctls.entries()) {
    const at = path.index(i).child('name')
    if (name === '') errors.push(required(at))
    else if (byteLength(name) > 253 || !sysctlPattern.test(name)) {
      errors.push(invalid(at, name, `must have at most 253 characters and match regex ${sysctlFormat}`))
    } else if (names.has(name)) errors.push(duplicate(at, name))
    const host = options.allowHostSysctls ? undefined : isHostSysctl(name, spec)
    if (host !== undefined) errors.push(invalid(at, name, host))
    names.add(name)
  }
  return errors
}

/** The security context of a whole Pod. */
export function validatePodSecurityContext(spec: Fields, path: FieldPath, options: PodValidationOptions): FieldError[] {
  const context = spec.securityContext
  if (!context) return []
  const errors = validateIDs(context, path, ['fsGroup', 'runAsUser', 'runAsGroup'])
  for (const [i, group] of (context.supplementalGroups ?? []).entries()) {
    errors.push(...checkNumber(isValidGroupID, group, path.child('supplementalGroups').index(i)))
  }
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    errors.push(invalid(path.child('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled'))
  }
  if (context.sysctls) errors.push(...validateSysctls(spec, path.child('sysctls'), options))
  const oneOf = (field: string, values: string[]) => {
    if (context[field] !== undefined) errors.push(...validateOneOf(context[field], values, path.child(field)))
  }
  oneOf('fsGroupChangePolicy', ['Always', 'OnRootMismatch'])
  errors.push(...validateSeccompProfile(context.seccompProfile, path.child('seccompProfile')))
  errors.push(...validateWindowsOptions(context.windowsOptions, path.child('windowsOptions')))
  errors.push(...validateAppArmorProfile(context.appArmorProfile, path.child('appArmorProfile')))
  oneOf('supplementalGroupsPolicy', ['Merge', 'Strict'])
  oneOf('seLinuxChangePolicy', options.allowAnySELinuxChangePolicy ? ['MountOption', 'Recursive'] : ['Recursive'])
  return errors
}

/** What a Pod in a user namespace of its own cannot have. */
export function validateUserNamespace(
  spec: Fields,
  path: FieldPath,
  containers: readonly { container: Fields; path: FieldPath }[],
  options: PodValidationOptions,
): FieldError[] {
  if (spec.hostUsers !== false) return []
  const refuse = (at: FieldPath) => forbidden(at, 'when `hostUsers` is false')
  return [
    ...(spec.hostNetwork && !options.allowUserNamespaceOnHostNetwork ? [refuse(path.child('hostNetwork'))] : []),
    ...(spec.hostPID ? [refuse(path.child('HostPID'))] : []),
    ...(spec.hostIPC ? [refuse(path.child('HostIPC'))] : []),
    ...(options.allowDevicesInUserNamespaces ? [] : containers)
      .filter(({ container }) => container.volumeDevices?.length > 0)
      .map(({ path: at }) => refuse(at.child('volumeDevices'))),
  ]
}
