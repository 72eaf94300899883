// `inpod exec --replicas`: loaded only with that option.
import { setMaxListeners } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isatty } from 'node:tty'
import type { Containers } from '../container-runtime/running-containers.ts'
import type { Emulator } from '../emulator.ts'
import { EmulatorError } from '../errors.ts'
import type { EmulatedContainer } from '../pod-container.ts'
import { openOutputPipes } from '../sandbox/output-pipe.ts'
import { recordOutput } from '../sandbox/program-output.ts'
import { openSandbox, platformWays, type Sandbox, shareSignals } from '../sandbox/sandbox.ts'
import { createTemporaryFolder } from '../sandbox/temporary-folder.ts'
import type { Printer } from './command.ts'
import type { PodRun } from './exec-pod.ts'
import { prefixLines } from './line-prefix.ts'
import { runContainer } from './run-container.ts'

/** How long what a program wrote may take to come out of its pipes, should others that it left behind keep them open. */
const DRAIN_MS = 1_000

interface ReplicasRun extends Pick<PodRun, 'ways' | 'given' | 'print' | 'isolation' | 'onEnd' | 'companions' | 'care'> {
  count: number
  containers: Containers
  /** Starts the cluster with the Pods. */
  start(folder: string): Promise<Emulator>
}

/** Runs a program as each of a workload's Pods, side by side, and gives the exit code: the first in time that is not 0. */
export async function runReplicas({
  count,
  start,
  containers,
  ways,
  given,
  print: own,
  isolation,
  onEnd,
  companions,
  care,
}: ReplicasRun): Promise<number> {
  const print = tellOnce(own)
  const possible = (ways ?? platformWays(false)).filter((way) => way !== 'real-path')
  if (possible.length === 0) {
    const hint = 'Only one program can have it. Choose --sandbox namespaces, or pod-root.'
    throw new EmulatorError('ERR_USAGE', '--sandbox real-path with --replicas', { hint })
  }
  if (isolation !== undefined) {
    const hint = 'Pods that have a network each would not reach each other: leave out one of the two.'
    throw new EmulatorError('ERR_USAGE', '--network isolated with --replicas', { hint })
  }
  await using folder = await createTemporaryFolder()
  setMaxListeners(count + 10, process.stdout, process.stderr)
  const signals = shareSignals()
  const replicas = openReplicas(count, folder.path, (streams) =>
    openSandbox({ ways: possible, uts: true, streams, signals, onWarning: print.warn, onDetail: print.detail }),
  )
  try {
    await using emulator = await start(folder.path)
    print.detail(`API server at ${emulator.url}`)
    const code = await runAll({ emulator, replicas, containers, given, folder: folder.path, print, companions, care })
    onEnd?.(emulator)
    return code
  } finally {
    await Promise.all(replicas.map(({ sandbox }) => sandbox.close()))
    signals.close()
    for (const { streams } of replicas) for (const { readable } of streams) readable.destroy()
  }
}

interface Replica {
  sandbox: Sandbox
  /** Standard output and error. */
  streams: ReturnType<typeof openOutputPipes>
}

type Open = (streams: { stdin: 'ignore'; stdout: number; stderr: number }) => Sandbox

function openReplicas(count: number, folder: string, open: Open): Replica[] {
  const pipes = openOutputPipes(folder, 2 * count)
  return Array.from({ length: count }, (_, index) => {
    const streams = pipes.slice(2 * index, 2 * index + 2)
    mkdirSync(join(folder, String(index)), { mode: 0o700 })
    return { sandbox: open({ stdin: 'ignore', stdout: streams[0]!.descriptor, stderr: streams[1]!.descriptor }), streams }
  })
}

interface AllRun {
  emulator: Emulator
  containers: Containers
  replicas: Replica[]
  given: string[]
  folder: string
  print: Printer
  companions: PodRun['companions']
  care: PodRun['care']
}

async function runAll({ emulator, replicas, containers, given, folder, print, companions, care }: AllRun): Promise<number> {
  let exitCode = 0
  const runs = emulator.pod.replicas!.map(async (container, index) => {
    const { sandbox, streams } = replicas[index]!
    const told = tell(container, index, streams)
    const output = record(streams, told)
    const onStart = () => streams.forEach((stream) => void stream.closeOurs())
    const code = await runContainer({
      container,
      containers,
      output,
      pod: emulator.pod,
      sandbox,
      given,
      folder: join(folder, String(index)),
      print,
      onStart,
      isolation: undefined,
      companions,
      care,
    })
    exitCode ||= code
    if (code !== 0) print.detail(`Pod ${container.podName} ended with exit code ${code}`)
  })
  // One that cannot be started ends the others; after a signal they end by themselves.
  for (const run of runs)
    run.catch((error: unknown) => {
      if (!('signal' in (error as Error))) for (const { sandbox } of replicas) sandbox.kill()
    })
  const failed = (await Promise.allSettled(runs)).find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return exitCode
}

/** @param told settles once all has been read */
function record(streams: Replica['streams'], told: Promise<unknown>) {
  const recorder = recordOutput()
  for (const [index, name] of (['stdout', 'stderr'] as const).entries()) {
    streams[index]!.readable.on('data', (bytes: Buffer) => recorder.add(name, bytes))
  }
  const drained = async (exitCode: number) => {
    await Promise.race([told, delay(DRAIN_MS, undefined, { ref: false })])
    recorder.end(exitCode)
  }
  return { ...recorder, drained }
}

/** As legible on dark as on light. */
const COLORS = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94]

function tell({ podName }: EmulatedContainer, index: number, [out, err]: Replica['streams']): Promise<unknown> {
  const prefix = (descriptor: number) => {
    const color = COLORS[index % COLORS.length]
    return isatty(descriptor) && !process.env['NO_COLOR'] ? `\x1b[${color}m[${podName}]\x1b[0m ` : `[${podName}] `
  }
  return Promise.all([prefixLines(out!.readable, process.stdout, prefix(1)), prefixLines(err!.readable, process.stderr, prefix(2))])
}

/** What all replicas have to say is said once. */
function tellOnce(print: Printer): Printer {
  const told = new Set<string>()
  const once = (tell: (text: string) => void) => (text: string) => {
    if (told.has(text)) return
    told.add(text)
    tell(text)
  }
  return { ...print, warn: once(print.warn), detail: once(print.detail) }
}
