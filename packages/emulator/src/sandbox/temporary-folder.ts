import { mkdirSync } from 'node:fs'
import { tmpName } from 'tmp-promise'
import { type Guard, type Leftovers, startGuard } from './guard.ts'

export interface TemporaryFolder extends AsyncDisposable {
  path: string
}

/** A private folder (0700) that goes when it is disposed of or we are gone, however that came; so do `others`. */
export async function createTemporaryFolder(others: Pick<Leftovers, 'files' | 'emptyFolders'> = {}): Promise<TemporaryFolder> {
  const { path, guard } = await guardedPath(others)
  mkdirSync(path, { mode: 0o700 })
  return { path, [Symbol.asyncDispose]: () => guard.clean() }
}

/** The path of a folder that is guarded before there is one: who is killed in between leaves nothing. */
export async function guardedPath(others: Pick<Leftovers, 'files' | 'emptyFolders'> = {}): Promise<{ path: string; guard: Guard }> {
  const path = await tmpName({ prefix: 'inpod' })
  return { path, guard: await startGuard({ ...others, folders: [path] }) }
}
