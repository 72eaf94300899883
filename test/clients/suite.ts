import { beforeAll, describe } from 'vitest'
import { type Client, type ClientCommand, clients } from '../../scripts/clients/clients.ts'
import { prepareClient, whyNotHere } from '../../scripts/clients/prepare.ts'

const mustRun = process.env['CI'] === 'true'

/**
 * A `describe` for one client, built beforehand. Where it cannot run, say for want of a toolchain, it is skipped: its name says why,
 * and so does a line on standard error. With CI=true that is a failure.
 */
export function describeClient(name: string, define: (command: () => ClientCommand) => void): void {
  const client = clientOf(name)
  const reason = whyNot(client)
  const skipped = reason !== undefined && !mustRun
  if (skipped) process.stderr.write(`skipped client ${name}: ${reason}\n`)
  describe.skipIf(skipped)(skipped ? `${name} (skipped: ${reason})` : name, () => {
    let command: ClientCommand | undefined
    beforeAll(async () => {
      if (reason !== undefined) throw new Error(`${name} cannot run here: ${reason}`)
      command = await prepareClient(client)
    }, 1_200_000)
    define(() => command!)
  })
}

/** Of clients that shall run at the same time: those that can run here, built, with how to run each. */
export async function prepareTogether(names: readonly string[]): Promise<Map<string, ClientCommand>> {
  const commands = new Map<string, ClientCommand>()
  for (const client of names.map(clientOf)) if (whyNot(client) === undefined) commands.set(client.name, await prepareClient(client))
  return commands
}

function clientOf(name: string): Client {
  const client = clients.find((candidate) => candidate.name === name)
  if (client === undefined) throw new Error(`no client ${name} in scripts/clients/clients.ts`)
  return client
}

const whyNot = (client: Client): string | undefined =>
  process.platform === 'linux'
    ? whyNotHere(client)
    : `its paths are hard-coded, and only Linux has namespaces (this is ${process.platform})`
