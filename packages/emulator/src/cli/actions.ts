// What a running emulator does as a whole when it is told to.
import { actionPath } from '../action-endpoint.ts'
import { EmulatorError } from '../errors.ts'
import type { Command } from './command.ts'
import { runningOptions } from './running.ts'
import { connectToRunning } from './running-client.ts'

export const resetCommand = actionCommand('reset', [
  'Puts the emulator that inpod start serves back into its first state: the objects of its manifests, and the faults of --faults. Open',
  'watches see the difference as events.',
])

export const compactCommand = actionCommand('compact', [
  'Makes the emulator that inpod start serves forget the history of all changes so far, as etcd does when it is compacted. Watches that are',
  'open go on; a watch or a list from an older resourceVersion is told 410 Expired.',
])

function actionCommand(action: Parameters<typeof actionPath>[0], description: string[]): Command {
  return {
    usage: '[options]',
    description: [...description, `From a program: POST ${actionPath(action)}, as the administrator.`].join('\n'),
    examples: [`inpod ${action}`, `inpod ${action} --from started.json`],
    options: runningOptions,
    async run({ values, rest }) {
      if (rest.length > 0) throw new EmulatorError('ERR_USAGE', `unexpected "${rest[0]}"`)
      await connectToRunning(values)('POST', actionPath(action))
      return 0
    },
  }
}
