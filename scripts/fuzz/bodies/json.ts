import fc from 'fast-check'
import { anyText, oddKey } from './texts.ts'

/** Stands in a tree for text that is written as it is. */
export class Raw {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** An object's members in order, of which one name may come twice. */
export class Members {
  readonly pairs: [key: string, value: Tree][]
  constructor(pairs: [string, Tree][]) {
    this.pairs = pairs
  }
}

export type Tree = null | boolean | number | string | Tree[] | Members | Raw

/** JSON values as they come from literals. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

export function treeOf(value: Json | undefined): Tree {
  if (value === undefined) return null
  if (Array.isArray(value)) return value.map(treeOf)
  if (typeof value !== 'object' || value === null) return value as Tree
  return new Members(Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, treeOf(member)]])))
}

export function render(tree: Tree): string {
  if (tree instanceof Raw) return tree.text
  if (Array.isArray(tree)) return `[${tree.map(render).join(',')}]`
  if (tree instanceof Members) return `{${tree.pairs.map(([key, value]) => `${JSON.stringify(key)}:${render(value)}`).join(',')}}`
  return JSON.stringify(tree)
}

const nested = (open: string, close: string, levels: number, inside = '') => new Raw(open.repeat(levels) + inside + close.repeat(levels))

/** Numbers as no client writes them. */
const number = fc
  .constantFrom(
    ...['0', '-0', '1', '-1', '1.0', '1e0', '1E5', '0.1', '1e400', '-1e400', '1e-400', '5e-324', '9007199254740993', '9223372036854775807'],
    ...[
      '9223372036854775808',
      '-9223372036854775809',
      '2147483648',
      '-2147483649',
      '18446744073709551616',
      '65536',
      '1.5',
      '1e21',
      '123456789012345678901234567890',
    ],
    `1${'0'.repeat(400)}`,
    `0.${'1'.repeat(5000)}`,
    '1e999999999999',
  )
  .map((text) => new Raw(text))

/** What is not JSON, in a place where a value belongs. */
const noValue = fc
  .constantFrom(
    '',
    'NaN',
    'Infinity',
    '01',
    '+1',
    '.5',
    '1.',
    '0x10',
    '1e',
    '--1',
    "'a'",
    '"a',
    '"\\x"',
    '"\\u12"',
    '"\n"',
    '"\t"',
    'tru',
    'undefined',
    ',',
    '//',
    '[1,]',
    '{,}',
    '{"a"}',
  )
  .map((text) => new Raw(text))

/** Depths around and beyond what the server reads; the deepest are rare, as they are large. */
const deep = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(50, 200, 600) },
  { weight: 2, arbitrary: fc.constantFrom(2990, 3001, 9_000, 10_001) },
  { weight: 1, arbitrary: fc.constant(100_000) },
)

const deepValue = deep.chain((levels) =>
  fc.constantFrom(
    nested('[', ']', levels),
    nested('{"a":', '}', levels, '1'),
    nested('[{"a":', '}]', Math.floor(levels / 2), 'null'),
    new Raw('['.repeat(levels)),
  ),
)

const polluting = fc.constantFrom<Tree>(
  new Raw('{"__proto__":{"polluted":"yes"}}'),
  new Raw('{"constructor":{"prototype":{"polluted":"yes"}}}'),
  new Raw('{"__proto__":null}'),
  new Raw('{"__proto__":[]}'),
  new Raw('{"toString":1,"valueOf":2,"toJSON":3}'),
  new Raw('{"then":"x","length":-1}'),
)

/** Any value, in a place where another may be wanted. */
export const hostileValue: fc.Arbitrary<Tree> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Tree>(null, true, false, '', [], new Members([])) },
  { weight: 3, arbitrary: number },
  { weight: 4, arbitrary: anyText },
  { weight: 2, arbitrary: polluting },
  { weight: 1, arbitrary: noValue },
  { weight: 1, arbitrary: deepValue },
  {
    weight: 1,
    arbitrary: fc.constantFrom(new Raw('"\\ud800"'), new Raw('"\\udc00\\ud800"'), new Raw('"\\u0000"'), new Raw('"\\/\\b\\f"')),
  },
  { weight: 1, arbitrary: fc.nat({ max: 3000 }).map((count) => Array.from({ length: count }, (_, at) => at)) },
  { weight: 1, arbitrary: fc.tuple(oddKey, anyText).map(([key, value]) => new Members([[key, value]])) },
)

