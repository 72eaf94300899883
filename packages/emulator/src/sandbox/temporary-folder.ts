import { dir } from 'tmp-promise'
import { startGuard } from './guard.ts'

export interface TemporaryFolder extends AsyncDisposable {
  path: string
}

/**
 * A private folder (0700) that goes when it is disposed of or we are gone, however that came; so do the folders and files `others`, and
 * `emptyFolders` that hold nothing any more.
 */
export async function createTemporaryFolder(others: string[] = [], emptyFolders: string[] = []): Promise<TemporaryFolder> {
  const { path } = await dir({ prefix: 'inpod', unsafeCleanup: true, mode: 0o700 })
  const guard = startGuard({ folders: [path, ...others], emptyFolders })
  return { path, [Symbol.asyncDispose]: () => guard.clean() }
}
