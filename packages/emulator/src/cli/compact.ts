import { actionPath } from '../action-endpoint.ts'
import { EmulatorError } from '../errors.ts'
import type { Command, CommandInput } from './command.ts'
import { runningOptions } from './running.ts'
import { connectToRunning } from './running-client.ts'

export const compactCommand: Command = {
  usage: '[options]',
  description: [
    'Makes the emulator that inpod start serves forget the history of all changes so far, as etcd does when it is compacted. Watches that are',
    'open go on; a watch or a list from an older resourceVersion is told 410 Expired. From a program: POST /inpod/v1/compact, as the',
    'administrator.',
  ].join('\n'),
  examples: ['inpod compact', 'inpod compact --from started.json'],
  options: runningOptions,
  run: runCompact,
}

async function runCompact({ values, rest }: CommandInput): Promise<number> {
  if (rest.length > 0) throw new EmulatorError('ERR_USAGE', `unexpected "${rest[0]}"`)
  await connectToRunning(values)('POST', actionPath('compact'))
  return 0
}
