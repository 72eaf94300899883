import fc from 'fast-check'
import { copyOf, hostileValue, type Json, Members, mutated, type Tree, treeOf } from './json.ts'
import { anyText, oddKey } from './texts.ts'

const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')

function pointersOf(value: Json | undefined, path: string, found: string[]): string[] {
  found.push(path)
  if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value)) pointersOf(member as Json, `${path}/${escaped(key)}`, found)
  return found
}

const oddPointer = fc.constantFrom(
  ...[
    '',
    '/',
    '//',
    'x',
    'metadata',
    '/__proto__',
    '/__proto__/polluted',
    '/constructor/prototype/polluted',
    '/metadata/__proto__/x',
    '/metadata/labels/__proto__',
    '/toString',
    '/metadata/labels/constructor',
  ],
  ...[
    '/-',
    '/spec/-',
    '/metadata/finalizers/-',
    '/metadata/finalizers/0',
    '/metadata/finalizers/-1',
    '/metadata/finalizers/99999999999999999999',
    '/metadata/finalizers/1e3',
    '/metadata/finalizers/00',
    '/metadata/finalizers/+1',
  ],
  ...[
    '/metadata/finalizers/4294967295',
    '/metadata/finalizers/length',
    '/~',
    '/~2',
    '/~01',
    '/metadata/~1',
    '/metadata/annotations/a~1b',
    '/metadata/name',
    '/metadata/namespace',
    '/metadata/uid',
    '/metadata/resourceVersion',
    '/metadata/managedFields',
  ],
  ...[
    '/apiVersion',
    '/kind',
    '/metadata',
    '/data',
    '/\u0000',
    `/${'a/'.repeat(9_000)}`,
    '/metadata/deletionTimestamp',
    '/metadata/ownerReferences/0',
  ],
)

function jsonPatch(object: Json): fc.Arbitrary<Tree> {
  const pointer = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...pointersOf(object, '', [])) },
    { weight: 2, arbitrary: oddPointer },
    fc.tuple(fc.constantFrom('/metadata/annotations/', '/data/', '/'), oddKey).map(([at, key]) => at + escaped(key)),
  )
  const operation = fc
    .record({
      op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'ADD', '', '__proto__', 'constructor'),
      path: pointer,
      from: pointer,
      value: hostileValue,
      odd: fc.option(fc.constantFrom('op', 'path', 'from'), { freq: 20 }),
    })
    .map(({ op, path, from, value, odd }) => {
      const pairs: [string, Tree][] = [
        ['op', op],
        ['path', path],
      ]
      if (op === 'move' || op === 'copy') pairs.push(['from', from])
      else if (op !== 'remove') pairs.push(['value', value])
      return new Members(pairs.map(([key, member]) => [key, key === odd ? value : member])) as Tree
    })
  const doubling = fc
    .tuple(fc.nat({ max: 40 }), fc.constantFrom('/metadata/annotations', '/data', '/metadata'))
    .map(([times, at]) => Array.from({ length: times }, (_, turn): Tree => treeOf({ op: 'copy', from: at, path: `${at}/x${turn}` })))
  const deepening = fc
    .nat({ max: 40 })
    .map((times) => [
      treeOf({ op: 'add', path: '/data', value: { a: {} } }),
      ...Array.from(
        { length: times },
        (_, turn): Tree => treeOf({ op: 'copy', from: '/data', path: `/data${'/a'.repeat(2 ** Math.min(turn, 13))}` }),
      ),
    ])
  const moves = fc
    .nat({ max: 3_000 })
    .map((times) =>
      Array.from(
        { length: times },
        (_, turn): Tree =>
          treeOf({ op: 'move', from: turn % 2 ? '/data' : '/metadata/labels', path: turn % 2 ? '/metadata/labels' : '/data' }),
      ),
    )
  const many = fc
    .constantFrom(9_999, 10_001, 20_000)
    .map((times) => Array.from({ length: times }, (): Tree => treeOf({ op: 'test', path: '/kind', value: 'x' })))
  return fc.oneof({ weight: 20, arbitrary: fc.array(operation, { maxLength: 4 }) }, doubling, deepening, moves, many, hostileValue)
}

const directive = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      '$patch',
      '$retainKeys',
      '$setElementOrder/containers',
      '$setElementOrder/ports',
      '$deleteFromPrimitiveList/finalizers',
      '$setElementOrder/',
      '$deleteFromPrimitiveList/',
      '$x',
    ),
    fc.oneof<fc.Arbitrary<Tree>[]>(
      fc.constantFrom('delete', 'replace', 'merge', 'x', ''),
      fc.constantFrom<Tree>(null, 1, ['name'], [['a']], [new Members([['name', 'a']])], [null, 1, 'e.com/f'], new Members([])),
      hostileValue,
    ),
  ),
  fc.tuple(oddKey, hostileValue),
)

/** Where a directive is put in: some object within. */
function withDirectives(base: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> {
  return fc.tuple(base, fc.array(fc.tuple(fc.nat(), directive), { maxLength: 3 })).map(([sound, directives]) => {
    const tree = copyOf(sound)
    const found: Members[] = []
    const walk = (value: Tree) => {
      if (value instanceof Members) {
        found.push(value)
        for (const [, member] of value.pairs) walk(member)
      } else if (Array.isArray(value)) value.forEach(walk)
    }
    walk(tree)
    for (const [at, pair] of directives) if (found.length > 0) (found[at % found.length] as Members).pairs.push(pair)
    return tree
  })
}

const entry = fc.record({
  manager: fc.oneof(fc.constantFrom('m', '', 'm'.repeat(200)), anyText),
  operation: fc.constantFrom('Apply', 'Update', 'apply', ''),
  apiVersion: fc.constantFrom('v1', 'v9', '', 'a/b/c', 'fuzz.example.com/v1'),
  time: fc.constantFrom('2024-01-01T00:00:00Z', 'x', null),
  fieldsType: fc.constantFrom('FieldsV1', 'X', ''),
  fieldsV1: fc.constantFrom<Json[]>(
    {},
    { 'f:data': { '.': {}, 'f:a': {} } },
    { 'k:{"a":': {} },
    { 'v:x': {} },
    { 'f:__proto__': { 'f:x': {} } },
    'x',
    null,
    [],
    { a: 1 },
    { 'i:-1': {}, 'i:99999999999999': {} },
  ),
  subresource: fc.constantFrom('', 'status', 'x'),
})

/** Entries of managedFields that no server wrote. */
const managedFields = fc.oneof(
  fc.array(entry, { maxLength: 3 }).map((entries) => treeOf(entries as Json)),
  hostileValue,
)

export const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

/** A patch of an object of a kind, and its type. */
export function patchOf(object: Json, changed: fc.Arbitrary<Tree>): fc.Arbitrary<{ type: string; tree: Tree }> {
  const owned = fc
    .tuple(changed, managedFields)
    .map(
      ([tree, fields]): Tree =>
        tree instanceof Members ? new Members([...tree.pairs, ['metadata', new Members([['managedFields', fields]])]]) : tree,
    )
  const merged = fc.oneof(
    { weight: 6, arbitrary: mutated(changed) },
    { weight: 1, arbitrary: owned },
    { weight: 1, arbitrary: hostileValue },
  )
  return fc.oneof(
    jsonPatch(object).map((tree) => ({ type: patchTypes.json as string, tree })),
    merged.map((tree) => ({ type: patchTypes.merge as string, tree })),
    mutated(withDirectives(changed), 1).map((tree) => ({ type: patchTypes.strategic as string, tree })),
    merged.map((tree) => ({ type: patchTypes.apply as string, tree })),
  )
}
