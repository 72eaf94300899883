import { closeSync, fstatSync, openSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Emulator, EmulatorOptions } from '../../emulator.ts'
import { startEmulator } from '../../emulator.ts'
import { applyEnvironment } from '../../pod/environment.ts'
import { type ServiceAccountFiles, serviceAccountVolume } from '../../pod/service-account-volume.ts'
import type { Way } from '../../sandbox/enclosure.ts'
import { openSandbox, type Sandbox, type SandboxOptions, type SharedSignals } from '../../sandbox/sandbox.ts'
import { checkProgram } from '../../sandbox/shell.ts'
import { compare, type Mismatch } from '../../scenario/matrix/compare.ts'
import { callsOf, type Observation } from '../../scenario/matrix/observation.ts'
import type { ObjectPattern, Scenario } from '../../scenario/matrix/scenario.ts'
import { runInPod } from '../exec-pod.ts'
import { fetchObjects } from './objects.ts'

/** What all scenarios of a run share. */
export interface MatrixSurroundings {
  /** For scenarios that have no command of their own. */
  given: string[]
  ways: Way[] | undefined
  timeoutMs: number
  /** For the programs' outputs. */
  folder: string
  signals: SharedSignals
}

export interface ScenarioResult {
  scenario: Scenario
  /** `error`: it could not be run, or not to its end. */
  status: 'passed' | 'failed' | 'error'
  mismatches: Mismatch[]
  seconds: number
  observation: Observation | undefined
  /** What may be a mistake in its manifests. */
  warnings: string[]
  /** Of an error. */
  code: string | undefined
}

/** Of an output, so much is kept; in bytes. */
const maxOutput = 1 << 20
/** What writes more is ended, for it would fill the disk. */
const mostOutput = 64 << 20
const outputCheckMs = 250

/** Runs one scenario with an emulator and a sandbox of its own. */
export async function runScenario(scenario: Scenario, surroundings: MatrixSurroundings): Promise<ScenarioResult> {
  const begun = performance.now()
  const warnings: string[] = []
  const done = (
    status: ScenarioResult['status'],
    mismatches: Mismatch[],
    more: Partial<Pick<ScenarioResult, 'observation' | 'code'>>,
  ): ScenarioResult => {
    const seconds = (performance.now() - begun) / 1000
    return { scenario, status, mismatches, seconds, warnings, observation: more.observation, code: more.code }
  }
  try {
    const observation = await observe(scenario, surroundings, (text) => void warnings.push(text))
    const mismatches = compare(scenario.expect ?? {}, observation)
    return done(mismatches.length === 0 ? 'passed' : 'failed', mismatches, { observation })
  } catch (error) {
    const { message, hint, code } = error as Error & { hint?: string; code?: string }
    return done(
      'error',
      [{ path: ['name'], message: hint === undefined ? message : `${message}\n${hint}` }],
      code === undefined ? {} : { code },
    )
  }
}

async function observe(scenario: Scenario, surroundings: MatrixSurroundings, onWarning: (text: string) => void): Promise<Observation> {
  const outputs = openOutputs(surroundings.folder)
  let endedFor: string | undefined
  const { signals, ways } = surroundings
  const limited = (options: SandboxOptions): Sandbox => {
    const streams = { stdin: 'ignore' as const, stdout: outputs.stdout.descriptor, stderr: outputs.stderr.descriptor }
    const sandbox = openSandbox({ ...options, streams, signals })
    const end = (why: string) => {
      endedFor ??= why
      void sandbox.close()
    }
    const timer = setTimeout(() => end('took too long'), scenario.timeoutMs ?? surroundings.timeoutMs)
    const watching = setInterval(() => outputs.size() > mostOutput && end('wrote more than 64 MiB'), outputCheckMs)
    void signals.interrupted.catch(() => sandbox.close())
    const close = () => {
      clearTimeout(timer)
      clearInterval(watching)
      return sandbox.close()
    }
    return { ...sandbox, close }
  }
  try {
    const seen = await runIt({ scenario, surroundings, open: limited, ways, onWarning })
    return { ...seen, endedFor, stdout: outputs.stdout.read(), stderr: outputs.stderr.read() }
  } finally {
    outputs.close()
  }
}

