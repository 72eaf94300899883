// Bundles the packages into their dist/ folders. Safe to run while the command is in use: new chunks are written first, the entries
// last, and chunks of earlier builds stay for an hour.
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from './bundle.ts'
import { type Package, packages } from './packages.ts'

const HOUR_MS = 3_600_000

try {
  for (const pack of packages) await buildPackage(pack)
} catch (error) {
  // The bundler has told what it found wrong in the sources.
  if (!(error instanceof Error && 'errors' in error)) throw error
  process.exitCode = 1
}

async function buildPackage(pack: Package): Promise<void> {
  const dist = join(pack.folder, 'dist')
  const written = await bundle(pack, dist)
  for (const name of readdirSync(dist)) {
    const file = join(dist, name)
    if (!written.has(name) && Date.now() - statSync(file).mtimeMs > HOUR_MS) rmSync(file, { recursive: true, force: true })
  }
}
