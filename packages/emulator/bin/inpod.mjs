#!/usr/bin/env node
// Nothing here that an old Node cannot read, and no static import: it has to get as far as the message.
const version = process.versions.node.split('.').map(Number)
if (version[0] < 22 || (version[0] === 22 && version[1] < 12)) {
  process.stderr.write(`inpod: needs Node.js 22.12 or newer, and this is ${process.version}\n`)
  process.exit(1)
}

// Compiled code is kept in the user's own cache folder: the default would be a folder in /tmp that anyone may have made before.
if (process.env.NODE_COMPILE_CACHE === undefined) {
  const cache = process.env.XDG_CACHE_HOME || `${process.getBuiltinModule('node:os').homedir()}/.cache`
  process.getBuiltinModule('node:module').enableCompileCache(`${cache}/inpod/compile`)
}
import('../dist/cli.js')
