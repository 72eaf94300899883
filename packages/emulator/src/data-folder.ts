// What `--data` names: the objects, and beside them what makes the server the same to its clients when it is started again.
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { EmulatorError } from './errors.ts'
import { appliedManifests, type KeptCluster, type KeptKeys, type Keys, keptKeys, newKeys, parseKeys } from './kept-cluster.ts'
import { storePrivateFile } from './pki/private-files.ts'
import { openDurableStorage } from './storage/durable/durable-storage.ts'
import { lockFolder } from './storage/durable/lock.ts'
import type { StorageFailure } from './storage/storage.ts'
import { systemErrorOf } from './system-error.ts'

const OBJECTS = 'objects.log'
const KEYS = 'keys.json'
const APPLIED = 'manifests.json'
export interface DataFolderOptions {
  onWarning?: ((text: string) => void) | undefined
}

/**
 * Opens a folder for this process alone, and makes it if need be.
 * @throws EmulatorError ERR_DATA_FOLDER, ERR_DATA_IN_USE, ERR_DATA_DAMAGED, ERR_DATA_VERSION
 */
export async function openDataFolder(given: string, { onWarning = () => {} }: DataFolderOptions = {}): Promise<KeptCluster> {
  const folder = resolve(given)
  const attempt = <T>(action: () => T): T => withoutSystemErrors(folder, action)
  attempt(() => makePrivate(folder))
  const lock = await lockFolder(folder).catch((error) => attempt(() => raise(error)))
  try {
    let closing: Promise<void> | undefined
    const durable = attempt(() => openDurableStorage({ path: join(folder, OBJECTS), ...tellOnce(onWarning) }))
    try {
      const appliedFile = join(folder, APPLIED)
      const applied = appliedManifests(existsSync(appliedFile) ? readFileSync(appliedFile, 'utf8') : undefined)
      return {
        storage: durable.storage,
        ...attempt(() => openKeys(folder)),
        isApplied: applied.isApplied,
        settle() {
          attempt(() => durable.settle())
          const changed = applied.changed()
          if (changed !== undefined) attempt(() => storePrivateFile(appliedFile, `${changed}\n`))
        },
        close() {
          closing ??= durable.close().finally(lock.release)
          return closing
        },
      }
    } catch (error) {
      await durable.close()
      throw error
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

function makePrivate(folder: string): void {
  if (!existsSync(folder)) {
    mkdirSync(folder, { mode: 0o700 })
    return
  }
  const names = readdirSync(folder)
  if (names.length > 0 && !names.includes(OBJECTS) && !names.every((name) => /^lock(\.|$)|\.new$/.test(name))) {
    const hint = 'Name a folder that is empty or not there yet.'
    throw new EmulatorError('ERR_DATA_FOLDER', `${folder} holds other files than inpod's`, { hint })
  }
  if (process.geteuid === undefined || (lstatSync(folder).mode & 0o077) === 0) return
  if (names.length > 0) {
    throw new EmulatorError('ERR_DATA_FOLDER', `${folder} holds keys, and can be read by others`, { hint: `chmod 700 ${folder}` })
  }
  chmodSync(folder, 0o700)
}

function openKeys(folder: string): KeptKeys {
  const path = join(folder, KEYS)
  return keptKeys(readKeys(path) ?? newKeys(), (part, before) => {
    const next = { ...before, ...part }
    withoutSystemErrors(folder, () => storePrivateFile(path, `${JSON.stringify(next)}\n`, { sync: true }))
    return next
  })
}

function readKeys(path: string): Keys | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const found = parseKeys(text, path)
  if (found !== undefined) return found
  const hint = `Take a copy of the folder from before. Or remove the file: the objects stay, and all tokens and certificates are new.`
  throw new EmulatorError('ERR_DATA_DAMAGED', `${path} is damaged: it is not the JSON that inpod wrote`, { hint })
}

/** What the file system says, as an error for people. */
function withoutSystemErrors<T>(folder: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof EmulatorError) throw error
    throw new EmulatorError('ERR_DATA_FOLDER', `cannot keep the cluster in ${folder}: ${systemErrorOf(error).message}`, { cause: error })
  }
}

function raise(error: unknown): never {
  throw error
}

/** Each way of failing once: a full disk fails every write. */
function tellOnce(onWarning: (text: string) => void) {
  const told = new Set<string>()
  const tell = (text: string) => {
    if (!told.has(text)) onWarning(text)
    told.add(text)
  }
  return {
    onFailure: ({ message }: StorageFailure) =>
      tell(`${message}. Writes are refused until they can be stored; what was acknowledged is safe.`),
    onGrowth: ({ message }: Error) => tell(`${OBJECTS} could not be written anew, and goes on growing: ${message}`),
  }
}
