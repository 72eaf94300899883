// Asks npm's registry for known advisories on all locked packages. A registry that has no answer is no failure, but is told: exit code 75.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../build/packages.ts'
import { askAdvisories } from './ask-advisories.ts'
import { readLockFile } from './lock-file.ts'

/** Of a check that could not be made (sysexits.h: EX_TEMPFAIL). */
const NOT_CHECKED = 75
const packages = readLockFile(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'))
try {
  const [given] = process.argv.slice(2)
  const registry = given ?? (await promisify(execFile)('npm', ['config', 'get', 'registry'], { cwd: root })).stdout.trim()
  const found = await askAdvisories(registry, packages)
  for (const line of found) process.stdout.write(`${line}\n`)
  process.exitCode = found.length > 0 ? 1 : 0
} catch (error) {
  process.stdout.write(`not audited: the registry gave no advisories on ${packages.length} packages: ${(error as Error).message}\n`)
  process.exitCode = NOT_CHECKED
}
