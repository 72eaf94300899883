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
if (process.argv[2] === 'start') startAsServer()
import('../dist/cli.js')

// What only a process that begins can be told makes a server that runs long smaller by a quarter: a young generation of garbage that stays
// small, and one arena of memory for all threads of the C library. It takes the time that Node takes to begin.
function startAsServer() {
  const flag = '--max-semi-space-size=8'
  const arenas = 'MALLOC_ARENA_MAX'
  const { argv, env, execArgv } = process
  if (execArgv.includes(flag)) {
    // Programs that it starts have their own.
    if (env[arenas] === '1') delete env[arenas]
    return
  }
  // Without process.execve (Node 22.15, 23.11), and where somebody has settings of their own or what only this process has: a channel, files.
  if (process.platform !== 'linux' || process.execve === undefined || env[arenas] !== undefined || env.NODE_CHANNEL_FD !== undefined) return
  if (execArgv.some(hasOwnSettings) || hasOwnSettings(env.NODE_OPTIONS || '') || argv.some((each) => each.includes('/fd/'))) return
  try {
    process.execve(process.execPath, [process.argv0, ...execArgv, flag, ...argv.slice(1)], { ...env, [arenas]: '1' })
  } catch {
    // It goes on as it is.
  }
}

function hasOwnSettings(options) {
  return options.includes('semi-space') || options.includes('inspect')
}
