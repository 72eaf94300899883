import fc from 'fast-check'

/** What a file is read as. */
export type FileKind = 'manifest' | 'faults' | 'scenario' | 'pod' | 'description'

export type Instead = (typeof instead)[number]
const instead = [
  'a folder',
  'a folder with such a file',
  'a dangling link',
  'a link to itself',
  'a file that may not be read',
  'a pipe',
  'nothing',
] as const

/** A file, or what stands in its place. */
export interface Garbage {
  kind: FileKind
  content: Uint8Array | Instead
  /** What was done to what had been a good file. */
  how: string
  name: string
}

// biome-ignore lint/suspicious/noExplicitAny: any tree
type Tree = any

const good: Record<FileKind, Tree[]> = {
  manifest: [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'demo', namespace: 'default' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config', labels: { a: 'b' } }, data: { key: 'value' } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'reader', namespace: 'default' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }],
    },
    {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'a' },
          spec: { containers: [{ name: 'a', image: 'b', ports: [{ containerPort: 80 }] }] },
        },
      ],
    },
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'gizmos.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'gizmos', kind: 'Gizmo' },
        versions: [
          {
            ...{ name: 'v1', served: true, storage: true },
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { spec: { type: 'object', properties: { size: { type: 'integer', minimum: 1 } } } },
              },
            },
          },
        ],
      },
    },
  ],
  pod: [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', labels: { app: 'a' } },
      spec: {
        volumes: [{ name: 'info', downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } }],
        containers: [
          {
            ...{ name: 'a', image: 'b', workingDir: '/tmp', command: ['x'], args: ['$(A)'] },
            env: [
              { name: 'A', value: 'b' },
              { name: 'B', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
            ],
            volumeMounts: [{ name: 'info', mountPath: '/etc/info', subPath: 'name' }],
            resources: { limits: { cpu: '1' } },
          },
        ],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a' },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'b' }] } },
      },
    },
  ],
  description: [
    {
      ...{
        server: 'https://127.0.0.1:1',
        caFile: '/nowhere/ca.crt',
        token: 'a.b.c',
        kubeconfig: '/nowhere/config',
        podRoot: '/nowhere',
        pid: 1,
      },
      env: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '1' },
    },
  ],
  faults: [
    {
      faults: [
        { match: { verb: 'list', resource: 'pods' }, count: 2, status: 500 },
        { watch: { close: true, afterEvents: 3 } },
        { delay: '200ms', probability: 0.1, seed: 1 },
      ],
    },
  ],
  scenario: [
    {
      name: 'reads',
      manifests: [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'guest' } }],
      namespace: 'kube-public',
      serviceAccount: `$${'{{ matrix.account }}'}`,
      matrix: { account: ['default', 'guest'] },
      faults: [{ match: { resource: 'pods' }, status: 429, retryAfterSeconds: 1, count: 1 }],
      env: { A: 'b' },
      timeout: '20s',
      command: ['sh', 'list.sh'],
      expect: { exitCode: 22, stdout: 'PodList', requests: [{ resource: 'pods', count: 2 }], denials: [] },
    },
  ],
}

const odd: Tree[] = [
  null,
  true,
  -1,
  0,
  1e308,
  2 ** 53,
  0.1,
  '',
  'x',
  '\0',
  '\ud800',
  '../../x',
  '0x10',
  '1e999',
  [],
  {},
  [[]],
  [null],
  { '': '' },
  'a'.repeat(5000),
]
const oddKeys = ['__proto__', 'constructor', 'toString', '', 'a.b/c', '\0', '<<', '*', '&', '!', '? x', 'x'.repeat(300)]

/** All places in a tree, by their path. */
function pathsOf(tree: Tree, path: (string | number)[] = []): (string | number)[][] {
  const below = typeof tree === 'object' && tree !== null ? Object.keys(tree).flatMap((key) => pathsOf(tree[key], [...path, key])) : []
  return [path, ...below]
}

function changeAt(tree: Tree, path: readonly (string | number)[], change: (value: Tree) => Tree): Tree {
  const [first, ...rest] = path
  if (first === undefined) return change(tree)
  const copy = Array.isArray(tree) ? [...tree] : { ...tree }
  copy[first] = changeAt(tree[first], rest, change)
  return copy
}

const withKey = (value: Tree, key: string): Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries([...Object.entries(value), [key, { x: 1 }]])
    : { [key]: value }

/** Changes of what a file says; it remains JSON, and so YAML. */
const treeChanges: Record<string, (tree: Tree, at: number, which: number) => string> = {
  'a value of another kind': (tree, at, which) => JSON.stringify(changeAt(tree, pick(pathsOf(tree), at), () => odd[which % odd.length])),
  'a key that is odd': (tree, at, which) => {
    const key = oddKeys[which % oddKeys.length]!
    // JSON.stringify leaves out no key, not even __proto__, that is the object's own.
    return JSON.stringify(changeAt(tree, pick(pathsOf(tree), at), (value) => withKey(value, key)))
  },
  'a key twice': (tree) => JSON.stringify(tree).replace('{', '{"kind":"x","name":1,'),
  'a field left out': (tree, at) => {
    const path = pick(pathsOf(tree), at)
    return JSON.stringify(changeAt(tree, path, () => undefined)) ?? ''
  },
  'a number that is huge': (tree) => JSON.stringify(tree).replace(/"[a-z]+"(?=[,}])/, `${'9'.repeat(400)}`),
}

