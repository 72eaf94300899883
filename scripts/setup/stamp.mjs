// A stamp is a file that holds a hash of all that a step was made from. It is written last, so a step that was cut short has none.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The hash of some files' contents; a missing file counts as empty. */
export function hashContents(root, files) {
  const hash = newHash()
  for (const file of files) {
    const path = join(root, file)
    hash
      .update(`${file}\0`)
      .update(existsSync(path) ? readFileSync(path) : '')
      .update('\0')
  }
  return hash.digest('hex')
}

/** The hash of the names, sizes and times of all files under some folders (cheaper than reading them). */
export function hashTree(root, paths) {
  const hash = newHash()
  for (const path of paths) for (const line of listFiles(root, path)) hash.update(line)
  return hash.digest('hex')
}

/** Whether the stamp says that the step was finished for just this hash. */
export function isCurrent(stamp, hash) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash
}

export const stampFile = {
  remove: (stamp) => rmSync(stamp, { force: true }),
  write(stamp, hash) {
    mkdirSync(dirname(stamp), { recursive: true })
    const draft = `${stamp}.${process.pid}`
    writeFileSync(draft, hash)
    renameSync(draft, stamp)
  },
}

// The platform is part of it: dependencies hold native programs, and a folder may be mounted in a container.
const newHash = () => createHash('sha256').update(`${process.platform}-${process.arch}\0`)

function listFiles(root, path) {
  const full = join(root, path)
  const info = statSync(full, { throwIfNoEntry: false })
  if (info === undefined) return []
  if (!info.isDirectory()) return [`${path}\0${info.size}\0${info.mtimeMs}\n`]
  return readdirSync(full)
    .sort()
    .flatMap((name) => listFiles(root, `${path}/${name}`))
}
