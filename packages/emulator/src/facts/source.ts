import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

/** The folder of the facts is beside `dist` in the package, and beside `src` in the repository. */
const folders = ['../facts/', '../../facts/'].map((path) => fileURLToPath(new URL(path, import.meta.url)))

/** Where the facts of one Kubernetes version are; undefined if there are none. */
export function folderOf(version: string): string | undefined {
  return folders.map((folder) => join(folder, `v${version}`)).find((folder) => existsSync(join(folder, 'resources.json.gz')))
}

/** The Kubernetes versions (such as `1.36`) that facts are there for, oldest first. */
export function availableVersions(): string[] {
  const names = folders.flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
  const versions = names.filter((name) => /^v\d+\.\d+$/.test(name)).map((name) => name.slice(1))
  return [...new Set(versions)]
    .filter((version) => folderOf(version) !== undefined)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

/** A file's bytes as they are stored: gzip. */
export function readCompressed(folder: string, name: string): Buffer {
  return readFileSync(join(folder, `${name}.gz`))
}

export function readText(folder: string, name: string): string {
  return gunzipSync(readCompressed(folder, name)).toString()
}