interface ScenarioRun {
  scenario: Scenario
  surroundings: MatrixSurroundings
  open(options: SandboxOptions): Sandbox
  ways: Way[] | undefined
  onWarning(text: string): void
}

type Seen = Pick<Observation, 'calls' | 'object'>

async function runIt(run: ScenarioRun): Promise<Seen & { exitCode: number }> {
  const { scenario, onWarning } = run
  const options: EmulatorOptions = {
    manifests: scenario.manifests,
    faults: scenario.faults,
    onWarning,
    pod: {
      ...(scenario.namespace === undefined ? {} : { namespace: scenario.namespace }),
      ...(scenario.serviceAccount === undefined ? {} : { serviceAccountName: scenario.serviceAccount }),
    },
  }
  return scenario.pod === undefined ? runPlain(run, options) : runWorkload(run, options)
}

async function runPlain({ scenario, surroundings, open, ways, onWarning }: ScenarioRun, options: EmulatorOptions) {
  const command = scenario.command ?? surroundings.given
  const variables = { ...process.env, ...scenario.env }
  checkProgram(command[0]!, variables)
  const sandbox = open({ ...(ways === undefined ? {} : { ways }), onWarning })
  try {
    const onFilesReplaced = (files: ServiceAccountFiles) => sandbox.updateFiles(serviceAccountVolume(files))
    await using emulator = await startEmulator({ ...options, pod: { ...options.pod, exists: true }, onFilesReplaced })
    const { pod } = emulator
    const env = { ...applyEnvironment(process.env, { set: pod.env, unset: pod.unsetEnv }), ...scenario.env }
    const exitCode = await sandbox.run({ command, env, files: pod.mountsFiles ? serviceAccountVolume(pod.files) : undefined })
    return { exitCode, ...(await look(emulator, scenario)) }
  } finally {
    await sandbox.close()
  }
}

async function runWorkload({ scenario, surroundings, open, ways, onWarning }: ScenarioRun, options: EmulatorOptions) {
  let seen: Seen | undefined
  const exitCode = await runInPod({
    reference: scenario.pod!,
    containerName: scenario.container,
    replicas: undefined,
    options,
    ways,
    keepsTerminal: false,
    given: scenario.command ?? surroundings.given,
    env: scenario.env,
    print: { out: () => {}, warn: onWarning, detail: () => {} },
    open,
    isolation: undefined,
    companions: undefined,
    care: { probes: false, hooks: false },
    onEnd: async (emulator) => {
      seen = await look(emulator, scenario)
    },
  })
  return { exitCode, ...seen! }
}

/** What there is to see once the program has ended. */
async function look(emulator: Emulator, { expect = {} }: Scenario): Promise<Seen> {
  const calls = callsOf(emulator.audit.events())
  const patterns = [...(expect.objects ?? []), ...(expect.noObjects ?? [])]
  const objects = patterns.length === 0 ? new Map<ObjectPattern, unknown>() : await fetchObjects(emulator, patterns)
  return { calls, object: (pattern) => objects.get(pattern as ObjectPattern) }
}

let numbered = 0

/** Files, for a program may open its /dev/stderr again, which it cannot if that is a socket. */
function openOutputs(folder: string) {
  numbered++
  const open = (name: string) => {
    const path = join(folder, `${numbered}.${name}`)
    const descriptor = openSync(path, 'ax+')
    const read = () => {
      const bytes = Buffer.alloc(maxOutput)
      return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, maxOutput, 0))
    }
    const close = () => {
      closeSync(descriptor)
      rmSync(path, { force: true })
    }
    return { descriptor, read, close, size: () => fstatSync(descriptor).size }
  }
  const [stdout, stderr] = [open('stdout'), open('stderr')]
  const close = () => {
    stdout.close()
    stderr.close()
  }
  return { stdout, stderr, close, size: () => stdout.size() + stderr.size() }
}
