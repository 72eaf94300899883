/** The checks that the restricted level adds (pod-security-admission, policy/). */
import type { Fields } from '../../apimachinery/validation/index.ts'
import { procMount, seccompProfiles } from './baseline.ts'
import {
  type Check,
  type CheckPod,
  containersOf,
  containersThat,
  isWindows,
  named,
  ownsUserNamespace,
  plural,
  quoted,
  setters,
  sorted,
  unless,
} from './check.ts'

const allowPrivilegeEscalation: CheckPod = (spec) => {
  const bad = containersThat(spec, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false)
  if (bad.length === 0) return undefined
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${named('container', bad)} must set securityContext.allowPrivilegeEscalation=false`,
  }
}

const capabilities: CheckPod = (spec) => {
  const added = ({ securityContext }: Fields): string[] =>
    (securityContext?.capabilities?.add ?? []).filter((name: string) => name !== 'NET_BIND_SERVICE')
  const keeping = containersThat(spec, ({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'))
  const adding = containersThat(spec, (container) => added(container).length > 0)
  const details = [
    ...(keeping.length > 0 ? [`${named('container', keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0
      ? [
          `${named('container', adding)} must not include ${quoted(sorted(containersOf(spec).flatMap(added)))} in securityContext.capabilities.add`,
        ]
      : []),
  ]
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') }
}

const allowedVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
] as const

const restrictedVolumes = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
]

const volumes: CheckPod = ({ volumes: all = [] }) => {
  const bad: Fields[] = all.filter((volume: Fields) => !allowedVolumes.some((type) => volume[type] !== undefined))
  if (bad.length === 0) return undefined
  const types = sorted(bad.map((volume) => restrictedVolumes.find((type) => volume[type] !== undefined) ?? 'unknown'))
  const names = bad.map(({ name }) => name)
  const uses = names.length === 1 ? 'uses' : 'use'
  return {
    reason: 'restricted volume types',
    detail: `${named('volume', names)} ${uses} ${plural('restricted volume type', types)} ${quoted(types)}`,
  }
}

/** Containers that neither they nor their Pod give something that must be given. */
function lacking(spec: Fields, has: (securityContext: Fields) => boolean): string[] {
  if (spec['securityContext'] !== undefined && has(spec['securityContext'])) return []
  return containersThat(spec, ({ securityContext }) => securityContext === undefined || !has(securityContext))
}

const runAsNonRoot: CheckPod = (spec) => {
  const reason = 'runAsNonRoot != true'
  const who = setters(spec, (context) => context['runAsNonRoot'] === false)
  if (who !== undefined) return { reason, detail: `${who} must not set securityContext.runAsNonRoot=false` }
  const silent = lacking(spec, (context) => context['runAsNonRoot'] !== undefined)
  if (silent.length === 0) return undefined
  return { reason, detail: `pod or ${named('container', silent)} must set securityContext.runAsNonRoot=true` }
}

const runAsUser: CheckPod = (spec) => {
  const who = setters(spec, (context) => context['runAsUser'] === 0)
  return who === undefined ? undefined : { reason: 'runAsUser=0', detail: `${who} must not set runAsUser=0` }
}

const seccomp: CheckPod = (spec, metadata) => {
  const forbidden = seccompProfiles(spec, metadata)
  if (forbidden !== undefined) return forbidden
  const silent = lacking(spec, (context) => context['seccompProfile'] !== undefined)
  if (silent.length === 0) return undefined
  const detail = `pod or ${named('container', silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`
  return { reason: 'seccompProfile', detail }
}

const exemptingWindows = (since: number, check: CheckPod) => [
  { since, check },
  { since: 25, check: unless(isWindows, check) },
]
const exemptingUserNamespaces = (since: number, check: CheckPod) => [
  { since, check },
  { since: 35, check: unless(ownsUserNamespace, check) },
]

export const restrictedChecks: readonly Check[] = [
  { id: 'allowPrivilegeEscalation', level: 'restricted', versions: exemptingWindows(8, allowPrivilegeEscalation) },
  {
    id: 'capabilities_restricted',
    level: 'restricted',
    versions: exemptingWindows(22, capabilities),
    overrides: 'capabilities_baseline',
  },
  { id: 'procMount_restricted', level: 'restricted', versions: [{ since: 35, check: procMount }], overrides: 'procMount' },
  { id: 'restrictedVolumes', level: 'restricted', versions: [{ since: 0, check: volumes }], overrides: 'hostPathVolumes' },
  { id: 'runAsNonRoot', level: 'restricted', versions: exemptingUserNamespaces(0, runAsNonRoot) },
  { id: 'runAsUser', level: 'restricted', versions: exemptingUserNamespaces(23, runAsUser) },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    versions: exemptingWindows(19, seccomp),
    overrides: 'seccompProfile_baseline',
  },
]
