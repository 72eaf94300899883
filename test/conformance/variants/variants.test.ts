import { readdirSync } from 'node:fs'
import { startEmulator } from 'inpod'
import { expect, test } from 'vitest'
import { type Answer, readSteps, replay } from './replay.ts'

const areas = readdirSync(import.meta.dirname).flatMap((file) => (file.endsWith('.jsonl') ? [file.replace('.jsonl', '')] : []))

test.for(areas)('%s: as a real API server answered', { timeout: 60_000 }, async (area) => {
  await using emulator = await startEmulator()
  const expected: Record<string, Answer | undefined> = {}
  const got: Record<string, Answer> = {}
  await replay(readSteps(area), emulator.fetch, emulator.adminToken, (step, answer) => {
    expected[step.id] = step.answer
    got[step.id] = answer
  })
  expect(got).toEqual(expected)
})
