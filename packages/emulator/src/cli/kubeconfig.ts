import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { EmulatorError } from '../errors.ts'
import { formatKubeconfig, type KubeconfigUser } from '../pod/kubeconfig.ts'
import { type ApiClient, createApiClient } from './api-client.ts'
import type { Command, CommandInput, OptionValues } from './command.ts'
import { readSeconds } from './emulator-options.ts'
import { describeFileError } from './file-errors.ts'
import { findRunning, runningOptions } from './running.ts'

export const kubeconfigCommand: Command = {
  usage: '[options]',
  description: [
    "Prints a kubeconfig of the emulator that inpod start serves: the administrator's, a service account's (by a token of its own) or",
    "any user's (by a client certificate, which the server's signer makes).",
  ].join('\n'),
  examples: [
    'inpod kubeconfig --output admin.yaml && kubectl --kubeconfig admin.yaml get namespaces',
    'inpod kubeconfig --as-service-account team-a/demo',
    'inpod kubeconfig --user jane --group developers',
  ],
  options: [
    {
      name: 'as-service-account',
      value: 'NAMESPACE/NAME',
      help: 'with a token of this service account',
      example: 'inpod kubeconfig --as-service-account team-a/demo',
    },
    {
      name: 'token-expiration',
      value: 'SECONDS|DURATION',
      help: 'how long the token of --as-service-account is valid (default: 1h)',
      example: 'inpod kubeconfig --as-service-account team-a/demo --token-expiration 12h',
    },
    { name: 'user', value: 'NAME', help: 'with a client certificate for this user', example: 'inpod kubeconfig --user jane' },
    {
      name: 'group',
      value: 'NAME',
      multiple: true,
      help: 'a group of --user; may be repeated',
      example: 'inpod kubeconfig --user jane --group developers',
    },
    {
      name: 'namespace',
      short: 'n',
      value: 'NAME',
      help: "the context's namespace (default: the service account's, else default)",
      example: 'inpod kubeconfig -n team-a',
    },
    {
      name: 'output',
      short: 'o',
      value: 'FILE',
      help: 'write it to a file that only you can read, instead of standard output',
      example: 'inpod kubeconfig --output admin.yaml',
    },
    ...runningOptions,
  ],
  run: runKubeconfig,
}

interface Identity {
  user: KubeconfigUser
  userName: string
  namespace: string
}

async function runKubeconfig({ values, rest, print }: CommandInput): Promise<number> {
  if (rest.length > 0) throw new EmulatorError('ERR_USAGE', `unexpected "${rest[0]}"`)
  const identify = readIdentity(values, readSeconds(values['token-expiration'], print))
  const { server, caFile, token } = findRunning(values)
  const caCertificate = readCa(caFile)
  const identity = await identify(createApiClient({ server, caCertificate, token }), token)
  const namespace = (values['namespace'] as string | undefined) ?? identity.namespace
  const text = formatKubeconfig({ server, caCertificate, ...identity, namespace })
  const file = values['output'] as string | undefined
  if (file === undefined) print.out(text)
  else replaceFile(file, text)
  return 0
}

function readCa(caFile: string): string {
  try {
    return readFileSync(caFile, 'utf8')
  } catch (error) {
    throw new EmulatorError('ERR_NOT_RUNNING', `its CA certificate is gone: ${(error as Error).message}`, {
      hint: 'Has inpod start ended meanwhile?',
      cause: error,
    })
  }
}

/** @throws EmulatorError ERR_USAGE */
function readIdentity(values: OptionValues, seconds = 3_600): (client: ApiClient, adminToken: string) => Promise<Identity> {
  const { user, group, 'as-service-account': account } = values as { user?: string; group?: string[]; 'as-service-account'?: string }
  const wrong = (message: string, hint?: string) => new EmulatorError('ERR_USAGE', message, hint === undefined ? {} : { hint })
  if (user !== undefined && account !== undefined) throw wrong('--user and --as-service-account exclude each other')
  if (group !== undefined && user === undefined) throw wrong('--group without --user', 'Say whose groups they are: --user NAME')
  if (values['token-expiration'] !== undefined && account === undefined) throw wrong('--token-expiration without --as-service-account')
  if (user === '') throw wrong('invalid value "" of --user: a name')
  if (user !== undefined) return (client) => certificateOf(client, user, group ?? [])
  if (account === undefined) return async (_, token) => ({ user: { token }, userName: 'admin', namespace: 'default' })
  const [namespace, name, ...more] = account.split('/')
  if (!namespace || !name || more.length > 0) throw wrong(`invalid value "${account}" of --as-service-account: NAMESPACE/NAME`)
  return (client) => tokenOf(client, { namespace, name, seconds })
}

async function tokenOf(
  client: ApiClient,
  { namespace, name, seconds }: { namespace: string; name: string; seconds: number },
): Promise<Identity> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}/token`
  const body = { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', spec: { audiences: [], expirationSeconds: seconds } }
  const { status } = await client('POST', path, body)
  return { user: { token: status.token }, userName: `${namespace}/${name}`, namespace }
}

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
const SIGNED_WITHIN_MS = 10_000
const USAGES = ['digital signature', 'client auth']

/** As the guide has it: a request for a certificate, approved by the administrator, and signed by the cluster. */
async function certificateOf(client: ApiClient, user: string, groups: string[]): Promise<Identity> {
  const { createCertificateRequest } = await import('../pki/certificate-request.ts')
  const { csr, key } = await createCertificateRequest({ user, groups })
  const name = `inpod-kubeconfig-${randomBytes(4).toString('hex')}`
  const spec = { request: Buffer.from(csr).toString('base64'), signerName: 'kubernetes.io/kube-apiserver-client', usages: USAGES }
  const made = await client('POST', REQUESTS, {
    kind: 'CertificateSigningRequest',
    apiVersion: 'certificates.k8s.io/v1',
    metadata: { name },
    spec,
  })
  try {
    const approved = { type: 'Approved', status: 'True', reason: 'InpodKubeconfig', message: 'Approved by inpod kubeconfig.' }
    await client('PUT', `${REQUESTS}/${name}/approval`, { ...made, status: { conditions: [approved] } })
    const cert = await signed(client, name)
    return { user: { cert, key }, userName: user, namespace: 'default' }
  } finally {
    await client('DELETE', `${REQUESTS}/${name}`)
  }
}

async function signed(client: ApiClient, name: string): Promise<string> {
  for (const end = performance.now() + SIGNED_WITHIN_MS; performance.now() < end; await delay(20)) {
    const { status } = await client('GET', `${REQUESTS}/${name}`)
    if (status.certificate !== undefined) return Buffer.from(status.certificate, 'base64').toString('utf8')
  }
  throw new EmulatorError('ERR_API', `the server has not signed a certificate within ${SIGNED_WITHIN_MS / 1_000} seconds`)
}

/** Readers see the old file or the new one; nobody else can read either. What is no file, such as /dev/stdout, is written to as it is. */
function replaceFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  let isDrafted = false
  try {
    const found = statSync(file, { throwIfNoEntry: false })
    if (found?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
    if (found !== undefined && !found.isFile()) return void writeFileSync(file, text)
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' })
    isDrafted = true
    renameSync(draft, file)
  } catch (cause) {
    if (isDrafted) rmSync(draft, { force: true })
    const hint = 'Name a file in a folder that is there and that you may write to.'
    throw new EmulatorError('ERR_USAGE', `--output ${file}: ${describeFileError(cause)}`, { cause, hint })
  }
}
