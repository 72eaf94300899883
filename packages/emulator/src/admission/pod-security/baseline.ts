/** The checks of the baseline level (pod-security-admission, policy/). */
import type { ObjectMeta } from '../../apimachinery/object.ts'
import type { Fields } from '../../apimachinery/validation/index.ts'
import {
  type Check,
  type CheckPod,
  containersOf,
  containersThat,
  named,
  ownsUserNamespace,
  plural,
  quoted,
  setters,
  sorted,
  unless,
  type Violation,
} from './check.ts'

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'
const profiles = ['RuntimeDefault', 'Localhost']

const appArmor: CheckPod = (spec, { annotations = {} }) => {
  const bad = (context: Fields) => context['appArmorProfile'] !== undefined && !profiles.includes(context['appArmorProfile'].type)
  const who = setters(spec, bad)
  const contexts: Fields[] = [spec, ...containersOf(spec)].map(({ securityContext }) => securityContext ?? {})
  const values = sorted(contexts.filter(bad).map(({ appArmorProfile }) => appArmorProfile.type))
  const forbidden = Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(appArmorPrefix) && !/^($|runtime\/default$|localhost\/)/.test(value))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort()
  const who2 = [...(who === undefined ? [] : [who]), ...(forbidden.length > 0 ? [plural('annotation', forbidden)] : [])]
  if (who2.length === 0) return undefined
  const all = [...values, ...forbidden]
  return {
    reason: plural('forbidden AppArmor profile', all),
    detail: `${who2.join(' and ')} must not set AppArmor profile type to ${quoted(all)}`,
  }
}

const defaultCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

const capabilities: CheckPod = (spec) => {
  const added = ({ securityContext }: Fields): string[] =>
    (securityContext?.capabilities?.add ?? []).filter((name: string) => !defaultCapabilities.has(name))
  const bad = containersThat(spec, (container) => added(container).length > 0)
  if (bad.length === 0) return undefined
  const names = quoted(sorted(containersOf(spec).flatMap(added)))
  return {
    reason: 'non-default capabilities',
    detail: `${named('container', bad)} must not include ${names} in securityContext.capabilities.add`,
  }
}

const hostNamespaces: CheckPod = (spec) => {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true)
  return shared.length === 0 ? undefined : { reason: 'host namespaces', detail: shared.map((field) => `${field}=true`).join(', ') }
}

const hostPathVolumes: CheckPod = ({ volumes = [] }) => {
  const bad = volumes.filter(({ hostPath }: Fields) => hostPath !== undefined).map(({ name }: Fields) => name)
  return bad.length === 0 ? undefined : { reason: 'hostPath volumes', detail: named('volume', bad) }
}

const hostPorts: CheckPod = (spec) => {
  const portsOf = ({ ports = [] }: Fields): string[] => ports.flatMap(({ hostPort }: Fields) => (hostPort ? [String(hostPort)] : []))
  const bad = containersThat(spec, (container) => portsOf(container).length > 0)
  if (bad.length === 0) return undefined
  const ports = sorted(containersOf(spec).flatMap(portsOf))
  const detail = `${named('container', bad)} ${bad.length === 1 ? 'uses' : 'use'} ${plural('hostPort', ports)} ${ports.join(', ')}`
  return { reason: 'hostPort', detail }
}

const hostProbes: CheckPod = (spec) => {
  const hostsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Fields): string[] =>
    [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap((handler?: Fields) =>
      [handler?.['httpGet']?.host, handler?.['tcpSocket']?.host].filter((host) => host !== undefined && host !== ''),
    )
  const bad = sorted(containersThat(spec, (container) => hostsOf(container).length > 0))
  if (bad.length === 0) return undefined
  const hosts = sorted(containersOf(spec).flatMap(hostsOf))
  const uses = bad.length === 1 ? 'uses' : 'use'
  return {
    reason: 'probe or lifecycle host',
    detail: `${named('container', bad)} ${uses} ${named('probe or lifecycle host', hosts)}`,
  }
}

const privileged: CheckPod = (spec) => {
  const bad = containersThat(spec, ({ securityContext }) => securityContext?.privileged === true)
  if (bad.length === 0) return undefined
  return { reason: 'privileged', detail: `${named('container', bad)} must not set securityContext.privileged=true` }
}

/** Also part of the restricted level, without an exception for user namespaces. */
export const procMount: CheckPod = (spec) => {
  const typeOf = ({ securityContext }: Fields): string => securityContext?.procMount ?? 'Default'
  const bad = containersThat(spec, (container) => typeOf(container) !== 'Default')
  if (bad.length === 0) return undefined
  const types = sorted(
    containersOf(spec)
      .map(typeOf)
      .filter((type) => type !== 'Default'),
  )
  return { reason: 'procMount', detail: `${named('container', bad)} must not set securityContext.procMount to ${quoted(types)}` }
}

const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t']

