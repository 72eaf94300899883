import type { Socket } from 'node:net'
import { constants } from 'node:os'
import { exitCodeOf } from '../enclosure.ts'
import { startProcess } from '../start-process.ts'
import { type ClusterNetwork, createAgentClient } from './agent-client.ts'
import { AGENT_COMMAND } from './network-plan.ts'

/** An agent beside the program, which connects to what listens at its localhost. */
export interface InnerAgent {
  /** @throws Error as `net.connect` does */
  connection(host: string, port: number): Promise<Socket>
  close(): Promise<void>
}

/**
 * @param inside gives the words by which we run a command beside the program
 * @throws EmulatorError ERR_PROCESS
 */
export async function startInnerAgent(inside: (command: string[]) => string[]): Promise<InnerAgent> {
  const [file, ...args] = inside(['/usr/bin/env', 'NODE_CHANNEL_FD=3', ...AGENT_COMMAND])
  const child = await startProcess(file!, args, { stdio: ['pipe', 'ignore', 'ignore', 'ipc'], detached: true })
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
