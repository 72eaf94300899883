/** Warnings about Pods and Pod templates: what is valid, and yet hardly meant (Go: api/pod/warnings.go). */
import { type FieldPath, fieldPath } from '../../../apimachinery/field-error.ts'
import type { KubeObject, ObjectMeta } from '../../../apimachinery/object.ts'
import { quote } from '../../../apimachinery/quote.ts'
import { type Fields, ipWarnings, isDNS1123Label } from '../../../apimachinery/validation/index.ts'
import { claimSpecWarnings } from '../persistent-volume-claim/warnings.ts'
import { isWhole, showQuantity } from '../quantities.ts'
import { appArmorAnnotationPrefix, seccompContainerAnnotationPrefix, seccompPodAnnotation } from './annotations.ts'
import { appArmorProfileOf, sameAppArmorProfile } from './app-armor.ts'
import { allContainers } from './containers.ts'
import { nodeLabelDeprecation, nodeSelectorTermWarnings } from './node-labels.ts'
import { overlappingPathWarnings } from './overlapping-paths.ts'

const oldAnnotations: Record<string, string> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
}
/** Volumes of vendors that Kubernetes no longer mounts: the field, how warnings spell it, and since when. */
const oldVolumes: [string, string, string][] = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['ephemeral', '', ''],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]
const requiredField = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferredField = 'preferredDuringSchedulingIgnoredDuringExecution'
const noPods = 'a null labelSelector results in matching no pod'

/** Warnings on creation of a Pod; updates have none. */
export function podWarnings(pod: KubeObject): string[] {
  const texts = isDNS1123Label(pod.metadata.name ?? '')
  const advice = "this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended"
  const name = texts.length === 0 ? [] : [`metadata.name: ${advice}: [${texts.join(' ')}]`]
  return [...name, ...warningsOf(pod['spec'] ?? {}, pod.metadata, fieldPath(), false)]
}

/** Warnings about a template, as any group has it. `old` is for callers' symmetry: a changed template is warned of as a whole. */
export function podTemplateWarnings(template: Fields, path: FieldPath, _old?: Fields): string[] {
  return warningsOf(template['spec'] ?? {}, template['metadata'] ?? {}, path, true)
}

