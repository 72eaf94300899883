import { expect, test } from 'vitest'
import { formatYamlNode } from './format.ts'

// What gnostic-models 0.7 writes of these (yaml.v3, from the nodes of JSON).
test.each([
  ['atomic', 'atomic\n'],
  ['', '""\n'],
  ['yes', 'yes\n'],
  ['on', 'on\n'],
  ['true', '"true"\n'],
  ['null', '"null"\n'],
  ['~', '"~"\n'],
  ['1', '"1"\n'],
  ['1e3', '"1e3"\n'],
  ['0x1f', '"0x1f"\n'],
  ['a: b', "'a: b'\n"],
  ['#c', "'#c'\n"],
  ["'q'", "'''q'''\n"],
  ['*', "'*'\n"],
  ['multi\nline', '|-\n    multi\n    line\n'],
  ['end\n', '|\n    end\n'],
  [' lead', "' lead'\n"],
  ['trail ', "'trail '\n"],
  ['2001-01-01', '"2001-01-01"\n'],
  ['12:30', '12:30\n'],
  ['- x', "'- x'\n"],
  ['é', 'é\n'],
  ['\t', '"\\t"\n'],
  [{ a: 'x\ny', b: ['p\nq', { c: 'r\ns' }] }, 'a: |-\n    x\n    y\nb:\n    - |-\n      p\n      q\n    - c: |-\n        r\n        s\n'],
  [[1, 1.5, true, null, 12345678901], '- 1\n- 1.5\n- true\n- null\n- 12345678901\n'],
  [{}, '{}\n'],
  [[], '[]\n'],
  [
    { a: {}, b: [], c: { d: { e: [1, { f: [[1], [2]] }] } } },
    'a: {}\nb: []\nc:\n    d:\n        e:\n            - 1\n            - f:\n                - - 1\n                - - 2\n',
  ],
  [
    [
      { group: '', kind: 'Pod', version: 'v1' },
      { group: 'apps', kind: 'X', version: 'v1' },
    ],
    '- group: ""\n  kind: Pod\n  version: v1\n- group: apps\n  kind: X\n  version: v1\n',
  ],
  [[[1], []], '- - 1\n- []\n'],
  [
    'a long text that goes on and on and on, well beyond the eighty columns at which others break lines, without a break',
    'a long text that goes on and on and on, well beyond the eighty columns at which others break lines, without a break\n',
  ],
  [1e-6, '0.000001\n'],
  ['0o17', '"0o17"\n'],
  ['0777', '"0777"\n'],
  ['1_000', '"1_000"\n'],
  ['.inf', '".inf"\n'],
  ['=', '=\n'],
  ['<<', '<<\n'],
  ['!x', "'!x'\n"],
  ['y', 'y\n'],
])('of %j', (value, text) => {
  expect(formatYamlNode(value)).toBe(text)
})
