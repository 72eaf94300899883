/** What depends on a Pod's operating system. */
import { type FieldError, type FieldPath, forbidden, invalid } from '../../../apimachinery/field-error.ts'
import { byteLength, check, type Fields, isDNS1123Subdomain } from '../../../apimachinery/validation/index.ts'
import { allContainers } from './containers.ts'

const netBIOSPattern = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const domainPattern = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/

export function validateWindowsOptions(options: Fields | undefined, path: FieldPath): FieldError[] {
  if (!options) return []
  const { gmsaCredentialSpecName, gmsaCredentialSpec, runAsUserName } = options
  const errors: FieldError[] = []
  if (gmsaCredentialSpecName !== undefined) {
    errors.push(...check(isDNS1123Subdomain, gmsaCredentialSpecName, path.child('gmsaCredentialSpecName')))
  }
  if (gmsaCredentialSpec !== undefined) {
    const at = path.child('gmsaCredentialSpec')
    const length = byteLength(gmsaCredentialSpec)
    if (length === 0) errors.push(invalid(at, gmsaCredentialSpec, 'gmsaCredentialSpec cannot be an empty string'))
    else if (length > 65536) errors.push(invalid(at, gmsaCredentialSpec, 'gmsaCredentialSpec size must be under 64 KiB'))
  }
  if (runAsUserName === undefined) return errors
  return [
    ...errors,
    ...userNameErrors(runAsUserName).map((text) => invalid(path.child('runAsUserName'), runAsUserName, `runAsUserName${text}`)),
  ]
}

function userNameErrors(name: string): string[] {
  const parts = name.split('\\')
  if (name === '') return [' cannot be an empty string']
  if (/[\x00-\x1f\x7f]/.test(name)) return [' cannot contain control characters']
  if (parts.length > 2) return [' cannot contain more than one backslash']
  const user = parts.at(-1) as string
  const domain = parts.length === 2 ? (parts[0] as string) : undefined
  const errors: string[] = []
  if (byteLength(domain ?? '') >= 256) errors.push("'s Domain length must be under 256 characters")
  if (domain !== undefined && !netBIOSPattern.test(domain) && !domainPattern.test(domain)) {
    errors.push("'s Domain doesn't match the NetBios nor the DNS format")
  }
  if (user === '') errors.push("'s User cannot be empty")
  else if (byteLength(user) > 104) errors.push("'s User length must not be longer than 104 characters")
  if (/^[. ]+$/.test(user)) errors.push("'s User cannot contain only periods or spaces")
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) errors.push('\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]')
  return errors
}

/** Host processes: all containers of a Pod are such, or none. */
export function validateHostProcesses(spec: Fields, path: FieldPath): FieldError[] {
  const containers = allContainers(spec, path)
  const ofPod: boolean | undefined = spec.securityContext?.windowsOptions?.hostProcess
  const errors: FieldError[] = []
  let count = 0
  for (const { container, path: at } of containers) {
    const own: boolean | undefined = container.securityContext?.windowsOptions?.hostProcess
    if (ofPod !== undefined && own !== undefined && own !== ofPod) {
      const text = `pod hostProcess value must be identical if both are specified, was ${ofPod}`
      errors.push(invalid(at.child('securityContext', 'windowsOptions', 'hostProcess'), own, text))
    }
    if (own ?? ofPod) count++
  }
  if (count === 0) return errors
  if (count !== containers.length) {
    errors.push(invalid(path, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'))
  }
  if (spec.hostNetwork !== true) {
    errors.push(invalid(path.child('hostNetwork'), false, 'hostNetwork must be true if pod contains any hostProcess containers'))
  }
  return errors
}

const linuxPodFields: (readonly string[])[] = [
  ['securityContext', 'appArmorProfile'],
  ['securityContext', 'seLinuxOptions'],
  ['hostUsers'],
  ['hostPID'],
  ['hostIPC'],
  ['securityContext', 'seccompProfile'],
  ['securityContext', 'fsGroup'],
  ['securityContext', 'fsGroupChangePolicy'],
  ['securityContext', 'sysctls'],
  ['shareProcessNamespace'],
  ['securityContext', 'runAsUser'],
  ['securityContext', 'runAsGroup'],
  ['securityContext', 'supplementalGroups'],
  ['securityContext', 'supplementalGroupsPolicy'],
  ['securityContext', 'seLinuxChangePolicy'],
]
const linuxContainerFields = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
]

/** The name is known already to be one of the two. */
export function validateForOS(spec: Fields, path: FieldPath): FieldError[] {
  const containers = allContainers(spec, path)
  if (spec.os.name === 'linux') {
    const owners = [{ container: spec, path }, ...containers]
    return owners
      .filter(({ container }) => container.securityContext?.windowsOptions)
      .map(({ path: at }) => forbidden(at.child('securityContext', 'windowsOptions'), 'windows options cannot be set for a linux pod'))
  }
  const isSet = (names: readonly string[]) => {
    const value = names.reduce((object: Fields | undefined, name) => object?.[name], spec)
    return value !== undefined && !((names[0] === 'hostPID' || names[0] === 'hostIPC') && !value)
  }
  return [
    ...linuxPodFields.filter(isSet).map((names) => forbidden(path.child(...names), 'cannot be set for a windows pod')),
    ...containers.flatMap(({ container, path: at }) =>
      linuxContainerFields
        .filter((field) => container.securityContext?.[field] !== undefined)
        .map((field) => forbidden(at.child('securityContext', field), 'cannot be set for a windows pod')),
    ),
  ]
}
