// Checks the packages as users get them: staged, packed, installed in an empty folder, imported, their types resolved, the command run.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { root } from '../build/packages.ts'
import { stagePackages } from '../build/stage.ts'

const run = promisify(execFile)

const PROGRAM = `import * as inpod from 'inpod'
import * as fixtures from 'inpod-fixtures'
import * as nodeTest from 'inpod-fixtures/node-test'
import * as msw from 'inpod-fixtures/msw'

export const names: string[] = [inpod, fixtures, nodeTest, msw].flatMap((module) => Object.keys(module))
console.log(names.join('\\n'))
`
/** Modules that only their test runner can load; their types are checked. */
const TYPES = `import { expect as jestExpect, useEmulator } from 'inpod-fixtures/jest'
import { test } from 'inpod-fixtures/vitest'
import { expect } from 'vitest'

test.override({ emulatorOptions: { scenario: 'pod-reader' } })
test('a test', ({ emulator }) => {
  expect(emulator).toHaveRequested({ verb: 'list', resource: 'pods' })
})
jestExpect(useEmulator()).not.toHaveDenied({ verb: 'list' })
jestExpect(1).toBe(1)
// @ts-expect-error
jestExpect(1).toHaveRequested({ verb: 'list' })
`
/** What users of these modules have installed: here, what packages/fixtures has. */
const PEERS = ['vitest', 'msw', '@jest/globals']
const TSCONFIG = {
  compilerOptions: { strict: true, noEmit: true, module: 'nodenext', target: 'es2024', types: ['node'], skipLibCheck: false },
}

async function packInto(folder: string, staged: string[]): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  const names: string[] = []
  for (const source of staged) {
    const { stdout } = await run('npm', ['pack', '--silent', '--ignore-scripts', source], { cwd: folder })
    names.push(stdout.trim())
  }
  return names.map((name) => join(folder, name))
}

async function lint(folder: string): Promise<string[]> {
  const { messages } = await publint({ pkgDir: folder, strict: true })
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return messages.map((message) => `${manifest.name}: ${formatMessage(message, manifest)}`)
}

/** A project of a user's, with the packed packages and what TypeScript needs installed. */
async function install(project: string, tarballs: string[]): Promise<void> {
  mkdirSync(project, { recursive: true })
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG))
  writeFileSync(join(project, 'program.ts'), PROGRAM)
  writeFileSync(join(project, 'types.ts'), TYPES)
  const types = `@types/node@${devDependencies['@types/node']}`
  await run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=peer', ...tarballs, types], {
    cwd: project,
  })
  mkdirSync(join(project, 'node_modules/@jest'))
  for (const name of PEERS) symlinkSync(join(root, 'packages/fixtures/node_modules', name), join(project, 'node_modules', name))
}

async function checkPackages(scratch: string): Promise<string[]> {
  const staged = await stagePackages(join(scratch, 'staged'))
  const faults = (await Promise.all(staged.map(lint))).flat()
  const project = join(scratch, 'project')
  await install(project, await packInto(join(scratch, 'packed'), staged))
  await run(join(root, 'node_modules', '.bin', 'tsc'), ['-p', project], { cwd: project })
  const { stdout } = await run(process.execPath, ['program.ts'], { cwd: project })
  if (!stdout.split('\n').includes('startEmulator'))
    faults.push(`the installed package exports no startEmulator, only: ${stdout.trim().replaceAll('\n', ', ')}`)
  for (const name of ['inpodHandlers', 'assertRequested', 'scenario'])
    if (!stdout.split('\n').includes(name)) faults.push(`the installed fixtures export no ${name}`)
  const command = await run(process.execPath, [join(project, 'node_modules/inpod/bin/inpod.mjs'), '--help'], { cwd: project })
  if (!command.stdout.includes('inpod exec')) faults.push('the installed command has no help')
  return faults
}

const scratch = mkdtempSync(join(tmpdir(), 'inpod-packages-'))
try {
  const faults = await checkPackages(scratch)
  for (const fault of faults) process.stdout.write(`${fault}\n`)
  process.exitCode = faults.length > 0 ? 1 : 0
} catch (error) {
  const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string }
  process.stdout.write(`${message}\n${stdout}${stderr}`)
  process.exitCode = 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
