import type { RunningContainer } from '../container-runtime/running-containers.ts'
import type { ProgramOutput } from './program-output.ts'
import type { Sandbox } from './sandbox.ts'

interface ContainerOptions extends Pick<RunningContainer, 'podUid' | 'name'> {
  /** Where somebody else reads what the program writes. */
  output?: ProgramOutput | undefined
  /** Whether the program has a network of its own. */
  ownNetwork: boolean
  podIP?: string
}

/** The program of a sandbox, once it runs, as the container of a Pod. */
export function runningContainer(sandbox: Sandbox, options: ContainerOptions): RunningContainer {
  const { podUid, name, output = sandbox.output(), ownNetwork, podIP } = options
  const inside = (words: string[]) => sandbox.inside(words)
  return {
    podUid,
    name,
    log: output?.log,
    attach: () => output?.attach(),
    exec: async (request) => (await import('./execute.ts')).execute(inside, request),
    async dial(port) {
      const { dialHost, dialInside } = await import('./dial.ts')
      return ownNetwork ? dialInside(inside, port) : dialHost(port, podIP)
    },
  }
}
