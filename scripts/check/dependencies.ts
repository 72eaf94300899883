// Checks what the working copy depends on, and the packages that are published; asks nobody.
import { existsSync, globSync, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../build/packages.ts'
import { installScriptFaults, licenceFaults, lockFaults, type Manifest, publishingFaults, versionFaults } from './dependency-faults.ts'
import { readLockFile } from './lock-file.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const manifestAt = (path: string): Manifest => JSON.parse(read(path))

/** Each once, not the links to it. */
function installed(): Manifest[] {
  const pattern = 'node_modules/.pnpm/*/node_modules/{*,@*/*}/package.json'
  return globSync(pattern, { cwd: root })
    .filter((path) => !lstatSync(join(root, path, '..')).isSymbolicLink())
    .map(manifestAt)
}

function namedBuilds(): string[] {
  const section = /^allowBuilds:\n((?:[ #].*\n?)*)/m.exec(read('pnpm-workspace.yaml'))?.[1] ?? ''
  return [...section.matchAll(/^ +["']?([^\s"'#:]+)["']?: (?:true|false)$/gm)].map(([, name]) => name!)
}

const packages = ['packages/emulator', 'packages/fixtures']
const published = packages.map((folder) => manifestAt(`${folder}/package.json`))
const notices = packages.map((folder) => `${folder}/dist/THIRD-PARTY-NOTICES.txt`).filter((path) => existsSync(join(root, path)))

const faults = [
  ...lockFaults(readLockFile(read('pnpm-lock.yaml'))),
  ...[manifestAt('package.json'), ...published].flatMap(versionFaults),
  ...installScriptFaults(installed(), namedBuilds()),
  ...(notices.length > 0 ? notices.flatMap((path) => licenceFaults(read(path))) : ['no notices: nothing has been built']),
  ...published.flatMap(publishingFaults),
  ...(existsSync(join(root, 'SECURITY.md')) ? [] : ['SECURITY.md is missing']),
]
for (const fault of faults) process.stdout.write(`${fault}\n`)
process.exitCode = faults.length > 0 ? 1 : 0
