import { expect, test } from 'vitest'
import { type ImportGraph, packageOf, readImports } from './import-graph.ts'
import { findCycles, findLayerFaults, findSharedDependencies } from './import-rules.ts'

const graph = (files: Record<string, string>): ImportGraph =>
  new Map(Object.entries(files).map(([file, source]) => [file, readImports(source)]))

test('reads every form of import, and not what comments say', () => {
  const source = [
    "import { a } from './a.ts'",
    "import type { B } from 'b'",
    "export * from './c.ts'",
    "import 'd'",
    "import {\n  e,\n} from '@scope/e/part'",
    "const f = await import('./f.ts')",
    "// import 'g'",
    "/* import 'h' */",
  ].join('\n')
  expect(readImports(source).map(({ specifier }) => specifier)).toEqual(['./a.ts', 'b', './c.ts', 'd', '@scope/e/part', './f.ts'])
  expect(packageOf('@scope/e/part')).toBe('@scope/e')
  expect(packageOf('node:fs')).toBeUndefined()
})

test('finds cycles of values, not of types', () => {
  expect(findCycles(graph({ 'a.ts': "import './b.ts'", 'b.ts': "import { a } from './a.ts'" }))).toEqual(['a.ts → b.ts → a.ts'])
  expect(findCycles(graph({ 'a.ts': "import './b.ts'", 'b.ts': "import type { A } from './a.ts'" }))).toEqual([])
})

test('finds imports that point upwards, of types too', () => {
  const layers = [['server'], ['storage']]
  const files = graph({
    'server/a.ts': "import '../storage/b.ts'",
    'storage/b.ts': "import type { A } from '../server/a.ts'",
    'lost/c.ts': '',
  })
  expect(findLayerFaults(files, layers)).toEqual(['storage/b.ts imports server/a.ts, which stands above it', 'lost/c.ts is in no layer'])
})

test('finds a dependency with two importing folders', () => {
  const files = graph({ 'server/a.ts': "import 'ws'", 'storage/b.ts': "import 'ws'" })
  expect(findSharedDependencies(files, {})).toEqual(['ws is imported by server and storage'])
  expect(findSharedDependencies(files, { ws: 'two ends of one wire' })).toEqual([])
})
