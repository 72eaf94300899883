import type { RunningContainer } from '../container-runtime/running-containers.ts'
import type { ProgramOutput } from './program-output.ts'
import type { Sandbox } from './sandbox.ts'

interface ContainerOptions extends Pick<RunningContainer, 'podUid' | 'name'> {
  /** Where somebody else reads what the program writes. */
  output?: ProgramOutput | undefined
  /** What the program is reached at before its localhost. */
  podIP?: string | undefined
}

/** The program of a sandbox, once it runs, as the container of a Pod. */
export function runningContainer(sandbox: Sandbox, options: ContainerOptions): RunningContainer {
  const { podUid, name, output = sandbox.output(), podIP } = options
  return {
    podUid,
    name,
    log: output?.log,
    attach: () => output?.attach(),
    exec: async (request) => (await import('./execute.ts')).execute(sandbox.inside, request),
    dial: async (port) => (await import('./dial.ts')).dialPod(sandbox, port, podIP),
  }
}
