import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** One `import`, `export … from` or `import()` of a file. */
export interface Import {
  specifier: string
  /** Erased when compiled. */
  typeOnly: boolean
  dynamic: boolean
}

/** File (relative to the source folder) → what it imports. */
export type ImportGraph = Map<string, Import[]>

const STATIC = /^\s*(?:import|export)\s+(type\s+)?(?:[\w*{][^'";]*?\s+from\s+)?['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*(?:\/\*.*?\*\/\s*)?['"]([^'"]+)['"]\s*\)/g
const COMMENTS = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm

export function readImports(source: string): Import[] {
  const code = source.replace(COMMENTS, '')
  const statics = [...code.matchAll(STATIC)].map(([, type, specifier]) => ({
    specifier: specifier!,
    typeOnly: type !== undefined,
    dynamic: false,
  }))
  const dynamics = [...code.matchAll(DYNAMIC)].map(([, specifier]) => ({ specifier: specifier!, typeOnly: false, dynamic: true }))
  return [...statics, ...dynamics]
}

/** Reads all TypeScript files under `folder` except tests. */
export function readGraph(folder: string): ImportGraph {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  )
  return new Map(files.sort().map((file) => [file.replaceAll('\\', '/'), readImports(readFileSync(join(folder, file), 'utf8'))]))
}

/** The file that a relative import names, relative to the source folder. */
export function resolveImport(file: string, specifier: string): string {
  return relative('.', join(dirname(file), specifier)).replaceAll('\\', '/')
}

/** The name of the package that a bare specifier names; undefined for relative imports and Node's own modules. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('#') || specifier.startsWith('node:')) return undefined
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}
