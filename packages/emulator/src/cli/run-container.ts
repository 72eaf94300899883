// The program of a Pod's container, from its start to its end.
import type { Containers } from '../container-runtime/running-containers.ts'
import { EmulatorError } from '../errors.ts'
import { applyEnvironment } from '../pod/environment.ts'
import type { EmulatedContainer } from '../pod-container.ts'
import type { ProgramOutput } from '../sandbox/program-output.ts'
import { runningContainer } from '../sandbox/running-container.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { checkProgram } from '../sandbox/shell.ts'
import type { Printer } from './command.ts'
import type { Companions } from './companion-options.ts'
import type { Care, CareOptions } from './container-care.ts'
import { gracefulStop, tellEnd } from './container-run.ts'
import type { Isolation } from './isolation.ts'

const SYNC_MS = 1_000

interface ContainerRun {
  container: EmulatedContainer
  /** Where the API finds it while it runs. */
  containers: Containers
  pod: { env: Record<string, string>; unsetEnv: string[] }
  sandbox: Sandbox
  given: string[]
  /** Besides the container's own. */
  env?: Record<string, string> | undefined
  folder: string
  print: Printer
  isolation: Isolation | undefined
  companions: Companions | undefined
  care: CareOptions
  /** Called once the program runs. */
  onStart?(): void
  /** Where somebody else reads what the program writes, and when that has ended with it. */
  output?: ProgramOutput & { drained(exitCode: number): Promise<void> }
}

/** Runs the program as its kubelet would, and gives its exit code. */
export async function runContainer(run: ContainerRun): Promise<number> {
  const { container, containers, pod, sandbox, given, folder, print, isolation, companions, onStart, output } = run
  const command = container.command(given.length === 0 ? [] : absoluteProgram(given))
  if (command === undefined) {
    const hint = "Its image's entrypoint is not known here: give the program after --."
    throw new EmulatorError('ERR_USAGE', `container "${container.name}" names no command`, { hint })
  }
  if (given.length === 0) checkOwnProgram(command[0]!, container)
  const env = applyEnvironment(process.env, {
    set: { ...pod.env, ...container.env, ...run.env },
    unset: [...pod.unsetEnv, ...(isolation?.unsetEnv ?? [])],
  })
  const notHonoured = container.notHonoured(run.care)
  if (notHonoured.length > 0) print.warn(`not honoured here: ${notHonoured.join(', ')}`)
  const stopSync = keepInSync(container, print)
  const care =
    run.care.probes || run.care.hooks
      ? (await import('./container-care.ts')).careFor({ container, sandbox, print, ...run.care, isolated: isolation !== undefined })
      : endAfterGrace(container, sandbox)
  const stop = gracefulStop(sandbox)
  let isTakenCareOf = false
  container.end.onDeletion((seconds) => {
    // A hook comes before the signal.
    isTakenCareOf ||= run.care.hooks && care.onSignal('SIGTERM', false)
    if (!isTakenCareOf) stop(seconds)
  })
  const { hostname, workingDir } = container
  const mounts = [...container.mounts, ...(isolation?.mounts(folder) ?? [])]
  try {
    const code = await sandbox.run({
      command,
      env,
      sidecars: companions?.sidecars,
      files: undefined,
      container: { mounts, hostname, workingDir, folder },
      onStart() {
        onStart?.()
        const { name, podIP, end } = container
        containers.add(runningContainer(sandbox, { podUid: end.uid, name, podIP, output }))
        care.onStart()
      },
      onSignal: care.onSignal,
    })
    await output?.drained(code)
    container.finished(code)
    await tellEnd(container.end, containers, code)
    return code
  } finally {
    stopSync()
    care.stop()
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
function endAfterGrace(container: EmulatedContainer, sandbox: Sandbox): Care {
  let timer: NodeJS.Timeout | undefined
  return {
    onStart: () => container.started(),
    onSignal(signal) {
      if (signal === 'SIGTERM' || signal === 'SIGINT') timer ??= setTimeout(() => sandbox.kill(), container.gracePeriodSeconds * 1_000)
      return false
    },
    stop: () => clearTimeout(timer),
  }
}
