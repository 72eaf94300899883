import { systemClock } from '../apimachinery/clock.ts'
import { createContainers } from '../container-runtime/running-containers.ts'
import type { Emulator, EmulatorOptions } from '../emulator.ts'
import { EmulatorError } from '../errors.ts'
import { plainContainer } from '../kubelet/plain-pod.ts'
import type { LateEmulator } from '../late-emulator.ts'
import { applyEnvironment } from '../pod/environment.ts'
import { type ServiceAccountFiles, serviceAccountVolume } from '../pod/service-account-volume.ts'
import { renewInTime } from '../pod/token-renewal.ts'
import type { PodEnd } from '../pod-end.ts'
import type { Way } from '../sandbox/enclosure.ts'
import { runningContainer } from '../sandbox/running-container.ts'
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts'
import { checkProgram } from '../sandbox/shell.ts'
import { standardStreams } from '../sandbox/standard-streams.ts'
import type { Command, CommandInput, OptionSpec, OptionValues, Printer } from './command.ts'
import { checkAlone, companionOptions, readCompanions } from './companion-options.ts'
import { gracefulStop, noTtyOption, tellEnd } from './container-run.ts'
import { emulatorOptions, readEmulatorOptions } from './emulator-options.ts'
import type { PodRun } from './exec-pod.ts'
import { readFaults } from './fault-options.ts'
import type { Isolation } from './isolation.ts'
import { networkOptions, readNetwork } from './network-options.ts'
import { failOnUnusedOption, isRecorded, recordingOptions } from './recording-options.ts'
import { shareStandardError } from './standard-error.ts'

const WAYS: Record<string, Way[] | undefined> = {
  auto: undefined,
  namespaces: ['user-namespace', 'mount-namespace'],
  'real-path': ['real-path'],
  'pod-root': ['pod-root'],
}

export const sandboxOption: OptionSpec = {
  name: 'sandbox',
  value: Object.keys(WAYS).join('|'),
  help:
    "how the program gets a Pod's files: at their real path, for it alone (namespaces; Linux), at their real path while it runs " +
    '(real-path; root), or in a folder that variables tell it (pod-root) (default: auto, the best that is possible)',
  example: 'inpod exec --sandbox pod-root -- kubectl get pods',
}

const MOST_REPLICAS = 100

const podOptions: OptionSpec[] = [
  {
    name: 'pod',
    value: 'FILE|KIND/NAME',
    help:
      'run as the first Pod of a workload: a manifest of a Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or CronJob, or one of ' +
      "those of -f by its name. Its variables, volumes, account and host name are there; without CMD, its container's command is run. CMD " +
      "takes the place of the container's command and args; a container with args alone adds them to CMD",
    example: 'inpod exec --pod deploy.yaml -- ./app',
  },
  {
    name: 'container',
    value: 'NAME',
    help: 'the container of --pod to run as, where it has several',
    example: 'inpod exec --pod deployment/web -f deploy/ --container app -- ./app',
  },
  {
    name: 'probes',
    help:
      'probe the container of --pod as its manifest says (exec, httpGet, tcpSocket): the Pod is ready once its readiness probe says so, and ' +
      'ended when its liveness or startup probe fails; it is not started again',
    example: 'inpod exec --pod deploy.yaml --probes -- ./app',
  },
  {
    name: 'hooks',
    help: 'run the lifecycle hooks of the container of --pod: postStart once it runs, preStop when we are told to end, before the program is',
    example: 'inpod exec --pod deploy.yaml --hooks -- ./app',
  },
  {
    name: 'replicas',
    value: 'N',
    help:
      'run N Pods of the workload (or of a made up Deployment "inpod", without --pod) side by side, each with its own name, address, token, ' +
      'volumes and sandbox; each line of their output begins with the name of its Pod. They are not started again when they end. Exit code: ' +
      'that of the first that ended with another than 0',
    example: 'inpod exec --pod deploy.yaml --replicas 3 -- ./app',
  },
]