const pick = <T>(values: readonly T[], at: number): T => values[at % values.length]!

const spliced = (bytes: Buffer, at: number, added: string | Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at % (bytes.length + 1)), Buffer.from(added as string), bytes.subarray(at % (bytes.length + 1))])

const bomb = (levels: number, width: number) =>
  Array.from(
    { length: levels },
    (_, level) =>
      `a${level}: &a${level} [${Array(width)
        .fill(level === 0 ? 'x' : `*a${level - 1}`)
        .join(', ')}]`,
  ).join('\n')

/** Changes of the bytes of a file. */
const byteChanges: Record<string, (bytes: Buffer, at: number) => Buffer> = {
  'cut off': (bytes, at) => bytes.subarray(0, at % bytes.length),
  'a bit turned': (bytes, at) => Buffer.from(bytes.map((byte, index) => (index === at % bytes.length ? byte ^ (1 << (at % 8)) : byte))),
  'a NUL': (bytes, at) => spliced(bytes, at, '\0'),
  'a byte order mark': (bytes) => spliced(bytes, 0, '\ufeff'),
  'two byte order marks': (bytes) => spliced(bytes, 0, '\ufeff\ufeff'),
  'UTF-16': (bytes) => Buffer.from(`\ufeff${bytes}`, 'utf16le'),
  'lines that end as on Windows': (bytes) => Buffer.from(bytes.toString().replaceAll('\n', '\r\n')),
  'a tab': (bytes, at) => spliced(bytes, at, '\t'),
  'bytes that are no text': (bytes, at) => spliced(bytes, at, Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80])),
  'brackets without end': (bytes, at) => spliced(bytes, at, '['.repeat(20_000)),
  'deep nesting': () => Buffer.from(`apiVersion: v1\nkind: ConfigMap\ndata: ${'['.repeat(20_000)}${']'.repeat(20_000)}`),
  'deep blocks': () => Buffer.from(Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')),
  'aliases of aliases': (bytes) => Buffer.from(`${bomb(12, 9)}\n---\n${bytes}`),
  'an alias of itself': (bytes) => spliced(bytes, 0, 'a: &a [*a]\n---\n'),
  'a tag': (bytes) => spliced(bytes, 0, '!!js/function '),
  'many documents': (bytes) => Buffer.from(`${bytes}\n---\n`.repeat(200)),
  'many empty documents': () => Buffer.from('---\n'.repeat(50_000)),
  'a long line': (bytes, at) => spliced(bytes, at, 'x'.repeat(10_000_000)),
  nothing: () => Buffer.alloc(0),
  'spaces alone': () => Buffer.from(' \n\t\n'),
  'an archive': () => Buffer.from('1f8b0800000000000003cb48cdc9c95728cf2fca4901', 'hex'),
}

function yamlOf(tree: Tree, indent = ''): string {
  if (typeof tree !== 'object' || tree === null || Object.keys(tree).length === 0) return ` ${JSON.stringify(tree)}\n`
  const lines = Array.isArray(tree)
    ? tree.map((each) => `${indent}-${yamlOf(each, `${indent}  `)}`)
    : Object.keys(tree).map((key) => `${indent}${key}:${yamlOf(tree[key], `${indent}  `)}`)
  return `\n${lines.join('')}`
}

export const garbage: fc.Arbitrary<Garbage> = fc
  .record({
    kind: fc.constantFrom<FileKind[]>('manifest', 'manifest', 'faults', 'scenario', 'pod', 'description', 'description'),
    which: fc.nat(100),
    tree: fc.option(fc.constantFrom(...Object.keys(treeChanges)), { freq: 3 }),
    bytes: fc.option(fc.constantFrom(...Object.keys(byteChanges).filter((name) => name !== 'a long line'), 'cut off', 'a bit turned'), {
      freq: 2,
    }),
    long: fc.nat(80),
    replacement: fc.constantFrom(...instead),
    replaced: fc.nat(40),
    at: fc.nat(100_000),
    name: fc.constantFrom('garbage.yaml', 'garbage.json', 'garbage.yml', 'gar bage\u00e4.yaml'),
  })
  .map(({ kind, which, tree, bytes, long, replacement, replaced, at, name }): Garbage => {
    if (replaced < 2) return { kind, content: replacement, how: replacement, name }
    const sound = pick(good[kind], which)
    const text = tree === null ? yamlOf(sound) : treeChanges[tree]!(sound, at, which)
    const change = long === 0 ? 'a long line' : bytes
    const content = change === null ? Buffer.from(text) : byteChanges[change]!(Buffer.from(text), at)
    return { kind, content, how: [tree, change].filter((each) => each !== null).join(', '), name }
  })
