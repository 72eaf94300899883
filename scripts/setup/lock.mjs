import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs `work` while this process holds the lock file, which names its holder's process. Waits for a holder that is alive; takes over
 * from one that is not.
 */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true })
  let told = false
  while (!tryLock(file)) {
    if (!told) process.stderr.write(`inpod: waiting for process ${readHolder(file) ?? '?'}, which holds ${file}\n`)
    told = true
    await sleep(100)
  }
  const release = () => {
    if (readHolder(file) === process.pid) rmSync(file, { force: true })
  }
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

function tryLock(file) {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, String(process.pid))
  try {
    // link(2) fails if the name is taken, and the lock never exists without its holder's number in it.
    linkSync(draft, file)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    removeStale(file)
    return false
  } finally {
    unlinkSync(draft)
  }
}

function removeStale(file) {
  const holder = readHolder(file)
  if (holder === undefined || isAlive(holder)) return
  // Of several waiting processes only one succeeds in renaming; should the lock have changed hands meanwhile, it is given back.
  const aside = `${file}.stale-${process.pid}`
  try {
    renameSync(file, aside)
    if (readHolder(aside) !== holder) linkSync(aside, file)
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

function readHolder(file) {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
