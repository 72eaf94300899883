import { beforeAll, describe } from 'vitest'
import { type ClientCommand, clients } from '../../scripts/clients/clients.ts'
import { prepareClient, whyNotHere } from '../../scripts/clients/prepare.ts'

const mustRun = process.env['CI'] === 'true'

/**
 * A `describe` for one client, built beforehand. Where a toolchain is missing the client is skipped, its name says why, and so does a
 * line on standard error; with CI=true that is a failure.
 */
export function describeClient(name: string, define: (command: () => ClientCommand) => void): void {
  const client = clients.find((candidate) => candidate.name === name)
  if (client === undefined) throw new Error(`no client ${name} in scripts/clients/clients.ts`)
  const reason = whyNotHere(client)
  if (reason !== undefined && !mustRun) process.stderr.write(`skipped client ${name}: ${reason}\n`)
  const title = reason === undefined ? name : `${name} (skipped: ${reason})`
  describe.skipIf(reason !== undefined && !mustRun)(title, () => {
    let command: ClientCommand | undefined
    beforeAll(async () => {
      if (reason !== undefined) throw new Error(`${name} cannot run here: ${reason}`)
      command = await prepareClient(client)
    }, 1_200_000)
    define(() => command!)
  })
}
