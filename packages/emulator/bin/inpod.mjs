#!/usr/bin/env node
// Nothing here that an old Node cannot read, and no static import: it has to get as far as the message.
const version = process.versions.node.split('.').map(Number)
if (version[0] < 22 || (version[0] === 22 && version[1] < 12)) {
  process.stderr.write(`inpod: needs Node.js 22.12 or newer, and this is ${process.version}\n`)
  process.exit(1)
}

// Compiled code is kept in the user's own cache folder: the default would be a folder in /tmp that anyone may have made before. What others
// could have written is not run.
if (process.env.NODE_COMPILE_CACHE === undefined) {
  const fs = process.getBuiltinModule('node:fs')
  const cache = `${process.env.XDG_CACHE_HOME || `${process.getBuiltinModule('node:os').homedir()}/.cache`}/inpod`
  try {
    fs.mkdirSync(cache, { recursive: true, mode: 0o700 })
    const stats = fs.lstatSync(cache)
    const isOurs = process.geteuid === undefined || (stats.uid === process.geteuid() && (stats.mode & 0o022) === 0)
    if (stats.isDirectory() && isOurs) process.getBuiltinModule('node:module').enableCompileCache(`${cache}/compile`)
  } catch {
    // No place for a cache.
  }
}
import('../dist/cli.js')
