import { namespacedResource } from '../tools/custom-resource.ts'

/** A small seeded generator (mulberry32): the same seed gives the same run. */
export interface Random {
  below(limit: number): number
  pick<T>(items: readonly T[]): T
  chance(probability: number): boolean
  some<T>(items: readonly T[]): T[]
}

export function createRandom(seed: number): Random {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (limit: number) => Math.floor(next() * limit)
  const some = <T>(items: readonly T[]) => items.filter(() => next() < 0.5).sort(() => next() - 0.5)
  return { below, pick: (items) => items[below(items.length)] as never, chance: (probability) => next() < probability, some }
}

// biome-ignore lint/suspicious/noExplicitAny: parts of API objects
type Part = any

const labels = (random: Random): Part => Object.fromEntries(random.some(['a', 'b', 'c']).map((key) => [key, random.pick(['1', '2'])]))

/** Leaves members out, so that each object mentions only some of them. */
function optional(random: Random, members: Record<string, () => Part>): Part {
  return Object.fromEntries(
    Object.entries(members)
      .filter(() => random.chance(0.5))
      .map(([key, make]) => [key, make()]),
  )
}

const container = (random: Random, name: string): Part => ({
  name,
  image: random.pick(['one:1', 'two:2']),
  ...optional(random, {
    env: () => random.some(['A', 'B', 'C']).map((key) => ({ name: key, value: random.pick(['x', 'y']) })),
    ports: () => random.some([80, 81, 82]).map((port) => ({ containerPort: port, ...(random.chance(0.3) ? { name: `p${port}` } : {}) })),
    args: () => random.some(['one', 'two', 'three']),
    resources: () => ({ limits: optional(random, { cpu: () => random.pick(['1', '500m']), memory: () => '1Gi' }) }),
    volumeMounts: () => random.some(['/a', '/b']).map((mountPath) => ({ name: 'tmp', mountPath })),
    securityContext: () => optional(random, { runAsUser: () => random.below(3), privileged: () => false }),
  }),
})

const podSpec = (random: Random): Part => ({
  ...optional(random, {
    tolerations: () => random.some(['k1', 'k2']).map((key) => ({ key, operator: 'Exists' })),
    nodeSelector: () => labels(random),
    imagePullSecrets: () => random.some(['s1', 's2', 's3']).map((name) => ({ name })),
    hostAliases: () => random.some(['1.1.1.1', '2.2.2.2']).map((ip) => ({ ip, hostnames: random.some(['h1', 'h2']) })),
    terminationGracePeriodSeconds: () => random.below(60),
    topologySpreadConstraints: () =>
      random
        .some(['zone', 'host'])
        .map((topologyKey) => ({ topologyKey, maxSkew: 1 + random.below(3), whenUnsatisfiable: 'ScheduleAnyway' })),
  }),
  volumes: [
    { name: 'tmp', emptyDir: {} },
    ...random.some(['v1', 'v2']).map((name) => ({ name, configMap: { name: random.pick(['c', 'd']) } })),
  ],
  containers: ['web', 'side', 'third'].filter((name) => name === 'web' || random.chance(0.4)).map((name) => container(random, name)),
})

const meta = (random: Random, name: string): Part => ({
  name,
  ...optional(random, {
    labels: () => labels(random),
    annotations: () => labels(random),
    finalizers: () => random.some(['e.com/1', 'e.com/2', 'e.com/3']),
  }),
})

export interface Kind {
  apiVersion: string
  kind: string
  path: string
  make(random: Random, name: string): Part
}

export const kinds: Kind[] = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    path: 'api/v1/namespaces/NS/configmaps',
    make: (random, name) => ({ metadata: meta(random, name), ...optional(random, { data: () => labels(random) }) }),
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    path: 'apis/apps/v1/namespaces/NS/deployments',
    make: (random, name) => ({
      metadata: meta(random, name),
      spec: {
        ...optional(random, {
          replicas: () => random.below(5),
          minReadySeconds: () => random.below(5),
          strategy: () => ({ type: 'RollingUpdate', rollingUpdate: { maxSurge: random.pick([1, 2, '30%']) } }),
        }),
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name, ...labels(random) } }, spec: podSpec(random) },
      },
    }),
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    path: 'api/v1/namespaces/NS/services',
    make: (random, name) => ({
      metadata: meta(random, name),
      spec: {
        clusterIP: 'None',
        ...optional(random, { selector: () => labels(random), externalIPs: () => random.some(['10.1.1.1', '10.1.1.2']) }),
        ports: [80, 81, 82, 83]
          .filter((port) => port === 80 || random.chance(0.5))
          .map((port) => ({
            name: `p${port}`,
            port,
            ...optional(random, { targetPort: () => random.pick([8080, 'web']), protocol: () => random.pick(['TCP', 'UDP']) }),
          })),
      },
    }),
  },
  {
    apiVersion: 'patch-property.example.com/v1',
    kind: 'Thing',
    path: 'apis/patch-property.example.com/v1/namespaces/NS/things',
    make: (random, name) => ({
      metadata: meta(random, name),
      spec: optional(random, {
        set: () => random.some(['a', 'b', 'c', 'd']),
        keyed: () =>
          random
            .some(['x', 'y', 'z'])
            .map((key) => ({ name: key, ...optional(random, { port: () => 1 + random.below(2), note: () => random.pick(['n', 'm']) }) })),
        atomic: () => random.some(['q', 'r', 's']),
        whole: () => optional(random, { a: () => '1', b: () => random.pick(['2', '3']) }),
        nested: () =>
          optional(random, {
            deep: () => optional(random, { one: () => random.below(2), two: () => random.below(2) }),
            map: () => labels(random),
          }),
        free: () =>
          optional(random, {
            x: () => optional(random, { y: () => random.below(3), l: () => random.some([1, 2]) }),
            z: () => random.pick(['s', 't']),
          }),
        either: () => random.pick([1, 'one']),
      }),
    }),
  },
]

