import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { inpod, root } from '../../scripts/conformance/command.ts'
import { withLock } from '../../scripts/setup/lock.mjs'

const run = promisify(execFile)

function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'inpod-setup-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('a second run has nothing to do and takes less than a second', async () => {
  await run(process.execPath, [join(root, 'scripts/setup.mjs'), '--quiet'])
  const started = performance.now()
  const { stderr } = await run(process.execPath, [join(root, 'scripts/setup.mjs'), '--quiet'])
  expect(stderr).toBe('')
  expect(performance.now() - started).toBeLessThan(1000)
})

test('the command is there after setup', () => {
  expect(existsSync(inpod)).toBe(true)
})

test('only one process holds the lock at a time', async () => {
  const lock = join(scratchFolder(), 'a.lock')
  const order: string[] = []
  const work = (name: string) => async () => {
    order.push(`${name} in`)
    await new Promise((resolve) => setTimeout(resolve, 20))
    order.push(`${name} out`)
  }
  await Promise.all([withLock(lock, work('a')), withLock(lock, work('b'))])
  expect(order).toEqual(['a in', 'a out', 'b in', 'b out'])
  expect(existsSync(lock)).toBe(false)
})

test('the lock of a process that has ended is taken over', async () => {
  const lock = join(scratchFolder(), 'a.lock')
  const { stdout } = await run(process.execPath, ['-p', 'process.pid'])
  writeFileSync(lock, stdout.trim())
  await withLock(lock, async () => expect(readFileSync(lock, 'utf8')).toBe(String(process.pid)))
})

test('a Node that is too old gets one line that says which is needed', async () => {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'bin'))
  const source = readFileSync(join(root, 'packages/emulator/bin/inpod.mjs'), 'utf8')
  writeFileSync(join(folder, 'bin/inpod.mjs'), source.replace('process.versions.node', "'20.19.5'"))
  const failure = await run(process.execPath, [join(folder, 'bin/inpod.mjs')]).catch((error) => error)
  expect(failure.code).toBe(1)
  expect(failure.stderr).toMatch(/^inpod: needs Node\.js 22\.12 or newer, and this is v\S+\n$/)
})
