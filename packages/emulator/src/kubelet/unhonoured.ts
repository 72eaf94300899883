import { plainImage } from './plain-pod.ts'
import type { Container, Pod } from './pod-types.ts'

/** Fields of a Pod that change nothing here, as sentences need them. */
export function unhonoured({ spec }: Pod, container: Container, { probes, hooks }: { probes: boolean; hooks: boolean }): string[] {
  const others = spec.containers.filter(({ name }) => name !== container.name).map(({ name }) => name)
  const fields = [...CONTAINER_FIELDS, ...(probes ? [] : PROBES), ...(hooks ? [] : ['lifecycle'])]
  const own = [
    ...fields.filter((field) => isSet(container[field])),
    ...(probes ? PROBES.filter((field) => container[field]?.grpc).map((field) => `${field} (grpc)`) : []),
  ]
  const pod = POD_FIELDS.filter((field) => isSet(spec[field]))
  const volumes = (spec.volumes ?? []).flatMap((volume) => {
    const source = Object.keys(volume).find((key) => key !== 'name')
    return source !== undefined && !VOLUME_SOURCES.has(source) ? [`volume ${volume.name} (${source}: an empty folder)`] : []
  })
  return [
    ...(container.image === plainImage ? [] : ['image']),
    ...pod,
    ...own.filter((field) => field !== 'resources' || hasResources(container)),
    ...(spec.initContainers?.length ? [`initContainers (${spec.initContainers.map(({ name }) => name).join(', ')})`] : []),
    ...(others.length > 0 ? [`containers ${others.join(', ')}`] : []),
    ...volumes,
  ].filter((field, index, all) => all.indexOf(field) === index)
}

const CONTAINER_FIELDS = ['resources', 'securityContext', 'volumeDevices', 'stdin', 'tty']
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe']
const POD_FIELDS = [
  'securityContext',
  'nodeSelector',
  'affinity',
  'runtimeClassName',
  'hostPID',
  'hostIPC',
  'hostUsers',
  'shareProcessNamespace',
  'readinessGates',
  'activeDeadlineSeconds',
  'resources',
]
const VOLUME_SOURCES = new Set([
  'configMap',
  'secret',
  'projected',
  'downwardAPI',
  'emptyDir',
  'persistentVolumeClaim',
  'hostPath',
  'ephemeral',
])

const hasResources = ({ resources }: Container) =>
  Object.keys(resources?.limits ?? {}).length > 0 || Object.keys(resources?.requests ?? {}).length > 0

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && !(typeof value === 'object' && Object.keys(value).length === 0)
