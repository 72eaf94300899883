import type { Socket } from 'node:net'
import { constants } from 'node:os'
import type { Invocation } from '../beside.ts'
import { exitCodeOf } from '../enclosure.ts'
import { startInvocation } from '../start-process.ts'
import { type ClusterNetwork, createAgentClient } from './agent-client.ts'
import { AGENT_COMMAND } from './network-plan.ts'

/** An agent beside the program, which connects to what listens at its localhost. */
export interface InnerAgent {
  /** @throws Error as `net.connect` does */
  connection(host: string, port: number): Promise<Socket>
  close(): Promise<void>
}

/**
 * @param enter gives the process that runs a program of ours beside the Pod's
 * @throws EmulatorError ERR_PROCESS
 */
export async function startInnerAgent(enter: (command: string[]) => Invocation): Promise<InnerAgent> {
  const child = await startInvocation(enter(AGENT_COMMAND), { stdio: ['pipe', 'ignore', 'ignore', 'ipc'], detached: true })
  const ended = exitCodeOf(child, constants.signals)
  child.stdin!.on('error', () => {})
  const network: ClusterNetwork = createAgentClient(child)
  return {
    connection: (host, port) => network.connection(host, port),
    async close() {
      child.stdin!.destroy()
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