/** The definition of the custom resource among the kinds. */
export const thingDefinition = namespacedResource(
  'patch-property.example.com',
  'things',
  'Thing',
  {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
          keyed: {
            type: 'array',
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['name', 'port'],
            items: {
              type: 'object',
              required: ['name'],
              properties: { name: { type: 'string' }, port: { type: 'integer', default: 1 }, note: { type: 'string' } },
            },
          },
          atomic: { type: 'array', items: { type: 'string' } },
          whole: {
            type: 'object',
            'x-kubernetes-map-type': 'atomic',
            properties: { a: { type: 'string' }, b: { type: 'string' } },
          },
          nested: {
            type: 'object',
            properties: {
              deep: { type: 'object', properties: { one: { type: 'integer' }, two: { type: 'integer' } } },
              map: { type: 'object', additionalProperties: { type: 'string' } },
            },
          },
          free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          either: { 'x-kubernetes-int-or-string': true },
        },
      },
      status: { type: 'object', properties: { ready: { type: 'boolean' } } },
    },
  },
  { subresources: { status: {} } },
)

/** Makes a random strategic merge patch out of a random object: directives, nulls and orders thrown in. */
export function strategicPatch(random: Random, object: Part): Part {
  const mangle = (value: Part, key: string): Part => {
    if (Array.isArray(value)) return value.map((item) => mangle(item, ''))
    if (typeof value !== 'object' || value === null) return value
    const patched: Part = {}
    for (const [name, member] of Object.entries(value) as [string, Part][]) {
      if (['name', 'port', 'containerPort', 'mountPath', 'ip', 'topologyKey'].includes(name)) patched[name] = member
      else if (random.chance(0.04)) patched[name] = null
      else if (random.chance(0.85)) patched[name] = mangle(member, name)
      if (Array.isArray(member) && member.length > 0 && patched[name] !== null && random.chance(0.15))
        addListDirective(random, patched, name, member)
    }
    if (key !== '' && random.chance(0.03)) patched.$patch = random.pick(['replace', 'delete', 'replace'])
    if (key !== '' && random.chance(0.04))
      patched.$retainKeys = Object.keys(patched).filter((name) => !name.startsWith('$') || name === '$patch')
    return patched
  }
  return mangle(object, '')
}

const MERGE_KEYS: Record<string, string> = {
  containers: 'name',
  volumes: 'name',
  env: 'name',
  volumeMounts: 'mountPath',
  hostAliases: 'ip',
  imagePullSecrets: 'name',
}

function addListDirective(random: Random, patched: Part, name: string, list: Part[]): void {
  const key = name === 'ports' ? (list[0].containerPort === undefined ? 'port' : 'containerPort') : MERGE_KEYS[name]
  if (typeof list[0] !== 'object') {
    if (random.chance(0.5)) {
      // What is both deleted and added is there or not by the chance of Go's maps.
      const deleted = random.some(list)
      patched[`$deleteFromPrimitiveList/${name}`] = deleted
      if (Array.isArray(patched[name])) patched[name] = patched[name].filter((item: Part) => !deleted.includes(item))
    } else
      patched[`$setElementOrder/${name}`] = [...list, ...random.some(['e.com/1', 'e.com/2'])].filter(
        (item, at, all) => all.indexOf(item) === at,
      )
    return
  }
  if (key === undefined) return
  const pick = random.below(4)
  if (pick === 0) patched[name] = [...(patched[name] ?? []), { $patch: 'delete', [key]: list[0][key] }]
  else if (pick === 1) patched[name] = [...(patched[name] ?? []), { $patch: 'replace' }]
  else
    patched[`$setElementOrder/${name}`] = random.chance(0.8)
      ? list.map((item) => ({ [key]: item[key] }))
      : random.some(list.map((item) => ({ [key]: item[key] })))
}