const seLinuxOptions =
  (allowed: readonly string[]): CheckPod =>
  (spec) => {
    const badType = ({ type = '' }: Fields) => !allowed.includes(type)
    const isBad = (options: Fields) => badType(options) || (options['user'] ?? '') !== '' || (options['role'] ?? '') !== ''
    const who = setters(spec, ({ seLinuxOptions: options }) => options !== undefined && isBad(options))
    if (who === undefined) return undefined
    const all: Fields[] = [spec, ...containersOf(spec)].flatMap(({ securityContext }) => securityContext?.seLinuxOptions ?? [])
    const types = sorted(all.filter(badType).map(({ type }) => type))
    const data = [
      ...(types.length > 0 ? [named('type', types)] : []),
      ...(all.some(({ user }) => user) ? ['user may not be set'] : []),
      ...(all.some(({ role }) => role) ? ['role may not be set'] : []),
    ]
    return { reason: 'seLinuxOptions', detail: `${who} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}` }
  }

const seccompAnnotation = 'seccomp.security.alpha.kubernetes.io/pod'
const containerSeccompAnnotation = 'container.seccomp.security.alpha.kubernetes.io/'

function seccompAnnotations(spec: Fields, { annotations = {} }: ObjectMeta): Violation | undefined {
  const keys = [seccompAnnotation, ...containersOf(spec).map(({ name }) => containerSeccompAnnotation + name)]
  const bad = sorted(
    keys
      .filter((key) => annotations[key] !== undefined && !/^(runtime\/default$|docker\/default$|localhost\/)/.test(annotations[key]))
      .map((key) => `${key}=${JSON.stringify(annotations[key])}`),
  )
  return bad.length === 0 ? undefined : { reason: 'seccompProfile', detail: `forbidden ${plural('annotation', bad)} ${bad.join(', ')}` }
}

/** Profiles that are set to something forbidden; the restricted level also wants them set. */
export const seccompProfiles: CheckPod = (spec) => {
  const bad = ({ seccompProfile }: Fields) => seccompProfile !== undefined && !profiles.includes(seccompProfile.type)
  const who = setters(spec, bad)
  if (who === undefined) return undefined
  const contexts: Fields[] = [spec, ...containersOf(spec)].map(({ securityContext }) => securityContext ?? {})
  const values = sorted(contexts.filter(bad).map(({ seccompProfile }) => seccompProfile.type))
  return { reason: 'seccompProfile', detail: `${who} must not set securityContext.seccompProfile.type to ${quoted(values)}` }
}

const safeSysctls: ReadonlyArray<[since: number, names: readonly string[]]> = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [29, ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes']],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
]

const sysctls =
  (since: number): CheckPod =>
  ({ securityContext }) => {
    const safe = safeSysctls.flatMap(([from, names]) => (from <= since ? names : []))
    const bad = ((securityContext?.sysctls ?? []) as Fields[]).map(({ name }) => name).filter((name) => !safe.includes(name))
    return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') }
  }

const windowsHostProcess: CheckPod = (spec) => {
  const who = setters(spec, ({ windowsOptions }) => windowsOptions?.hostProcess === true)
  if (who === undefined) return undefined
  return { reason: 'hostProcess', detail: `${who} must not set securityContext.windowsOptions.hostProcess=true` }
}

const always = (check: CheckPod) => [{ since: 0, check }]

export const baselineChecks: readonly Check[] = [
  { id: 'appArmorProfile', level: 'baseline', versions: always(appArmor) },
  { id: 'capabilities_baseline', level: 'baseline', versions: always(capabilities) },
  { id: 'hostNamespaces', level: 'baseline', versions: always(hostNamespaces) },
  { id: 'hostPathVolumes', level: 'baseline', versions: always(hostPathVolumes) },
  { id: 'hostPorts', level: 'baseline', versions: always(hostPorts) },
  { id: 'hostProbesAndHostLifecycle', level: 'baseline', versions: [{ since: 34, check: hostProbes }] },
  { id: 'privileged', level: 'baseline', versions: always(privileged) },
  {
    id: 'procMount',
    level: 'baseline',
    versions: [
      { since: 0, check: procMount },
      { since: 35, check: unless(ownsUserNamespace, procMount) },
    ],
  },
  {
    id: 'seLinuxOptions',
    level: 'baseline',
    versions: [
      { since: 0, check: seLinuxOptions(seLinuxTypes) },
      { since: 31, check: seLinuxOptions([...seLinuxTypes, 'container_engine_t']) },
    ],
  },
  {
    id: 'seccompProfile_baseline',
    level: 'baseline',
    versions: [
      { since: 0, check: seccompAnnotations },
      { since: 19, check: seccompProfiles },
    ],
  },
  { id: 'sysctls', level: 'baseline', versions: safeSysctls.map(([since]) => ({ since, check: sysctls(since) })) },
  { id: 'windowsHostProcess', level: 'baseline', versions: always(windowsHostProcess) },
]
