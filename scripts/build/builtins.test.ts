import { expect, test } from 'vitest'
import { takeBuiltinsDirectly } from './builtins.ts'

test('imports of Node’s modules become look-ups, without types', () => {
  expect(takeBuiltinsDirectly("import { a, type B, c as d } from 'node:fs'\nimport {\n  e,\n} from 'node:os'")).toBe(
    "const { a, c: d } = process.getBuiltinModule('node:fs');\nconst { e } = process.getBuiltinModule('node:os');",
  )
  expect(takeBuiltinsDirectly("import { type A } from 'node:fs'")).toBe('')
})

test('everything else stays', () => {
  const source = "import type { A } from 'node:fs'\nimport { b } from './b.ts'\nimport 'node:c'\nconst d = \"import { e } from 'node:e'\""
  expect(takeBuiltinsDirectly(source)).toBe(source)
})
