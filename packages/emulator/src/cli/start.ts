import { writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import type { Emulator, EmulatorOptions } from '../emulator.ts'
import { EmulatorError } from '../errors.ts'
import { writePodKubeconfig } from '../pod/redirections.ts'
import { renewInTime } from '../pod/token-renewal.ts'
import { createTemporaryFolder } from '../sandbox/temporary-folder.ts'
import type { Command, CommandInput, OptionValues, Printer } from './command.ts'
import { emulatorOptions, readEmulatorOptions } from './emulator-options.ts'
import { readFaults } from './fault-options.ts'
import type { RecordedRun } from './recording.ts'
import { isRecorded, recordingOptions } from './recording-options.ts'
import { announce, runningLeftovers, type StartDescription } from './running.ts'

/**
 * How much, in percent, the heap grows before garbage is looked for. By itself it grows to several times what lives, and stays so; this
 * takes a fifth off what a loaded server holds, for 4 to 10 % more of the time of a write.
 */
const heapGrowingPercent = 50

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export const startCommand: Command = {
  usage: '[options]',
  description: [
    "Serves a cluster's API until it is stopped (Ctrl-C, SIGTERM, SIGHUP), and says how to use it. Nothing is left behind.",
    'With --json: one line on standard output once it is ready, with server, caFile, token (cluster-admin), kubeconfig (a file),',
    'podRoot (a folder that stands in for /, with the service account below it), env (what a Pod would have) and pid.',
  ].join('\n'),
  examples: ['inpod start -f rbac.yaml', 'inpod start --json --port 6443'],
  options: [
    ...emulatorOptions,
    ...recordingOptions,
    { name: 'json', help: 'print one line of JSON once ready', example: 'inpod start --json' },
  ],
  run: runStart,
}

interface Files {
  caFile: string
  kubeconfig: string
}

async function runStart({ values, rest, print }: CommandInput): Promise<number> {
  if (rest.length > 0)
    throw new EmulatorError('ERR_USAGE', `unexpected "${rest[0]}"`, { hint: 'To run a program: inpod exec -- CMD ARGS…' })
  const options = { ...readEmulatorOptions(values, print), ...(await readFaults(values)), auditLimit: 0 }
  if (!isRecorded(values)) return serve(values, print, options)
  const { runRecorded } = await import('./recording.ts')
  const run: RecordedRun = (recorded, onEnd) => serve(values, print, recorded, onEnd)
  return runRecorded({ values, print }, options, run, { standardOutput: true })
}

/** @param onEnd is given the emulator once it is told to stop */
async function serve(
  values: OptionValues,
  print: Printer,
  options: EmulatorOptions,
  onEnd?: (emulator: Emulator) => void,
): Promise<number> {
  const stopped = nextSignal()
  setFlagsFromString(`--heap-growing-percent=${heapGrowingPercent}`)
  const { startEmulator } = await import('../emulator.ts')
  // Before anything is made: who is killed meanwhile leaves nothing.
  await using folder = await createTemporaryFolder(runningLeftovers())
  await using emulator = await startEmulator({ ...options, pod: { ...options.pod, root: join(folder.path, 'root') } })
  const files = writeFiles(folder.path, emulator)
  const description = describe(emulator, files)
  tell(description, print)
  const stopRenewing = renewInTime({
    clock: emulator.clock,
    expirationSeconds: options.pod?.tokenExpirationSeconds,
    renew: () => emulator.pod.renewToken().catch((error: Error) => print.warn(`the token is not renewed: ${error.message}`)),
  })
  print.out(values['json'] === true ? `${JSON.stringify(description)}\n` : instructions(emulator, files))
  const signal = await stopped
  stopRenewing()
  onEnd?.(emulator)
  return 128 + constants.signals[signal]
}

/** Nobody but other commands of inpod misses it. */
function tell(description: StartDescription, print: Printer): void {
  try {
    announce(description)
  } catch (error) {
    print.warn(`inpod env and inpod kubeconfig will not find this server: ${(error as Error).message}`)
  }
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of STOPPING) process.on(signal, resolve)
  })
}

function writeFiles(folder: string, emulator: Emulator): Files {
  const files = { caFile: join(folder, 'ca.crt'), kubeconfig: join(folder, 'kubeconfig') }
  writeFileSync(files.caFile, emulator.caCertificate, { mode: 0o600 })
  writeFileSync(files.kubeconfig, emulator.kubeconfig(), { mode: 0o600 })
  writePodKubeconfig(emulator.pod.root, emulator.pod.env)
  return files
}

function describe({ url, adminToken, pod }: Emulator, { caFile, kubeconfig }: Files): StartDescription {
  return { server: url, caFile, token: adminToken, kubeconfig, podRoot: pod.root, env: pod.env, pid: process.pid }
}

function instructions({ url, pod }: Emulator, { caFile, kubeconfig }: Files): string {
  const names = ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT']
  return [
    `API server ready at ${url}`,
    '',
    'As the administrator:',
    `  export KUBECONFIG=${kubeconfig}`,
    '  kubectl get namespaces',
    '',
    `As a Pod in namespace ${pod.namespace} with service account ${pod.serviceAccountName}:`,
    '  eval "$(inpod env)"',
    '  which says, among others:',
    ...names.map((name) => `  export ${name}=${pod.env[name]}`),
    `  files below ${pod.root}, at their usual path: /var/run/secrets/kubernetes.io/serviceaccount`,
    '  Programs that insist on the real path: inpod exec -- CMD ARGS…',
    '',
    `The CA certificate is ${caFile}. Ctrl-C stops the server and removes these files.`,
    '',
  ].join('\n')
}