export const execCommand: Command = {
  usage: '[options] -- CMD ARGS…',
  description: [
    "Starts a cluster's API server, runs CMD as if it were in a Pod of that cluster, and ends with CMD's exit code.",
    'CMD finds the service account in /var/run/secrets/kubernetes.io/serviceaccount and the server in KUBERNETES_SERVICE_HOST',
    'and KUBERNETES_SERVICE_PORT, as every in-cluster client expects. What runs in the background when CMD ends is ended too.',
    'Exit codes: that of CMD, 128 + N when signal N ended it, 127 no such program, 126 not executable, 2 wrong use, 1 failure.',
  ].join('\n'),
  examples: [
    'inpod exec -- kubectl get namespaces',
    'inpod exec -f rbac.yaml -n team-a --service-account demo -- python app.py',
    'inpod exec --pod deploy.yaml -- ./app',
  ],
  options: [
    ...emulatorOptions,
    ...podOptions,
    ...companionOptions,
    ...networkOptions,
    sandboxOption,
    noTtyOption,
    ...recordingOptions,
    failOnUnusedOption,
  ],
  run: runExec,
}

async function runExec(input: CommandInput): Promise<number> {
  shareStandardError()
  const options = { ...readEmulatorOptions(input.values, input.print), ...(await readFaults(input.values)), auditLimit: 0 }
  if (!isRecorded(input.values)) return runProgram(input, options)
  const { runRecorded } = await import('./recording.ts')
  return runRecorded(input, options, (recorded, onEnd) => runProgram(input, recorded, onEnd))
}

/** @param onEnd is given the emulator once the program has ended */
async function runProgram(
  { values, rest, print }: CommandInput,
  options: EmulatorOptions,
  onEnd?: (emulator: Emulator) => void,
): Promise<number> {
  const ways = readWays(values['sandbox'])
  const hosts = readNetwork(values)
  const companions = readCompanions(values)
  const [program] = rest
  const isolation = hosts === undefined ? undefined : (await import('./isolation.ts')).isolate(hosts)
  if (companions?.proxy !== undefined) checkAlone(values, isolation)
  if (values['pod'] !== undefined) return runAsPod({ values, rest, print }, options, { isolation, onEnd, companions })
  for (const name of ['container', 'probes', 'hooks'])
    if (values[name] !== undefined) throw new EmulatorError('ERR_USAGE', `--${name} without --pod`)
  if (program === undefined) {
    throw new EmulatorError('ERR_USAGE', 'no program to run', { hint: 'Give it after --, as in: inpod exec -- kubectl get pods' })
  }
  if (values['replicas'] !== undefined) return runAsPod({ values, rest, print }, options, { isolation, onEnd, companions })
  checkProgram(program, process.env)
  // The namespaces are made while the server starts.
  const streams = standardStreams(values['no-tty'] !== true)
  const containers = createContainers()
  const sandbox = openSandbox({ ways, streams, ...isolation?.sandbox, onWarning: print.warn, onDetail: print.detail })
  try {
    let latest: ServiceAccountFiles | undefined
    const onFilesReplaced = (files: ServiceAccountFiles) => {
      latest = files
      sandbox.updateFiles(serviceAccountVolume(files))
    }
    const told = await denialsTold(values, print)
    const asked = { ...options, pod: { ...options.pod, ...isolation?.pod, exists: true }, onFilesReplaced, containers, ...told }
    await using cluster = await startCluster(asked)
    const { pod } = cluster
    print.detail(`API server at ${cluster.url}, Pod ${pod.namespace}/${pod.name} as service account ${pod.serviceAccountName}`)
    const env = applyEnvironment(process.env, { set: pod.env, unset: [...pod.unsetEnv, ...(isolation?.unsetEnv ?? [])] })
    renewInTime({
      clock: systemClock,
      expirationSeconds: options.pod?.tokenExpirationSeconds,
      renew: () => renewFiles(cluster, onFilesReplaced).catch((error: Error) => print.detail(`the token is not renewed: ${error.message}`)),
    })
    const files = pod.mountsFiles ? serviceAccountVolume(pod.files) : undefined
    let end: PodEnd | undefined
    cluster.onMade(({ pod: made }) => {
      end = made.end
      end?.onDeletion(gracefulStop(sandbox))
    })
    const onStart = () => {
      containers.add(runningContainer(sandbox, { podUid: pod.uid, name: plainContainer }))
      setTimeout(cluster.emulator, SERVE_AFTER_MS).unref()
    }
    const beside = companions === undefined ? undefined : await import('./companions.ts')
    const server = { url: cluster.url, caCertificate: pod.files['ca.crt'], token: files && (() => (latest ?? pod.files).token) }
    await using _proxy = await beside?.startProxy(companions!, server)
    const run = { command: rest, env, sidecars: companions?.sidecars, files, onStart }
    const code = isolation === undefined ? await sandbox.run(run) : await runIsolated(isolation, sandbox, cluster, run)
    await tellEnd(end, containers, code)
    if (onEnd !== undefined) onEnd(await cluster.emulator())
    return code
  } finally {
    await sandbox.close()
  }
}

