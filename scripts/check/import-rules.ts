import { type ImportGraph, packageOf, resolveImport } from './import-graph.ts'

/** Each cycle of files, as `a → b → a`. Imports of types are erased and make none; dynamic imports count. */
export function findCycles(graph: ImportGraph): string[] {
  const cycles = new Set<string>()
  const finished = new Set<string>()
  const path: string[] = []
  const visit = (file: string) => {
    const start = path.indexOf(file)
    if (start >= 0) cycles.add([...path.slice(start), file].join(' → '))
    if (start >= 0 || finished.has(file)) return
    path.push(file)
    for (const { specifier, typeOnly } of graph.get(file) ?? []) {
      if (specifier.startsWith('.') && !typeOnly) visit(resolveImport(file, specifier))
    }
    path.pop()
    finished.add(file)
  }
  for (const file of graph.keys()) visit(file)
  return [...cycles]
}

/** Imports that point upwards, and files in no layer. Folders named `testing` are for tests: they may import anything. */
export function findLayerFaults(graph: ImportGraph, layers: string[][]): string[] {
  const rowOf = (path: string): number => {
    const row = layers.findIndex((names) => names.includes(path))
    return row >= 0 || !path.includes('/') ? row : rowOf(path.slice(0, path.lastIndexOf('/')))
  }
  return [...graph].flatMap(([file, imports]) => {
    if (file.includes('/testing/')) return []
    const row = rowOf(file)
    if (row < 0) return [`${file} is in no layer`]
    return imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ specifier }) => resolveImport(file, specifier))
      .filter((target) => !target.startsWith('..') && rowOf(target) < row)
      .map((target) => `${file} imports ${target}, which stands above it`)
  })
}

/** Third-party packages that several top-level folders import. */
export function findSharedDependencies(graph: ImportGraph, allowed: Record<string, string>): string[] {
  const importers = new Map<string, Set<string>>()
  for (const [file, imports] of graph) {
    for (const { specifier } of imports) {
      const name = packageOf(specifier)
      if (name === undefined || name in allowed) continue
      importers.set(name, (importers.get(name) ?? new Set()).add(file.split('/')[0]!))
    }
  }
  return [...importers]
    .filter(([, folders]) => folders.size > 1)
    .map(([name, folders]) => `${name} is imported by ${[...folders].join(' and ')}`)
}
