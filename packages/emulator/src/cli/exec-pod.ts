// `inpod exec --pod` and `--replicas`: loaded only with these options.

import { createContainers } from '../container-runtime/running-containers.ts'
import type { Emulator, EmulatorOptions } from '../emulator.ts'
import { EmulatorError } from '../errors.ts'
import type { Way } from '../sandbox/enclosure.ts'
import { openSandbox, type Sandbox, type SandboxOptions } from '../sandbox/sandbox.ts'
import { checkProgram } from '../sandbox/shell.ts'
import { standardStreams } from '../sandbox/standard-streams.ts'
import { createTemporaryFolder } from '../sandbox/temporary-folder.ts'
import type { ManifestObject } from '../scenario/apply.ts'
import { loadManifests } from '../scenario/manifests.ts'
import { plainWorkload, setReplicas } from '../scenario/replicas.ts'
import { type ChosenWorkload, chooseWorkload } from '../scenario/workload.ts'
import type { Printer } from './command.ts'
import type { Companions } from './companion-options.ts'
import type { CareOptions } from './container-care.ts'
import type { Isolation } from './isolation.ts'
import { runContainer } from './run-container.ts'

export interface PodRun {
  /** FILE or KIND/NAME; without it, a workload is made up. */
  reference: string | undefined
  containerName: string | undefined
  /** How many Pods, side by side; without it one, as if there were no other. */
  replicas: number | undefined
  options: EmulatorOptions
  ways: Way[] | undefined
  /** Whether a single program has our terminal, if we have one. */
  keepsTerminal: boolean
  given: string[]
  /** Besides the container's own. */
  env?: Record<string, string>
  print: Printer
  isolation: Isolation | undefined
  /** Default: a sandbox with our own streams and signals. */
  open?(options: SandboxOptions): Sandbox
  /** Is given the emulator once the program has ended. */
  onEnd: ((emulator: Emulator) => void | Promise<void>) | undefined
  companions: Companions | undefined
  care: CareOptions
}

/** Runs the program of a workload's container as its kubelet would, and gives its exit code. */
export async function runInPod(run: PodRun): Promise<number> {
  const { reference, containerName, replicas, options, ways, given, print, isolation, onEnd, companions, care, open = openSandbox } = run
  if (given[0] !== undefined) checkProgram(given[0], process.env)
  const loaded = await loadManifests(options.manifests ?? [])
  const { workload, manifests } =
    reference === undefined ? madeUp(loaded, options) : await chooseWorkload(reference, loaded, options.pod?.namespace)
  checkNamespace(workload.object.metadata.namespace, options.pod?.namespace)
  const containers = createContainers()
  const start = async (folder: string) => {
    const { startEmulator } = await import('../emulator.ts')
    return startEmulator({
      ...options,
      containers,
      manifests,
      pod: { ...options.pod, ...isolation?.pod, workload: { manifest: workload, containerName, folder, replicas } },
    })
  }
  if (replicas !== undefined) {
    setReplicas(workload, replicas)
    const { runReplicas } = await import('./exec-replicas.ts')
    return runReplicas({ count: replicas, start, containers, ways, given, print, isolation, onEnd, companions, care })
  }
  await using folder = await createTemporaryFolder()
  const streams = standardStreams(run.keepsTerminal)
  const sandbox = open({ ways, uts: true, streams, ...isolation?.sandbox, onWarning: print.warn, onDetail: print.detail })
  try {
    await using emulator = await start(folder.path)
    const { container, namespace, name, serviceAccountName } = emulator.pod
    print.detail(`API server at ${emulator.url}, Pod ${namespace}/${name} as service account ${serviceAccountName}`)
    using _ = await isolation?.join(sandbox, { emulator: async () => emulator, accept: emulator.inner.accept })
    const beside = companions === undefined ? undefined : await import('./companions.ts')
    const server = { url: emulator.url, caCertificate: emulator.caCertificate, token: beside?.mountedToken(container!) }
    await using _proxy = await beside?.startProxy(companions!, server)
    const code = await runContainer({
      container: container!,
      containers,
      pod: emulator.pod,
      sandbox,
      given,
      env: run.env,
      folder: folder.path,
      print,
      isolation,
      companions,
      care,
    })
    await onEnd?.(emulator)
    return code
  } finally {
    await sandbox.close()
  }
}

/** The workload of a program without a manifest. */
function madeUp(manifests: ManifestObject[], { pod }: EmulatorOptions): ChosenWorkload {
  const workload = plainWorkload(pod?.serviceAccountName ?? 'default', pod?.namespace ?? 'default')
  return { workload, manifests: [...manifests, workload] }
}

function checkNamespace(own: string | undefined, asked: string | undefined): void {
  if (own === undefined || asked === undefined || own === asked) return
  throw new EmulatorError('ERR_USAGE', `the namespace of the workload, "${own}", is not that of --namespace, "${asked}"`, {
    hint: `Leave out --namespace, or say --namespace ${own}.`,
  })
}
