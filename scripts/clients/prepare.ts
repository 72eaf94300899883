// Builds the client programs of test/clients: node --conditions=source scripts/clients/prepare.ts [NAME…]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from '../setup/lock.mjs'
import { hashContents, isCurrent, stampFile } from '../setup/stamp.mjs'
import { whyNoKubernetesTools } from '../tools/kubectl.ts'
import { type Build, type BuildName, builds, type Command, root, sources } from './builds.ts'
import { type Client, type ClientCommand, clients } from './clients.ts'
import { whyMissing } from './toolchains.ts'

const cache = join(root, '.cache', 'clients')

/** Why the client cannot be run here; undefined where it can. */
export function whyNotHere(client: Client): string | undefined {
  const needs = [...(client.build ? builds[client.build].needs : []), ...(client.needs ?? [])]
  const tools = ['kubectl', 'helm'].includes(client.name) ? whyNoKubernetesTools() : undefined
  return tools ?? needs.map(whyMissing).find((reason) => reason !== undefined)
}

/** Builds the client, unless what was built last time is current, and tells how to run it. Throws when the build fails. */
export async function prepareClient(client: Client): Promise<ClientCommand> {
  if (client.build) await makeBuild(client.build)
  return await client.command(client.build ? join(cache, client.build) : '')
}

async function makeBuild(name: BuildName): Promise<void> {
  const build: Build = builds[name]
  const stamp = join(cache, `${name}.stamp`)
  await withLock(join(cache, `${name}.lock`), async () => {
    const hash = hashContents(root, [
      'scripts/clients/builds.ts',
      ...build.inputs.flatMap((input) => listFiles(join('test/clients', input))),
    ])
    if (isCurrent(stamp, hash)) return
    stampFile.remove(stamp)
    const output = join(cache, name)
    mkdirSync(output, { recursive: true })
    process.stderr.write(`building the ${name} clients…\n`)
    for (const command of build.commands(output)) await run(command)
    stampFile.write(stamp, hash)
  })
}

async function run({ program, arguments: args, environment }: Command): Promise<void> {
  const child = spawn(program, args, { cwd: sources, stdio: ['ignore', 2, 2], env: { ...process.env, ...environment } })
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`\`${[program, ...args].join(' ')}\` ended with ${status}`)
}

function listFiles(path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path]
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => listFiles(join(path, name)))
}

/** Builds all the clients that can be built here, or those named, and says which not and why. */
export async function prepareClients(names: string[] = []): Promise<void> {
  for (const client of clients) {
    if (names.length > 0 && !names.includes(client.name)) continue
    const reason = whyNotHere(client)
    if (reason === undefined) await prepareClient(client)
    else process.stderr.write(`${client.name}: not here: ${reason}\n`)
  }
}

if (import.meta.main) await prepareClients(process.argv.slice(2))
