import { actionPath } from '../action-endpoint.ts'
import { EmulatorError } from '../errors.ts'
import type { Command, CommandInput } from './command.ts'
import { runningOptions } from './running.ts'
import { connectToRunning } from './running-client.ts'

export const resetCommand: Command = {
  usage: '[options]',
  description: [
    'Puts the emulator that inpod start serves back into its first state: the objects of its manifests, and the faults of --faults. Open',
    'watches see the difference as events. From a program: POST /inpod/v1/reset, as the administrator.',
  ].join('\n'),
  examples: ['inpod reset', 'inpod reset --from started.json'],
  options: runningOptions,
  run: runReset,
}

async function runReset({ values, rest }: CommandInput): Promise<number> {
  if (rest.length > 0) throw new EmulatorError('ERR_USAGE', `unexpected "${rest[0]}"`)
  await connectToRunning(values)('POST', actionPath('reset'))
  return 0
}
