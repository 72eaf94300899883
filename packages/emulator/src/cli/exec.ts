import type { DenialExplanation } from '../authorization/explain/explain-denial.ts'
import { formatExplanation } from '../authorization/explain/format.ts'
import type { EmulatedPod } from '../emulator.ts'
import { EmulatorError } from '../errors.ts'
import { applyEnvironment } from '../pod/environment.ts'
import { tokenKeptFor } from '../pod/rotation.ts'
import { serviceAccountVolume } from '../pod/service-account-volume.ts'
import type { Way } from '../sandbox/enclosure.ts'
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts'
import { checkProgram } from '../sandbox/shell.ts'
import { sharedSigningKey } from '../service-account/signing-key.ts'
import type { Command, CommandInput, OptionSpec } from './command.ts'
import { emulatorOptions, readEmulatorOptions } from './emulator-options.ts'

const WAYS: Record<string, Way[] | undefined> = {
  auto: undefined,
  namespaces: ['user-namespace', 'mount-namespace'],
  'real-path': ['real-path'],
  'pod-root': ['pod-root'],
}

const sandboxOption: OptionSpec = {
  name: 'sandbox',
  value: Object.keys(WAYS).join('|'),
  help:
    "how the program gets a Pod's files: at their real path, for it alone (namespaces; Linux), at their real path while it runs " +
    '(real-path; root), or in a folder that variables tell it (pod-root) (default: auto, the best that is possible)',
  example: 'inpod exec --sandbox pod-root -- kubectl get pods',
}

export const execCommand: Command = {
  usage: '[options] -- CMD ARGS…',
  description: [
    "Starts a cluster's API server, runs CMD as if it were in a Pod of that cluster, and ends with CMD's exit code.",
    'CMD finds the service account in /var/run/secrets/kubernetes.io/serviceaccount and the server in KUBERNETES_SERVICE_HOST',
    'and KUBERNETES_SERVICE_PORT, as every in-cluster client expects. What runs in the background when CMD ends is ended too.',
    'Exit codes: that of CMD, 128 + N when signal N ended it, 127 no such program, 126 not executable, 2 wrong use, 1 failure.',
  ].join('\n'),
  examples: ['inpod exec -- kubectl get namespaces', 'inpod exec -f rbac.yaml -n team-a --service-account demo -- python app.py'],
  options: [...emulatorOptions, sandboxOption],
  run: runExec,
}

async function runExec({ values, rest, print }: CommandInput): Promise<number> {
  const options = readEmulatorOptions(values, print)
  const ways = readWays(values['sandbox'])
  const [program] = rest
  if (program === undefined) {
    throw new EmulatorError('ERR_USAGE', 'no program to run', { hint: 'Give it after --, as in: inpod exec -- kubectl get pods' })
  }
  checkProgram(program, process.env)
  // The key and the namespaces are made while the server starts.
  sharedSigningKey().catch(() => {})
  const sandbox = openSandbox({ ways, onWarning: print.warn, onDetail: print.detail })
  try {
    const { startEmulator } = await import('../emulator.ts')
    const onDenial = (denial: DenialExplanation) => print.detail(`${formatExplanation(denial)}\n`)
    await using emulator = await startEmulator({ ...options, ...(values['verbose'] === true ? { onDenial } : {}) })
    const { pod } = emulator
    print.detail(`API server at ${emulator.url}, Pod ${pod.namespace}/${pod.name} as service account ${pod.serviceAccountName}`)
    const env = applyEnvironment(process.env, { set: pod.env, unset: pod.unsetEnv })
    const renewing = setInterval(
      () => renewFiles(pod, sandbox).catch((error: Error) => print.detail(`the token is not renewed: ${error.message}`)),
      tokenKeptFor(options.pod?.tokenExpirationSeconds),
    )
    renewing.unref()
    return await sandbox.run({ command: rest, env, files: pod.mountsFiles ? serviceAccountVolume(pod.files) : undefined })
  } finally {
    await sandbox.close()
  }
}

async function renewFiles(pod: EmulatedPod, sandbox: Sandbox): Promise<void> {
  const files = await pod.renewToken()
  if (pod.mountsFiles) sandbox.updateFiles(serviceAccountVolume(files))
}

function readWays(value: unknown): Way[] | undefined {
  const name = String(value ?? 'auto')
  if (name in WAYS) return WAYS[name]
  throw new EmulatorError('ERR_USAGE', `invalid value "${name}" of --sandbox: one of ${Object.keys(WAYS).join(', ')}`)
}
