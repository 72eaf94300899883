import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCommand } from '../conformance/command.ts'
import { marker } from './answers.ts'
import type { PublicKey } from './identity/forgeries.ts'
import { createHostileClient, type HostileClient, type Tokens } from './transport/client.ts'

/** A server that runs as a user's does, with something to guard. */
export interface Target extends AsyncDisposable {
  host: string
  port: number
  /** PEM. */
  ca: string
  pid: number
  tokens: Tokens
  /** Of the account to which nobody gave rights. */
  podUser: string
  /** What the server's tokens are signed with, as it publishes it. */
  keys: readonly PublicKey[]
  /** Requests of HTTP/1.1 of which nothing is checked; its connections are kept. */
  client: HostileClient
  /** What the server wrote to its standard error since it was ready. */
  readonly errors: string
  /** How the server ended; undefined as long as it runs. */
  readonly ended: string | undefined
}

/** A namespace in which nobody but the administrator may do anything, and nobody does. */
export const guarded = 'guarded'
/** A namespace for what is made and changed. */
export const playground = 'fuzz'

/** Starts `inpod start`. Disposing of the target stops it. */
export async function startTarget(): Promise<Target> {
  const command = await startCommand()
  const { started, child } = command
  const { hostname: host, port } = new URL(started.server)
  const ca = readFileSync(started.caFile, 'utf8')
  const podToken = readFileSync(join(started.podRoot, 'var/run/secrets/kubernetes.io/serviceaccount/token'), 'utf8')
  const tokens: Tokens = { admin: started.token, pod: podToken, anonymous: undefined, forged: `${podToken.slice(0, -8)}AAAAAAAA` }
  const client = createHostileClient({ host, port: Number(port), ca }, tokens)
  let errors = ''
  let ended: string | undefined
  child.stderr!.on('data', (text) => (errors += text))
  child.once('exit', (code, signal) => (ended = `exit code ${code}, signal ${signal}`))
  await fill(client)
  const published = await client.send({ method: 'GET', path: '/openid/v1/jwks', as: 'admin' })
  return {
    host,
    port: Number(port),
    ca,
    pid: started.pid,
    tokens,
    podUser: 'system:serviceaccount:default:default',
    keys: JSON.parse(published!.body.toString()).keys,
    client,
    get errors() {
      return errors
    },
    get ended() {
      return ended
    },
    async [Symbol.asyncDispose]() {
      client.close()
      await command[Symbol.asyncDispose]()
    },
  }
}

async function fill(client: HostileClient): Promise<void> {
  const make = async (path: string, body: object) => {
    const headers = [['Content-Type', 'application/json']] as const
    const answer = await client.send({ method: 'POST', path, headers, body: JSON.stringify(body), as: 'admin' })
    if (answer?.status !== 201) throw new Error(`POST ${path}: ${answer?.status} ${answer?.body}`)
  }
  for (const name of [guarded, playground]) await make('/api/v1/namespaces', { metadata: { name } })
  const secret = { metadata: { name: 'secret', labels: { guarded: marker } }, stringData: { value: marker } }
  await make(`/api/v1/namespaces/${guarded}/secrets`, secret)
  await make(`/api/v1/namespaces/${guarded}/configmaps`, { metadata: { name: 'config' }, data: { value: marker } })
  await make(`/api/v1/namespaces/${playground}/configmaps`, { metadata: { name: 'canary' }, data: { value: 'x' } })
}