type Change = { at: number; what: 'replace' | 'member' | 'double' | 'drop' | 'repeat' | 'wrap'; key: string; value: Tree }

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(),
  what: fc.constantFrom('replace', 'replace', 'replace', 'member', 'member', 'double', 'drop', 'repeat', 'wrap'),
  key: oddKey,
  value: hostileValue,
})

interface Spot {
  value: Tree
  /** Puts these in the value's place. */
  put(...values: Tree[]): void
}

function spotsOf(tree: Tree, spots: Spot[]): Spot[] {
  if (Array.isArray(tree)) {
    for (const item of tree) {
      spots.push({ value: item, put: (...values) => tree.splice(tree.indexOf(item), 1, ...values) })
      spotsOf(item, spots)
    }
  } else if (tree instanceof Members) {
    for (const pair of tree.pairs) {
      const put = (...values: Tree[]) => {
        const members = values.map((value): [string, Tree] => [pair[0], value])
        tree.pairs.splice(tree.pairs.indexOf(pair), 1, ...members)
      }
      spots.push({ value: pair[1], put })
      spotsOf(pair[1], spots)
    }
  }
  return spots
}

function applyChange(tree: Tree, { at, what, key, value: added }: Change): void {
  const value = copyOf(added)
  const spots = spotsOf(tree, [])
  const spot = spots[at % Math.max(spots.length, 1)]
  if (spot === undefined) return
  if (what === 'member' && spot.value instanceof Members) spot.value.pairs.push([key, value])
  else if (what === 'drop') spot.put()
  else if (what === 'double') spot.put(spot.value, value)
  else if (what === 'repeat') spot.put(spot.value, spot.value)
  else if (what === 'wrap') spot.put([spot.value])
  else spot.put(value)
}

/** A copy that can be changed. */
export const copyOf = (tree: Tree): Tree => {
  if (Array.isArray(tree)) return tree.map(copyOf)
  return tree instanceof Members ? new Members(tree.pairs.map(([key, value]) => [key, copyOf(value)])) : tree
}

/** Trees with a few members replaced, added, doubled or left out. */
export function mutated(base: fc.Arbitrary<Tree>, most = 3): fc.Arbitrary<Tree> {
  return fc.tuple(base, fc.array(change, { maxLength: most })).map(([tree, changes]) => {
    const copy = [copyOf(tree)]
    for (const each of changes) applyChange(copy, each)
    return copy[0] ?? null
  })
}

const spoil: readonly ((text: string, at: number) => string | Buffer)[] = [
  (text) => `\ufeff${text}`,
  (text, at) => text.slice(0, at % (text.length + 1)),
  (text) => `${text}{}`,
  (text) => `${text}\u0000`,
  (text) => ` \n\t${text}\r\n `,
  (text, at) =>
    Buffer.concat([
      Buffer.from(text.slice(0, at % (text.length + 1))),
      Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80]),
      Buffer.from(text.slice(at % (text.length + 1))),
    ]),
  (text) => Buffer.from(text, 'utf16le'),
  (text, at) => `${text.slice(0, at % (text.length + 1))}/*x*/${text.slice(at % (text.length + 1))}`,
  (text, at) => text.slice(0, at % (text.length + 1)) + text.slice((at % (text.length + 1)) + 1),
  (text, at) => text.slice(0, at % (text.length + 1)) + '"{}[],:\\'.charAt(at % 8) + text.slice(at % (text.length + 1)),
  () => '',
  () => 'null',
  () => '[]',
  () => '"text"',
  () => '1',
  () => '{}',
]

/** The text of a tree; of one in ten, something that is no longer JSON. */
export function jsonBody(tree: fc.Arbitrary<Tree>): fc.Arbitrary<Buffer> {
  const spoiler = fc.option(fc.record({ how: fc.constantFrom(...spoil), at: fc.nat() }), { freq: 19 })
  return fc.tuple(tree, spoiler).map(([value, how]) => {
    const text = render(value)
    return Buffer.from(how === null ? text : (how.how(text, how.at) as string))
  })
}
