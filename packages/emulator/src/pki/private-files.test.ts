import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writePrivateFile } from './private-files.ts'

test('what a run left that was killed while it wrote goes with the next writing, but for what may still be written', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'test-private-'))
  const folder = join(scratch, 'pki')
  mkdirSync(folder, { mode: 0o700 })
  for (const name of ['.key.json.1.abandoned', '.key.json.2.current', '.other.json.1.abandoned']) writeFileSync(join(folder, name), 'draft')
  for (const name of ['.key.json.1.abandoned', '.other.json.1.abandoned']) utimesSync(join(folder, name), 0, 0)
  writePrivateFile(join(folder, 'key.json'), 'whole')
  expect(readdirSync(folder).sort()).toEqual(['.key.json.2.current', '.other.json.1.abandoned', 'key.json'])
  expect(readFileSync(join(folder, 'key.json'), 'utf8')).toBe('whole')
  rmSync(scratch, { recursive: true })
})
