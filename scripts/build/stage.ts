// Makes the folders that are published, one a package. As a program: node --conditions=source scripts/build/stage.ts FOLDER
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from './bundle.ts'
import { type Package, packages, root } from './packages.ts'

/** Builds all packages, with their declarations, into `folder`/NAME. Returns these folders. Throws when the compiler finds an error. */
export async function stagePackages(folder: string): Promise<string[]> {
  const staged: string[] = []
  for (const pack of packages) staged.push(await stagePackage(pack, join(folder, pack.name)))
  return staged
}

async function stagePackage(pack: Package, target: string): Promise<string> {
  mkdirSync(target, { recursive: true })
  const manifest: Manifest = JSON.parse(readFileSync(join(pack.folder, 'package.json'), 'utf8'))
  for (const file of ['bin', 'facts', 'scenarios', 'schemas', 'README.md']) {
    if (existsSync(join(pack.folder, file))) cpSync(join(pack.folder, file), join(target, file), { recursive: true })
  }
  for (const file of ['LICENSE', 'README.md']) if (!existsSync(join(target, file))) cpSync(join(root, file), join(target, file))
  await bundle(pack, join(target, 'dist'))
  const compiler = join(root, 'node_modules', '.bin', 'tsc')
  execFileSync(compiler, ['-p', join(pack.folder, 'tsconfig.types.json'), '--outDir', join(target, 'dist', 'types')], { encoding: 'utf8' })
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`)
  return target
}

interface Manifest {
  version: string
  exports: Record<string, string | Record<string, string>>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

/** A package.json as published: no sources to point to, no development dependencies, workspace packages by version. */
function publishedManifest({ devDependencies: _, ...manifest }: Manifest): object {
  const exports = Object.entries(manifest.exports).map(([path, target]) => {
    if (typeof target === 'string') return [path, target]
    const { source: __, ...published } = target
    return [path, published]
  })
  const dependencies = Object.entries(manifest.dependencies ?? {}).map(([name, range]) => [
    name,
    range.startsWith('workspace:') ? `^${manifest.version}` : range,
  ])
  return { ...manifest, exports: Object.fromEntries(exports), dependencies: Object.fromEntries(dependencies) }
}

if (import.meta.main) for (const folder of await stagePackages(process.argv[2]!)) process.stdout.write(`${folder}\n`)
