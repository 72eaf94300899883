// Checks the packages as users get them: staged, packed, installed in an empty folder, imported, their types resolved, the command run.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

export const names: string[] = [...Object.keys(inpod), ...Object.keys(fixtures)]
console.log(names.join('\\n'))
`
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
  const types = `@types/node@${devDependencies['@types/node']}`
  await run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', ...tarballs, types], { cwd: project })
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
