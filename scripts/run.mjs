#!/usr/bin/env node
// Runs a TypeScript file of this project on the Node that the project itself installs: node scripts/run.mjs FILE [ARGS…]
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'

const bin = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..', 'node_modules', '.bin')
const child = spawn(join(bin, 'node'), ['--conditions=source', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  process.stderr.write(`inpod: ${error.message}: run \`npm run setup\` first\n`)
  process.exit(1)
})
child.on('close', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code))
