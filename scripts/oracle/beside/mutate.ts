import { containerOf, createTypeTable, type Field } from '../../../packages/emulator/src/apimachinery/scheme/types.ts'
import { loadFacts } from '../../../packages/emulator/src/facts/load.ts'
import type { Random } from '../random-objects.ts'
import type { Part } from './area.ts'

const types = createTypeTable(loadFacts())

/** A place in an object: the member `key` of `owner`, and what it is by its type, if that is known. */
interface Place {
  owner: Part
  key: string | number
  field: Field | undefined
}

/** A copy of a sound object with so many changes, most of which make it unsound. */
export function mutate(random: Random, object: Part, changes: number): Part {
  const copy = structuredClone(object)
  for (let change = 0; change < changes; change++) mutateOnce(random, copy)
  return copy
}

function mutateOnce(random: Random, object: Part): void {
  const root = types.ofKind(String(object.apiVersion), String(object.kind))
  const places: Place[] = []
  const messages: { value: Part; type: string }[] = []
  collect(object, root, places, messages)
  if (root !== undefined && messages.length > 0 && random.chance(0.45)) {
    const { value, type } = random.pick(messages)
    const fields = types
      .get(type)
      .fields.filter(({ name }) => !['kind', 'apiVersion', 'managedFields', 'name', 'namespace', 'generateName'].includes(name))
    if (fields.length > 0) {
      const field = random.pick(fields)
      value[field.name] = fieldValue(random, field, 0)
      return
    }
  }
  const changeable = places.filter(
    ({ owner, key }) => !(owner === object.metadata && (key === 'name' || key === 'namespace')) && !(owner === object),
  )
  if (changeable.length === 0) return
  const { owner, key, field } = random.pick(changeable)
  switch (random.below(8)) {
    case 0:
      if (Array.isArray(owner)) owner.splice(Number(key), 1)
      else delete owner[key]
      return
    case 1:
      if (Array.isArray(owner)) owner.push(structuredClone(owner[Number(key)]))
      else owner[random.pick(['bogus', 'x-y', ''])] = random.pick<Part>(['x', 1, {}, null])
      return
    case 2:
    case 3:
      owner[key] = structuredClone(random.pick(odd))
      return
    default:
      owner[key] =
        field === undefined
          ? scalarLike(random, owner[key])
          : Array.isArray(owner)
            ? element(random, containerOf(field.kind).element, field, 0)
            : fieldValue(random, field, 0)
  }
}