async function runIsolated(
  isolation: Isolation,
  sandbox: Sandbox,
  cluster: LateEmulator,
  run: Parameters<Sandbox['run']>[0],
): Promise<number> {
  const { plainPlace } = await import('./isolation.ts')
  await using place = await plainPlace(cluster.pod)
  using _ = await isolation.join(sandbox, cluster)
  return await sandbox.run({ ...run, container: place.container })
}

async function runAsPod(
  { values, rest, print }: CommandInput,
  options: EmulatorOptions,
  more: Pick<PodRun, 'isolation' | 'onEnd' | 'companions'>,
): Promise<number> {
  if (values['pod'] !== undefined && values['service-account'] !== undefined) {
    throw new EmulatorError('ERR_USAGE', '--service-account with --pod', { hint: 'The Pod names its own, in spec.serviceAccountName.' })
  }
  const { runInPod } = await import('./exec-pod.ts')
  return runInPod({
    reference: values['pod'] as string | undefined,
    containerName: values['container'] as string | undefined,
    replicas: readReplicas(values['replicas']),
    options: { ...options, ...(await denialsTold(values, print)) },
    ways: readWays(values['sandbox']),
    keepsTerminal: values['no-tty'] !== true,
    given: rest,
    print,
    care: { probes: values['probes'] === true, hooks: values['hooks'] === true },
    ...more,
  })
}

/** A program that needs the server takes longer to start, and one that has ended by then needs none. */
const SERVE_AFTER_MS = 40

async function startCluster(options: EmulatorOptions): Promise<LateEmulator> {
  // Loaded while the namespaces are made.
  const { canStartLate, startLate } = await import('../late-emulator.ts')
  if (canStartLate(options)) return startLate(options)
  const { startEmulator } = await import('../emulator.ts')
  const emulator = await startEmulator(options)
  return {
    url: emulator.url,
    pod: Object.assign(emulator.pod, { uid: emulator.pod.end!.uid }),
    emulator: async () => emulator,
    onMade: (listener) => listener(emulator),
    accept: emulator.inner.accept,
    [Symbol.asyncDispose]: () => emulator.close(),
  }
}

/** With --verbose: what tells of denied requests. */
async function denialsTold(values: OptionValues, print: Printer): Promise<Pick<EmulatorOptions, 'onDenial'>> {
  if (values['verbose'] !== true) return {}
  const { formatExplanation } = await import('../authorization/explain/format.ts')
  return { onDenial: (denial) => print.detail(`${formatExplanation(denial)}\n`) }
}

async function renewFiles(cluster: LateEmulator, onFilesReplaced: (files: ServiceAccountFiles) => void): Promise<void> {
  const { pod } = await cluster.emulator()
  const files = await pod.renewToken()
  if (pod.mountsFiles) onFilesReplaced(files)
}

function readReplicas(value: unknown): number | undefined {
  if (value === undefined) return undefined
  const count = /^[0-9]+$/.test(String(value)) ? Number(value) : 0
  if (count >= 1 && count <= MOST_REPLICAS) return count
  throw new EmulatorError('ERR_USAGE', `invalid value "${value}" of --replicas: a number from 1 to ${MOST_REPLICAS}`)
}

export function readWays(value: unknown): Way[] | undefined {
  const name = String(value ?? 'auto')
  if (Object.hasOwn(WAYS, name)) return WAYS[name]
  throw new EmulatorError('ERR_USAGE', `invalid value "${name}" of --sandbox: one of ${Object.keys(WAYS).join(', ')}`)
}
