// Reads files as the command does, one after another, in a process that may be ended when it does not come back: told of each by a message.
import { exitCodeOf, formatError } from '../../../packages/emulator/src/cli/errors.ts'
import { findRunning } from '../../../packages/emulator/src/cli/running.ts'
import { startEmulator } from '../../../packages/emulator/src/index.ts'
import { readFaultFile } from '../../../packages/emulator/src/scenario/fault-file.ts'
import { loadManifests } from '../../../packages/emulator/src/scenario/manifests.ts'
import { readScenarioFiles } from '../../../packages/emulator/src/scenario/matrix/scenario-file.ts'
import type { FileKind } from './garbage.ts'

export interface ReadRequest {
  kind: FileKind
  file: string
}

export interface ReadAnswer {
  /** As of the command; 0 for what was accepted, and was used and ended well. */
  exitCode: number
  text: string
  /** MiB that the process has. */
  memory: number
}

const readers: Record<FileKind, (file: string) => unknown> = {
  faults: readFaultFile,
  scenario: (file) => readScenarioFiles([file]),
  description: (file) => findRunning({ from: file }),
  pod: (file) => loadManifests([file]),
  async manifest(file) {
    await using emulator = await startEmulator({ manifests: [file] })
    const answer = await emulator.fetch(new Request(`${emulator.url}/version`))
    if (answer.status !== 200) throw new Error(`the emulator answers ${answer.status}`)
  },
}

process.on('message', async ({ kind, file }: ReadRequest) => {
  let answer = { exitCode: 0, text: '' }
  try {
    await readers[kind](file)
  } catch (error) {
    answer = { exitCode: exitCodeOf(error), text: formatError(error, false) }
  }
  process.send!({ ...answer, memory: process.memoryUsage.rss() / 2 ** 20 } satisfies ReadAnswer)
})
process.once('disconnect', () => process.exit())
