// `inpod exec --pod`: loaded only with that option.

import type { Emulator, EmulatorOptions } from '../emulator.ts'
import { EmulatorError } from '../errors.ts'
import { applyEnvironment } from '../pod/environment.ts'
import type { EmulatedContainer } from '../pod-container.ts'
import type { Way } from '../sandbox/enclosure.ts'
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts'
import { checkProgram } from '../sandbox/shell.ts'
import { createTemporaryFolder } from '../sandbox/temporary-folder.ts'
import { loadManifests } from '../scenario/manifests.ts'
import { chooseWorkload } from '../scenario/workload.ts'
import type { Printer } from './command.ts'
import type { Isolation } from './isolation.ts'

export interface PodRun {
  /** FILE or KIND/NAME. */
  reference: string
  containerName: string | undefined
  options: EmulatorOptions
  ways: Way[] | undefined
  given: string[]
  print: Printer
  isolation: Isolation | undefined
  /** Is given the emulator once the program has ended. */
  onEnd: ((emulator: Emulator) => void) | undefined
}

const SYNC_MS = 1_000

/** Runs the program of a workload's container as its kubelet would, and gives its exit code. */
export async function runInPod({ reference, containerName, options, ways, given, print, isolation, onEnd }: PodRun): Promise<number> {
  if (given[0] !== undefined) checkProgram(given[0], process.env)
  const { workload, manifests } = await chooseWorkload(reference, await loadManifests(options.manifests ?? []), options.pod?.namespace)
  checkNamespace(workload.object.metadata.namespace, options.pod?.namespace)
  await using folder = await createTemporaryFolder()
  const sandbox = openSandbox({ ways, uts: true, ...isolation?.sandbox, onWarning: print.warn, onDetail: print.detail })
  try {
    const { startEmulator } = await import('../emulator.ts')
    const pod = { ...options.pod, ...isolation?.pod, workload: { manifest: workload, containerName, folder: folder.path } }
    await using emulator = await startEmulator({ ...options, manifests, pod })
    const { container, namespace, name, serviceAccountName } = emulator.pod
    print.detail(`API server at ${emulator.url}, Pod ${namespace}/${name} as service account ${serviceAccountName}`)
    using _ = await isolation?.join(sandbox, { emulator: async () => emulator, accept: emulator.inner.accept })
    const code = await runContainer({ container: container!, pod: emulator.pod, sandbox, given, folder: folder.path, print, isolation })
    onEnd?.(emulator)
    return code
  } finally {
    await sandbox.close()
  }
}

interface ContainerRun {
  container: EmulatedContainer
  pod: { env: Record<string, string>; unsetEnv: string[] }
  sandbox: Sandbox
  given: string[]
  folder: string
  print: Printer
  isolation: Isolation | undefined
}

async function runContainer({ container, pod, sandbox, given, folder, print, isolation }: ContainerRun): Promise<number> {
  const command = container.command(given.length === 0 ? [] : absoluteProgram(given))
  if (command === undefined) {
    const hint = "Its image's entrypoint is not known here: give the program after --."
    throw new EmulatorError('ERR_USAGE', `container "${container.name}" names no command`, { hint })
  }
  if (given.length === 0) checkOwnProgram(command[0]!, container)
  const env = applyEnvironment(process.env, {
    set: { ...pod.env, ...container.env },
    unset: [...pod.unsetEnv, ...(isolation?.unsetEnv ?? [])],
  })
  if (container.notHonoured.length > 0) print.warn(`not honoured here: ${container.notHonoured.join(', ')}`)
  const stopSync = keepInSync(container, print)
  const stopGrace = endAfterGrace(container, sandbox)
  const { hostname, workingDir } = container
  const mounts = [...container.mounts, ...(isolation?.mounts(folder) ?? [])]
  try {
    const code = await sandbox.run({
      command,
      env,
      files: undefined,
      container: { mounts, hostname, workingDir, folder },
      onStart: () => container.started(),
    })
    container.finished(code)
    return code
  } finally {
    stopSync()
    stopGrace()
  }
}

/** A path that was given counts from where we are, not from the container's `workingDir`. */
function absoluteProgram([program, ...args]: string[]): string[] {
  const isRelative = program!.includes('/') && !program!.startsWith('/')
  return [isRelative ? `${process.cwd()}/${program}` : program!, ...args]
}

/** A program that the manifest names is here, or in one of its volumes. */
function checkOwnProgram(program: string, { mounts, env, workingDir }: EmulatedContainer): void {
  if (mounts.some(({ target }) => program.startsWith(`${target}/`) || program === target)) return
  checkProgram(program, { PATH: env['PATH'] ?? process.env['PATH'] }, workingDir)
}

/** Volumes follow the API at once, and tokens their time. */
function keepInSync(container: EmulatedContainer, print: Printer): () => void {
  let running = Promise.resolve()
  let waiting = false
  let ended = false
  const sync = () => {
    if (waiting || ended) return
    waiting = true
    running = running.then(async () => {
      waiting = false
      for (const { message } of await container.sync()) print.detail(message)
    })
  }
  container.onChange(() => setImmediate(sync))
  const timer = setInterval(sync, SYNC_MS).unref()
  return () => {
    ended = true
    clearInterval(timer)
  }
}

/** After a signal to end, the program has its grace period. */
function endAfterGrace({ gracePeriodSeconds }: EmulatedContainer, sandbox: Sandbox): () => void {
  let timer: NodeJS.Timeout | undefined
  const onSignal = () => {
    timer ??= setTimeout(() => sandbox.kill(), gracePeriodSeconds * 1_000)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  return () => {
    clearTimeout(timer)
    process.off('SIGTERM', onSignal)
    process.off('SIGINT', onSignal)
  }
}

function checkNamespace(own: string | undefined, asked: string | undefined): void {
  if (own === undefined || asked === undefined || own === asked) return
  throw new EmulatorError('ERR_USAGE', `the namespace of the workload, "${own}", is not that of --namespace, "${asked}"`, {
    hint: `Leave out --namespace, or say --namespace ${own}.`,
  })
}
