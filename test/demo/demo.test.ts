import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../scripts/conformance/command.ts'

interface Outcome {
  exitCode: number | string
  output: string
}

test('each step of the demonstration gives what the guide says', { timeout: 120_000 }, async () => {
  const { exitCode, output } = await new Promise<Outcome>((resolve) => {
    execFile(process.execPath, [join(root, 'scripts/run.mjs'), join(root, 'scripts/demo/demo.ts')], (error, stdout, stderr) =>
      resolve({ exitCode: error ? (error.code ?? 'killed') : 0, output: stdout + stderr }),
    )
  })
  expect(output).toContain('Each step gave what the guide says.')
  expect(exitCode).toBe(0)
})
