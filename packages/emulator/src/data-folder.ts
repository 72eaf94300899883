// What `--data` names: the objects, and beside them what makes the server the same to its clients when it is started again.
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { KubeObject } from './apimachinery/object.ts'
import { EmulatorError } from './errors.ts'
import type { KeptCertificates } from './pki/authority.ts'
import type { ClientAuthorityMaterial } from './pki/client-signer.ts'
import { storePrivateFile } from './pki/private-files.ts'
import type { ServingMaterial } from './pki/serving.ts'
import type { KeySource } from './service-account/key-ring.ts'
import { formatSigningKey, generateSigningKey, readSigningKey, type SigningKey } from './service-account/signing-key.ts'
import { openDurableStorage } from './storage/durable/durable-storage.ts'
import { lockFolder } from './storage/durable/lock.ts'
import type { Storage, StorageFailure } from './storage/storage.ts'

export interface DataFolder {
  readonly storage: Storage
  readonly certificates: KeptCertificates
  readonly keySource: KeySource
  readonly adminToken: string
  /** Whether an earlier run applied this very manifest; notes it. */
  isApplied(path: string, manifest: KubeObject): boolean
  /** From now on each write is kept before it is answered. */
  settle(): void
  close(): Promise<void>
}

const OBJECTS = 'objects.log'
const KEYS = 'keys.json'
const APPLIED = 'manifests.json'
const KEYS_VERSION = 1

/** The content of the file of keys. */
interface Keys {
  version: number
  adminToken: string
  /** The newest first; PKCS #8. */
  signingKeys: { id: string; key: string }[]
  serving?: ServingMaterial
  clientAuthority?: ClientAuthorityMaterial
}

export interface DataFolderOptions {
  onWarning?: ((text: string) => void) | undefined
}

/**
 * Opens a folder for this process alone, and makes it if need be.
 * @throws EmulatorError ERR_DATA_FOLDER, ERR_DATA_IN_USE, ERR_DATA_DAMAGED, ERR_DATA_VERSION
 */
export async function openDataFolder(given: string, { onWarning = () => {} }: DataFolderOptions = {}): Promise<DataFolder> {
  const folder = resolve(given)
  const attempt = <T>(action: () => T): T => withoutSystemErrors(folder, action)
  attempt(() => makePrivate(folder))
  const lock = await lockFolder(folder).catch((error) => attempt(() => raise(error)))
  try {
    let closing: Promise<void> | undefined
    const durable = attempt(() => openDurableStorage({ path: join(folder, OBJECTS), ...tellOnce(onWarning) }))
    try {
      const applied = openApplied(join(folder, APPLIED))
      return {
        storage: durable.storage,
        ...attempt(() => openKeys(folder)),
        isApplied: applied.isApplied,
        settle() {
          attempt(() => durable.settle())
          attempt(applied.store)
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

function openKeys(folder: string): Pick<DataFolder, 'adminToken' | 'certificates' | 'keySource'> {
  const path = join(folder, KEYS)
  // Hexadecimal: base64url may begin with a dash, and `--token -x` is refused by option parsers.
  let keys = readKeys(path) ?? { version: KEYS_VERSION, adminToken: randomBytes(24).toString('hex'), signingKeys: [] }
  const keep = (part: Partial<Keys>) => {
    const next = { ...keys, ...part }
    withoutSystemErrors(folder, () => storePrivateFile(path, `${JSON.stringify(next)}\n`, { sync: true }))
    keys = next
  }
  const keepSigning = (all: readonly SigningKey[]) => keep({ signingKeys: all.map((key) => ({ id: key.id, key: formatSigningKey(key) })) })
  let loaded: Promise<readonly SigningKey[]> | undefined
  const load = async () => {
    if (keys.signingKeys.length > 0) return keys.signingKeys.map(({ id, key }) => readSigningKey(id, key))
    const made = [await generateSigningKey()]
    keepSigning(made)
    return made
  }
  return {
    adminToken: keys.adminToken,
    certificates: {
      get serving() {
        return keys.serving
      },
      get clientAuthority() {
        return keys.clientAuthority
      },
      keep,
    },
    keySource: {
      load() {
        loaded ??= load()
        return loaded
      },
      keep: keepSigning,
    },
  }
}

/** Hashes of the manifests that were applied, by the path of their object. Without the file, they are applied once more. */
function openApplied(path: string) {
  const known = (existsSync(path) && (parse(readFileSync(path, 'utf8')) as Record<string, string> | undefined)) || {}
  const now = { ...known }
  return {
    isApplied(object: string, manifest: KubeObject): boolean {
      now[object] = createHash('sha256').update(JSON.stringify(manifest)).digest('base64url')
      return known[object] === now[object]
    },
    store() {
      if (Object.entries(now).some(([object, hash]) => known[object] !== hash)) storePrivateFile(path, `${JSON.stringify(now)}\n`)
    },
  }
}

function readKeys(path: string): Keys | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const found: Partial<Keys> | undefined = parse(text)
  if (found?.version !== undefined && found.version !== KEYS_VERSION) {
    const hint = 'A newer inpod has written it: use that one, or another folder.'
    throw new EmulatorError('ERR_DATA_VERSION', `${path} is of version ${found.version}; this inpod knows version ${KEYS_VERSION}`, {
      hint,
    })
  }
  if (typeof found?.adminToken === 'string' && Array.isArray(found.signingKeys)) return found as Keys
  const hint = `Take a copy of the folder from before. Or remove the file: the objects stay, and all tokens and certificates are new.`
  throw new EmulatorError('ERR_DATA_DAMAGED', `${path} is damaged: it is not the JSON that inpod wrote`, { hint })
}

function parse(text: string): object | undefined {
  try {
    return JSON.parse(text) ?? undefined
  } catch {
    return undefined
  }
}

/** What the file system says, as an error for people. */
function withoutSystemErrors<T>(folder: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof EmulatorError) throw error
    throw new EmulatorError('ERR_DATA_FOLDER', `cannot keep the cluster in ${folder}: ${(error as Error).message}`, { cause: error })
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
