import fc from 'fast-check'
import { Members, Raw, render, type Tree } from './json.ts'

/** What YAML has beyond JSON, in a place where a value belongs. */
const oddValues = [
  ...[
    '*a',
    '&a x',
    '&a [*a]',
    '*missing',
    '!!binary AAAA',
    '!!binary "%%%"',
    '!!binary //79',
    '!!str 1',
    '!!int x',
    '!!float 1',
    '!!bool maybe',
    '!!null x',
    '!!set {a}',
    '!!omap [a: b]',
  ],
  ...[
    '!!timestamp 2024-01-01',
    '!!js/function "x"',
    '!!python/object:os.system x',
    '!<tag:yaml.org,2002:int> 1',
    '!x y',
    '!',
    '!!',
    '!<',
    '~',
    'y',
    'NO',
    'on',
    '.inf',
    '-.INF',
    '.nan',
    '0o17',
    '017',
  ],
  ...[
    '0x1F',
    '0b11',
    '1_000',
    '190:20:30',
    '1e400',
    '-0',
    '2024-01-01',
    '12345678901234567890',
    '"\\x41\\u0041\\U00000041"',
    '"\\ud800"',
    "'it''s'",
    '|\n  a\n  b',
    '>-\n  a\n\n  b',
    '|9\n x',
  ],
  ...[
    '[',
    '{',
    '}',
    ']',
    '"',
    "'",
    '`',
    '@x',
    '%x',
    '- x',
    '? x',
    ': x',
    'a: b: c',
    '[a, b',
    '{a: b',
    '[a]: b',
    '{[a]: b}',
    '{? a : b, ? c}',
    '{<<: {a: 1}}',
    '{<<: [{a: 1}, {b: 2}]}',
    '{<<: 1}',
    '{a: 1, a: 2}',
  ],
  ...[
    '{1: a, 1.5: b, true: c, ~: d}',
    '{__proto__: {polluted: yes}}',
    '{"__proto__": {polluted: yes}}',
    '{constructor: {prototype: {polluted: yes}}}',
    '\t x',
    '#c',
    'a #c',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\u0007',
    '&x',
    '&',
    '*',
  ],
] as const

const bomb = (levels: number, width: number) =>
  Array.from(
    { length: levels },
    (_, at) => `a${at}: &a${at} [${Array.from({ length: width }, () => (at === 0 ? 'x' : `*a${at - 1}`)).join(', ')}]`,
  ).join('\n')
const mergeBomb = (levels: number) =>
  Array.from({ length: levels }, (_, at) => `m${at}: &m${at} {${at === 0 ? 'x: 1' : `<<: [*m${at - 1}, *m${at - 1}], k${at}: 1`}}`).join(
    '\n',
  )

/** Documents that are small and grow, are deep, or are none at all. */
const hostileDocument = fc.constantFrom(
  bomb(9, 9),
  bomb(30, 2),
  bomb(4, 9),
  mergeBomb(30),
  mergeBomb(8),
  'a: &a\n  b: *a',
  '&a [*a]',
  '['.repeat(10_000),
  `${'['.repeat(900)}${']'.repeat(900)}`,
  '- '.repeat(3_000),
  'a: '.repeat(2_000),
  '? '.repeat(2_000),
  '{a: '.repeat(5_000),
  '!!a '.repeat(2_000),
  '&a '.repeat(2_000),
  `a: ${'"'.repeat(20_001)}`,
  `"${'\\'.repeat(10_001)}"`,
  `${' '.repeat(20_000)}a: b`,
  `${'#\n'.repeat(20_000)}a: b`,
  `${'---\n'.repeat(5_000)}a: b`,
  `${'...\n'.repeat(5_000)}`,
  `%YAML 1.1\n---\na: b`,
  '%YAML 9.9\n---\na: b',
  '%TAG ! tag:x,2000:\n---\na: !x b',
  '%'.repeat(9_000),
  `x: |\n${' a\n'.repeat(9_000)}`,
  Array.from({ length: 3_000 }, (_, at) => `k${at}: &k${at} ${at}`).join('\n'),
  Array.from({ length: 2_000 }, () => 'same: 1').join('\n'),
  'a: b\n\tc: d',
  'a: b\n  c: d\n e: f',
  '\u0000',
  '\ufeff---\na: b',
  '- a\nb: c',
  '---',
  '--- |\n x\n--- >\n y',
  ': :\n: :',
  '<<: *a',
)

/** A tree in YAML's block style, here and there in its flow style, with odd values thrown in by `odd`. */
function renderYaml(tree: Tree, indent: string, odd: () => string | undefined): string {
  const strange = odd()
  if (strange !== undefined) return ` ${strange}`
  if (tree instanceof Members && tree.pairs.length > 0)
    return tree.pairs.map(([key, value]) => `\n${indent}${keyText(key)}:${renderYaml(value, `${indent}  `, odd)}`).join('')
  if (Array.isArray(tree) && tree.length > 0 && tree.length < 100)
    return tree.map((item) => `\n${indent}-${renderYaml(item, `${indent}  `, odd)}`).join('')
  if (typeof tree === 'string' && /^[a-z][a-z0-9.]*$/i.test(tree)) return ` ${tree}`
  return ` ${tree instanceof Raw || tree === null || typeof tree !== 'object' ? render(tree) : render(tree)}`
}

const keyText = (key: string) => (/^[a-z_][\w.]*$/i.test(key) ? key : JSON.stringify(key))

/** The text of a tree as YAML, sound or not. */
export function yamlBody(tree: fc.Arbitrary<Tree>): fc.Arbitrary<Buffer> {
  const oddAt = fc.array(fc.tuple(fc.nat({ max: 60 }), fc.constantFrom(...oddValues)), { maxLength: 2 })
  const sound = fc
    .tuple(tree, oddAt, fc.constantFrom('', '', '', '---\n', '---\na: b\n---\n', '# c\n', '\ufeff', '&a '))
    .map(([value, odd, before]) => {
      let at = -1
      const next = () => odd.find(([place]) => place === at % 61)?.[1]
      return Buffer.from(`${before}${renderYaml(value, '', () => (++at === 0 ? undefined : next())).trimStart()}
`)
    })
  const json = tree.map((value) => Buffer.from(render(value)))
  const hostile = hostileDocument.map((text) => Buffer.from(text))
  const mixed = fc
    .tuple(tree, hostileDocument)
    .map(([value, text]) => Buffer.from(`${renderYaml(value, '', () => undefined).trimStart()}\n${text}\n`))
  return fc.oneof(
    { weight: 10, arbitrary: sound },
    { weight: 2, arbitrary: json },
    { weight: 1, arbitrary: hostile },
    { weight: 1, arbitrary: mixed },
  )
}
