import { describe, expect, it } from 'vitest'
import { formatYaml } from './format.ts'

// What sigs.k8s.io/yaml, which the API server uses, writes.
describe('formatYaml', () => {
  it.each([
    [{ kind: 'ConfigMap', apiVersion: 'v1', data: { a: '1' } }, 'apiVersion: v1\ndata:\n  a: "1"\nkind: ConfigMap\n'],
    [{ versions: [{ groupVersion: 'v1', b: [] }], c: {} }, 'c: {}\nversions:\n- b: []\n  groupVersion: v1\n'],
    [{ a: [[1, [2, 3]], []] }, 'a:\n- - 1\n  - - 2\n    - 3\n- []\n'],
    [{ note: 'n', yes: 'off', time: '2020-01-01T00:00:00Z' }, 'note: "n"\ntime: "2020-01-01T00:00:00Z"\n"yes": "off"\n'],
    [{ a10: 1, a9: 1, B: 1, '-': 1 }, "'-': 1\nB: 1\na9: 1\na10: 1\n"],
    [{ a: 'x\ny\n', b: 'x\ny', c: 'x\n\n' }, 'a: |\n  x\n  y\nb: |-\n  x\n  y\nc: |+\n  x\n\n'],
    [{ a: 'b: c', d: '- e', f: ' g', h: 'i #j' }, "a: 'b: c'\nd: '- e'\nf: ' g'\nh: 'i #j'\n"],
    [{ a: 'tab\there', b: '😀' }, 'a: "tab\\there"\nb: "\\U0001F600"\n'],
    [{ a: 1.5, b: 1234567.25, c: 1e-7, d: null, e: true }, 'a: 1.5\nb: 1.23456725e+06\nc: 1e-07\nd: null\ne: true\n'],
    [{ a: `${'x '.repeat(45)}y` }, `a: ${'x '.repeat(39)}x\n  ${'x '.repeat(5)}y\n`],
    ['text', 'text\n'],
    [[], '[]\n'],
  ])('%j', (value, text) => {
    expect(formatYaml(value)).toBe(text)
  })
})