function warningsOf(spec: Fields, meta: ObjectMeta, path: FieldPath, isTemplate: boolean): string[] {
  const at = path.child('spec')
  return [
    ...placementWarnings(spec, at),
    ...Object.entries(oldAnnotations)
      .filter(([key]) => meta.annotations?.[key] !== undefined)
      .map(([key, text]) => `${path.child('metadata', 'annotations').key(key)}: ${text}`),
    ...volumeWarnings(spec.volumes ?? [], at.child('volumes')),
    ...overlappingPathWarnings(spec.volumes ?? []),
    ...duplicates(spec.hostAliases ?? [], 'ip', at.child('hostAliases')),
    ...duplicates(spec.imagePullSecrets ?? [], 'name', at.child('imagePullSecrets')),
    ...emptyNames(spec.imagePullSecrets ?? [], at.child('imagePullSecrets')),
    ...['memory', 'ephemeral-storage'].flatMap((name) => fractionWarnings(spec.overhead, name, at.child('overhead'))),
    ...containerWarnings(spec, meta, path, isTemplate),
    ...portWarnings(spec, at),
    ...portNameWarnings(spec, at),
    ...(spec.terminationGracePeriodSeconds < 0
      ? [`${at.child('terminationGracePeriodSeconds')}: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...podAffinityWarnings(spec.affinity, at.child('affinity')),
    ...(spec.dnsConfig?.nameservers ?? []).flatMap((server: string, i: number) =>
      ipWarnings(server, at.child('dnsConfig', 'nameservers').index(i)),
    ),
    ...(spec.hostAliases ?? []).flatMap(({ ip = '' }: Fields, i: number) => ipWarnings(ip, at.child('hostAliases').index(i).child('ip'))),
  ]
}

function placementWarnings({ nodeSelector = {}, affinity, topologySpreadConstraints = [] }: Fields, path: FieldPath): string[] {
  const warnings: string[] = []
  for (const key of Object.keys(nodeSelector)) {
    const text = nodeLabelDeprecation(key)
    if (text !== undefined) warnings.push(`${path.child('nodeSelector').key(key)}: ${text}`)
  }
  const node = path.child('affinity', 'nodeAffinity')
  for (const [i, term] of (affinity?.nodeAffinity?.[requiredField]?.nodeSelectorTerms ?? []).entries()) {
    warnings.push(...nodeSelectorTermWarnings(term, node.child(requiredField, 'nodeSelectorTerms').index(i), false))
  }
  for (const [i, { preference = {} }] of (affinity?.nodeAffinity?.[preferredField] ?? []).entries()) {
    warnings.push(...nodeSelectorTermWarnings(preference, node.child(preferredField).index(i).child('preference'), true))
  }
  for (const [i, { topologyKey = '', labelSelector }] of topologySpreadConstraints.entries()) {
    const at = path.child('topologySpreadConstraints').index(i)
    const text = nodeLabelDeprecation(topologyKey)
    if (text !== undefined) warnings.push(`${at.child('topologyKey')}: ${topologyKey} is ${text}`)
    if (!labelSelector) warnings.push(`${at.child('labelSelector')}: ${noPods}`)
  }
  return warnings
}

function volumeWarnings(volumes: readonly Fields[], path: FieldPath): string[] {
  return volumes.flatMap((volume, i) =>
    oldVolumes.flatMap(([field, shown, text]) => {
      if (!volume[field]) return []
      if (field !== 'ephemeral') return [`${path.index(i).child(shown)}: ${text}`]
      const spec = volume['ephemeral'].volumeClaimTemplate?.spec
      return spec ? claimSpecWarnings(spec, path.index(i).child('ephemeral', 'volumeClaimTemplate', 'spec')) : []
    }),
  )
}

function duplicates(items: readonly Fields[], field: string, path: FieldPath): string[] {
  const seen = new Set<string>()
  return items.flatMap((item, i) => {
    const value = item[field] ?? ''
    if (seen.has(value)) return [`${path.index(i).child(field)}: duplicate ${field} ${quote(value)}`]
    seen.add(value)
    return []
  })
}

const emptyNames = (items: readonly Fields[], path: FieldPath) =>
  items.flatMap(({ name }, i) => (name ? [] : [`${path.index(i).child('name')}: invalid empty name ""`]))

function fractionWarnings(list: Record<string, string> | undefined, name: string, path: FieldPath): string[] {
  const quantity = list?.[name]
  if (quantity === undefined || isWhole(quantity)) return []
  return [`${path.key(name)}: fractional byte value ${quote(showQuantity(quantity))} is invalid, must be an integer`]
}

function containerWarnings(spec: Fields, { annotations = {} }: ObjectMeta, path: FieldPath, isTemplate: boolean): string[] {
  const annotationPath = path.child('metadata', 'annotations')
  const seccomp = (key: string, profile: unknown) =>
    profile || annotations[key] === undefined
      ? []
      : [`${annotationPath.key(key)}: non-functional in v1.27+; use the "seccompProfile" field instead`]
  const warnings = seccomp(seccompPodAnnotation, spec.securityContext?.seccompProfile)
  for (const { container, path: at } of allContainers(spec, path.child('spec'))) {
    const { name = '', securityContext, resources } = container
    warnings.push(...seccomp(`${seccompContainerAnnotationPrefix}${name}`, securityContext?.seccompProfile))
    const key = `${appArmorAnnotationPrefix}${name}`
    const annotation = annotations[key]
    // Pods themselves are warned of where the annotation is turned into the field.
    if (isTemplate && annotation !== undefined && !securityContext?.appArmorProfile) {
      const ofPod = spec.securityContext?.appArmorProfile
      if (!ofPod || !sameAppArmorProfile(ofPod, appArmorProfileOf(annotation))) {
        warnings.push(`${annotationPath.key(key)}: deprecated since v1.30; use the "appArmorProfile" field instead`)
      }
    }
    for (const resource of ['memory', 'ephemeral-storage']) {
      for (const list of ['limits', 'requests'])
        warnings.push(...fractionWarnings(resources?.[list], resource, at.child('resources', list)))
    }
    warnings.push(...hiddenVariables(container.env ?? [], at.child('env')))
  }
  return warnings
}

function hiddenVariables(variables: readonly Fields[], path: FieldPath): string[] {
  const seen = new Set<string>()
  return variables.flatMap(({ name = '', value = '', valueFrom }, i) => {
    if (!seen.has(name)) {
      seen.add(name)
      return []
    }
    const reference = `$(${name})`
    const extendsEarlier = !valueFrom && value !== reference && value.includes(reference)
    return extendsEarlier ? [] : [`${path.index(i)}: hides previous definition of ${quote(name)}, which may be dropped when using apply`]
  })
}

interface KnownPort {
  path: FieldPath
  hostIP: string
  hostPort: number
}

function portWarnings(spec: Fields, path: FieldPath): string[] {
  const known = new Map<string, KnownPort[]>()
  const warnings: string[] = []
  for (const { container, path: at } of allContainers(spec, path)) {
    for (const [i, port] of (container.ports ?? []).entries()) {
      const { hostIP = '', hostPort = 0, containerPort = 0, protocol = '', name = '' } = port
      const here = { path: at.child('ports').index(i), hostIP, hostPort }
      if (hostIP !== '' && hostPort === 0) {
        const shown = `{Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`
        warnings.push(`${here.path}: hostIP set without hostPort: ${shown}`)
      }
      const key = `${containerPort}/${protocol}`
      const others = known.get(key) ?? []
      for (const other of others) {
        const relation = portRelation(here, other)
        if (relation !== undefined) warnings.push(`${here.path}: ${relation} port definition with ${other.path}`)
      }
      known.set(key, [...others, here])
    }
  }
  return warnings
}

function portRelation(a: KnownPort, b: KnownPort): string | undefined {
  if (a.hostIP === b.hostIP && a.hostPort === b.hostPort) return 'duplicate'
  if (a.hostPort === 0 || b.hostPort === 0) return 'overlapping'
  return a.hostPort === b.hostPort && (a.hostIP === '') !== (b.hostIP === '') ? 'dangerously ambiguous' : undefined
}

function portNameWarnings(spec: Fields, path: FieldPath): string[] {
  const known = new Map<string, FieldPath>()
  const warnings: string[] = []
  for (const { container, path: at } of allContainers(spec, path)) {
    for (const [i, { name = '' }] of (container.ports ?? []).entries()) {
      if (name === '') continue
      const here = at.child('ports').index(i)
      const other = known.get(name)
      if (other === undefined) known.set(name, here)
      else {
        const text = `duplicate port name ${quote(name)} with ${other}, services and probes that select ports by name will use ${other}`
        warnings.push(`${here}: ${text}`)
      }
    }
  }
  return warnings
}

function podAffinityWarnings(affinity: Fields | undefined, path: FieldPath): string[] {
  return ['podAffinity', 'podAntiAffinity'].flatMap((kind) => {
    const { [requiredField]: required = [], [preferredField]: preferred = [] } = affinity?.[kind] ?? {}
    const at = path.child(kind)
    return [
      ...required.flatMap(({ labelSelector }: Fields, i: number) =>
        labelSelector ? [] : [`${at.child(requiredField).index(i).child('labelSelector')}: ${noPods}`],
      ),
      ...preferred.flatMap(({ podAffinityTerm }: Fields, i: number) =>
        podAffinityTerm?.labelSelector ? [] : [`${at.child(preferredField).index(i).child('podAffinityTerm', 'labelSelector')}: ${noPods}`],
      ),
    ]
  })
}
