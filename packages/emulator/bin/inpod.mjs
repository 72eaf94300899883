#!/usr/bin/env node
// Nothing here that an old Node cannot read, and nothing imported statically that it does not have: it must get as far as the message.
import * as nodeModule from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

const version = process.versions.node.split('.').map(Number)
if (version[0] < 22 || (version[0] === 22 && version[1] < 12)) {
  process.stderr.write(`inpod: needs Node.js 22.12 or newer, and this is ${process.version}\n`)
  process.exit(1)
}

// Compiled code is kept in the user's own cache folder: the default would be a folder in /tmp that anyone may have made before.
if (nodeModule.enableCompileCache !== undefined && process.env.NODE_COMPILE_CACHE === undefined) {
  nodeModule.enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'inpod', 'compile'))
}
import('../dist/cli.js')