function collect(value: Part, type: string | undefined, places: Place[], messages: { value: Part; type: string }[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  if (type !== undefined) messages.push({ value, type })
  const byName = type === undefined ? undefined : types.get(type).byName
  for (const [key, member] of Object.entries(value)) {
    const field = byName?.get(key)
    places.push({ owner: value, key, field })
    const { container, element } = containerOf(field?.kind ?? '')
    const inner = element === 'message' ? field?.type : undefined
    if (Array.isArray(member)) {
      for (const [index, each] of member.entries()) {
        places.push({ owner: member, key: index, field })
        collect(each, inner, places, messages)
      }
    } else if (container === 'map' && typeof member === 'object' && member !== null) {
      for (const [name, each] of Object.entries(member)) {
        places.push({ owner: member, key: name, field: undefined })
        collect(each, inner, places, messages)
      }
    } else collect(member, inner, places, messages)
  }
}

const long = 'x'.repeat(64)
const veryLong = 'y'.repeat(254)
const odd: readonly Part[] = [null, '', 0, -1, true, 'x', [], {}, [null], [{}], { a: 'b' }, 1.5, long, veryLong, 'A_b', 4294967296]

function scalarLike(random: Random, value: Part): Part {
  if (typeof value === 'number') return random.pick(numbers)
  if (typeof value === 'boolean') return !value
  return random.pick(texts)
}

const numbers = [0, 1, -1, 2, 80, 65_535, 65_536, 2_147_483_647, 2_147_483_648, 100, 1.5, 600]
const texts = [
  ...['', 'x', 'a.b', 'A_b', 'a/b', 'a/b/c', '-x', 'x-', 'a..b', ' ', 'ü', '10.0.0.1', '::1', '10.0.0.0/8', '1', '50%', 'http', 'e.com/x'],
  ...['kubernetes.io/x', 'https://a.b/c', '/a', '/a/../b', '../a', '$(A)', 'foo:bar', '*', '*.a.b', long, veryLong],
]
const enums = [
  ...[
    'Always',
    'Never',
    'OnFailure',
    'IfNotPresent',
    'TCP',
    'UDP',
    'SCTP',
    'HTTP',
    'HTTPS',
    'ClusterIP',
    'NodePort',
    'ExternalName',
    'LoadBalancer',
  ],
  ...[
    'In',
    'NotIn',
    'Exists',
    'DoesNotExist',
    'Gt',
    'Lt',
    'Equal',
    'Delete',
    'Retain',
    'Recycle',
    'True',
    'False',
    'Unknown',
    'RollingUpdate',
    'Recreate',
  ],
  ...[
    'OnDelete',
    'OrderedReady',
    'Parallel',
    'IPv4',
    'IPv6',
    'SingleStack',
    'PreferDualStack',
    'RequireDualStack',
    'Local',
    'Cluster',
    'None',
    'ClientIP',
  ],
  ...[
    'ReadWriteOnce',
    'ReadOnlyMany',
    'ReadWriteMany',
    'ReadWriteOncePod',
    'Block',
    'Filesystem',
    'NoSchedule',
    'PreferNoSchedule',
    'NoExecute',
  ],
  ...[
    'Fail',
    'Ignore',
    'Deny',
    'Warn',
    'Audit',
    'Default',
    'ClusterFirst',
    'ClusterFirstWithHostNet',
    'Allow',
    'Forbid',
    'Replace',
    'Indexed',
    'NonIndexed',
  ],
  ...[
    'PreemptLowerPriority',
    'Honor',
    'Prefix',
    'Exact',
    'ImplementationSpecific',
    'Ingress',
    'Egress',
    'Utilization',
    'Value',
    'AverageValue',
    'Resource',
    'Pods',
  ],
  ...[
    'Object',
    'External',
    'ContainerResource',
    'Max',
    'Min',
    'Disabled',
    'WaitForFirstConsumer',
    'Immediate',
    'Memory',
    'Container',
    'Pod',
    'User',
    'Group',
  ],
  ...[
    'ServiceAccount',
    'Role',
    'ClusterRole',
    'DoNotSchedule',
    'ScheduleAnyway',
    'FailJob',
    'Count',
    'TerminatingOrFailed',
    'Failed',
    'RuntimeDefault',
    'Localhost',
  ],
  ...[
    'Unconfined',
    'ALL',
    'NET_ADMIN',
    'linux',
    'windows',
    'Bidirectional',
    'HostToContainer',
    'File',
    'FallbackToLogsOnError',
    'RestartContainer',
    'NotRequired',
  ],
]
const quantities = ['1', '0', '-1', '1Gi', '100m', '1.5', '0.1m', '1e3', 'x', '', '1Gi1', '999999999999Gi', '2', '500Mi']
const times = ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.123456Z', '2024-01-01T01:00:00+02:00', 'yesterday', '', '2024-13-01T00:00:00Z']
const keys = [
  'a',
  'a.b/c',
  'cpu',
  'memory',
  'pods',
  'nvidia.com/gpu',
  'hugepages-2Mi',
  'requests.cpu',
  '',
  'A b',
  '-',
  long,
  'a/b/c',
  'kubernetes.io/hostname',
  'ephemeral-storage',
  'storage',
]

const byName: readonly [RegExp, readonly string[]][] = [
  [
    /(IP|ip|cidr|CIDR|IPs|addresses|except)$/,
    [
      '10.0.0.1',
      '10.0.0.0/8',
      '::1',
      'fd00::/8',
      '010.0.0.1',
      '10.0.0.256',
      '::ffff:1.2.3.4',
      '0.0.0.0',
      '127.0.0.1',
      '169.254.1.1',
      'x',
      '',
      'None',
      '10.0.0.1/8',
      '224.0.0.1',
    ],
  ],
  [
    /^(schedule)$/,
    ['* * * * *', '@daily', '*/0 * * * *', 'x', '', '60 * * * *', '@every 1h', 'TZ=UTC * * * * *', '0 0 31 2 *', '1-5/2 * * * MON'],
  ],
  [/^(timeZone)$/, ['Etc/UTC', 'Europe/Berlin', 'Local', 'x/y', '', 'utc']],
  [/^(restartPolicy)$/, ['Always', 'Never', 'OnFailure', '', 'x']],
  [/^(operator)$/, ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt', 'Equal', 'x', '']],
  [
    /^(resources|apiGroups|verbs|resourceNames|apiVersions|operations|nonResourceURLs)$/,
    ['*', 'pods', 'pods/exec', '', 'get', 'v1', 'apps', '/healthz', '/x/*', 'CREATE', '*/*', 'pods/*', '*/scale', 'x y'],
  ],
]

function text(random: Random, { name }: Field): string {
  const likely = byName.find(([pattern]) => pattern.test(name))?.[1]
  if (likely !== undefined && random.chance(0.7)) return random.pick(likely)
  return random.pick(random.chance(0.45) ? enums : texts)
}

/** A value for a field: of its type, though seldom one that makes sense. */
export function fieldValue(random: Random, field: Field, depth: number): Part {
  const { container, element: kind } = containerOf(field.kind)
  const some = () => element(random, kind, field, depth)
  if (container === 'list') return Array.from({ length: random.below(3) }, some)
  if (container === 'map') return Object.fromEntries(Array.from({ length: random.below(3) }, () => [random.pick(keys), some()]))
  return some()
}

function element(random: Random, kind: string, field: Field, depth: number): Part {
  switch (kind) {
    case 'bool':
      return random.chance(0.5)
    case 'string':
      return text(random, field)
    case 'bytes':
      return random.pick(['', 'AA==', 'x', 'YWJj', '!'])
    case 'quantity':
      return random.chance(0.8) ? random.pick(quantities) : random.pick(numbers)
    case 'time':
    case 'microtime':
      return random.chance(0.9) ? random.pick(times) : null
    case 'intstr':
      return random.pick<Part>([0, 1, 80, 65_536, -1, '50%', '-1%', '101%', '%', 'http', '1', '', 'a_b', 'averyveryverylongportname'])
    case 'message': {
      const { fields } = types.get(field.type)
      const value: Part = {}
      const wanted = depth > 2 ? random.below(2) : random.below(4)
      for (let i = 0; i < wanted && fields.length > 0; i++) {
        const inner = random.pick(fields)
        if (inner.name !== 'managedFields') value[inner.name] = fieldValue(random, inner, depth + 1)
      }
      return value
    }
    case 'raw':
    case 'fields':
      return random.pick<Part>([{}, { a: 1 }, null, 'x', [1]])
    default:
      return random.pick(numbers)
  }
}
