import { createHash } from 'node:crypto'
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { EmulatorError } from '../../errors.ts'
import { mayBeRunning, ownIdentity, type ProcessIdentity } from '../../process-identity.ts'

/** How long another process may take to clear away a dead one's lock. */
const TAKEOVER_MS = 5_000
const NAME = 'lock'

/**
 * Makes this process the only one that uses a folder, until it releases it or ends. The lock is a file that names its process. That of
 * a process that is gone is removed by whoever made the file `lock.HASH` for it, so that nobody removes a newer one by mistake.
 * @throws EmulatorError ERR_DATA_IN_USE
 */
export async function lockFolder(folder: string): Promise<{ release(): void }> {
  const lock = join(folder, NAME)
  const own = join(folder, `${NAME}.${process.pid}.${ordinal++}`)
  writeFileSync(own, JSON.stringify(ownIdentity()), { mode: 0o600 })
  try {
    for (const end = performance.now() + TAKEOVER_MS; !tryLink(own, lock); await delay(10)) {
      const holder = readText(lock)
      if (holder === undefined) continue
      const owner = parseIdentity(holder)
      if (owner === undefined || mayBeRunning(owner) || performance.now() > end) throw inUse(folder, lock, owner)
      removeDead(lock, holder)
    }
  } finally {
    rmSync(own, { force: true })
  }
  return { release: () => rmSync(lock, { force: true }) }
}

/** Of locks that one process asks for. */
let ordinal = 0

/** Two names of one file: made whole or not at all, and never in another's place. */
function tryLink(own: string, lock: string): boolean {
  try {
    linkSync(own, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function removeDead(lock: string, holder: string): void {
  const takeover = `${lock}.${createHash('sha256').update(holder).digest('hex').slice(0, 16)}`
  try {
    writeFileSync(takeover, '', { flag: 'wx', mode: 0o600 })
  } catch {
    // Somebody else is at it. Nobody takes so long, unless they were killed in the midst of it.
    if (ageOf(takeover) > TAKEOVER_MS) rmSync(takeover, { force: true })
    return
  }
  // Only who made the file above removes this lock, and a new one cannot be made while it is there.
  if (readText(lock) === holder) rmSync(lock, { force: true })
  rmSync(takeover, { force: true })
}

function ageOf(file: string): number {
  try {
    // The clock may have been put back since.
    return Math.abs(Date.now() - statSync(file).mtimeMs)
  } catch {
    return 0
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    const found: Partial<ProcessIdentity> = JSON.parse(text)
    return typeof found.pid === 'number' && typeof found.host === 'string' ? (found as ProcessIdentity) : undefined
  } catch {
    return undefined
  }
}

function inUse(folder: string, lock: string, owner: ProcessIdentity | undefined): EmulatorError {
  const who = owner === undefined ? 'somebody' : `the process ${owner.pid} of ${owner.host}`
  return new EmulatorError('ERR_DATA_IN_USE', `${folder} is in use by ${who}`, {
    hint: `End that first, or choose another folder. If it is not running any more: rm ${lock}`,
  })
}
