import { mkdirSync } from 'node:fs'
import { tmpName } from 'tmp-promise'
import { type Guard, startGuard } from './guard.ts'

export interface TemporaryFolder extends AsyncDisposable {
  path: string
}

/**
 * A private folder (0700) that goes when it is disposed of or we are gone, however that came; so do the folders and files `others`, and
 * `emptyFolders` that hold nothing any more.
 */
export async function createTemporaryFolder(others: string[] = [], emptyFolders: string[] = []): Promise<TemporaryFolder> {
  const { path, guard } = await guardedPath(others, emptyFolders)
  mkdirSync(path, { mode: 0o700 })
  return { path, [Symbol.asyncDispose]: () => guard.clean() }
}

/** The path of a folder that is guarded before there is one: who is killed in between leaves nothing. */
export async function guardedPath(others: string[] = [], emptyFolders: string[] = []): Promise<{ path: string; guard: Guard }> {
  const path = await tmpName({ prefix: 'inpod' })
  return { path, guard: await startGuard({ folders: [path, ...others], emptyFolders }) }
}
