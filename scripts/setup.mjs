#!/usr/bin/env node
// Makes this working copy ready: installs the dependencies and builds the packages, each only when something it depends on
// has changed. Runs on the machine's own Node (20 or newer) with nothing installed.
//
//   node scripts/setup.mjs [--quiet]
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './setup/command.mjs'
import { withLock } from './setup/lock.mjs'
import { hashContents, hashTree, isCurrent, stampFile } from './setup/stamp.mjs'

const PNPM = 'pnpm@12.21.0'
const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')
const bin = join(root, 'node_modules', '.bin')
const quiet = process.argv.includes('--quiet')

const steps = [
  {
    what: 'installing dependencies',
    stamp: join(root, 'node_modules', '.inpod-install'),
    hash: () =>
      hashContents(root, [
        'package.json',
        'pnpm-lock.yaml',
        'pnpm-workspace.yaml',
        'packages/emulator/package.json',
        'packages/fixtures/package.json',
      ]),
    products: [join(bin, 'inpod'), join(bin, 'node')],
    command: ['npx', ['-y', PNPM, 'install', '--frozen-lockfile', '--config.confirmModulesPurge=false']],
    hint: `if a package.json has changed on purpose, \`npx -y ${PNPM} install\` brings pnpm-lock.yaml up to date`,
  },
  {
    what: 'building',
    stamp: join(root, 'node_modules', '.inpod-build'),
    hash: () => hashTree(root, ['packages/emulator/src', 'packages/fixtures/src', 'scripts/build', 'pnpm-lock.yaml']),
    products: [join(root, 'packages/emulator/dist/index.js'), join(root, 'packages/fixtures/dist/index.js')],
    command: [join(bin, 'node'), [join(root, 'scripts/build/build.ts')]],
  },
]

const isDone = (step, hash) => step.products.every((file) => existsSync(file)) && isCurrent(step.stamp, hash)

async function perform(step) {
  const hash = step.hash()
  if (isDone(step, hash)) return
  process.stderr.write(`inpod: ${step.what}…\n`)
  stampFile.remove(step.stamp)
  await runCommand(step.command, { cwd: root, hint: step.hint })
  stampFile.write(step.stamp, hash)
}

if (!steps.every((step) => isDone(step, step.hash()))) {
  try {
    await withLock(join(root, '.cache', 'setup.lock'), async () => {
      for (const step of steps) await perform(step)
    })
  } catch (error) {
    process.stderr.write(`inpod: setup failed: ${error.message}\n`)
    process.exit(error.exitCode ?? 1)
  }
}
if (!quiet) process.stdout.write('inpod: ready; the command is node_modules/.bin/inpod\n')
