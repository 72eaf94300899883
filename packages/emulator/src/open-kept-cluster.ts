import { openDataFolder } from './data-folder.ts'
import type { EmulatorOptions } from './emulator.ts'
import { EmulatorError } from './errors.ts'
import type { KeptCluster } from './kept-cluster.ts'

/**
 * Opens what keeps a cluster beyond a run: a folder or an etcd.
 * @throws EmulatorError
 */
export async function openKeptCluster(
  { data, storage }: Pick<EmulatorOptions, 'data' | 'storage'>,
  options: Pick<EmulatorOptions, 'onWarning'>,
): Promise<KeptCluster> {
  if (storage === undefined) return openDataFolder(data!, options)
  if (data !== undefined) {
    const hint = 'A cluster is kept in a folder of its own, or in an etcd: leave out one of the two.'
    throw new EmulatorError('ERR_USAGE', 'the options data and storage exclude each other', { hint })
  }
  const { openSharedCluster } = await import('./shared-cluster.ts')
  return openSharedCluster(typeof storage === 'string' ? { url: storage } : storage, options)
}
