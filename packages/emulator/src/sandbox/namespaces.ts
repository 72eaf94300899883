// Ways 1 and 3: namespaces of the kernel, entered through util-linux. Nothing is made outside of them, and they end with us.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { constants as fileConstants, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { constants, homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Duplex, Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { EmulatorError } from '../errors.ts'
import { SERVICE_ACCOUNT_FOLDER } from '../pod/service-account-volume.ts'
import { makeVolumeFolder, writeVolume } from '../pod/volume.ts'
import { commandWords } from './beside.ts'
import { type CarriedVariables, carryVariables } from './carried-variables.ts'
import {
  type Enclosure,
  exitCodeOf,
  type OutputDescriptors,
  OWN_STREAMS,
  type Program,
  type ProgramOptions,
  type StandardStreams,
  WayError,
} from './enclosure.ts'
import { type MountPlan, planMounts } from './mounts.ts'
import {
  innerScript,
  innerScriptWithoutPids,
  NO_PROC,
  OUTPUT_DESCRIPTORS,
  outerScript,
  PROGRAM_DESCRIPTOR,
  programScript,
  startingFiles,
} from './namespace-scripts.ts'
import type { NetworkOptions, NetworkPlan } from './network/network-plan.ts'
import { eldestChild, isFork } from './processes.ts'
import { throwIfNotForked } from './sandbox-error.ts'
import { findTool, toolEnvironment } from './shell.ts'
import { startProcess } from './start-process.ts'

export interface NamespaceOptions {
  /** A user namespace too: needs no privileges, and gives none. */
  user: boolean
  /** A UTS namespace too, for a host name of its own. */
  uts?: boolean
  /** Default: ours. */
  streams?: StandardStreams
  /** A network of its own too. */
  network?: NetworkOptions | undefined
  onWarning?: ((text: string) => void) | undefined
}

interface Tools {
  unshare: string
  setpriv: string
}

/** The namespaces that there are. */
interface Spaces {
  user: boolean
  uts: boolean
  pids: boolean
  network: NetworkPlan | undefined
}

/** The setup that runs: `ready` once everything is mounted. */
interface Launch {
  child: ChildProcess
  ready: Promise<Ready>
}

interface Ready {
  /** The first process in the namespaces, and the guard among its children where there is no PID namespace. */
  pid: number
  guard: number | undefined
  /** All that the setup's shells complained of; once they have ended. */
  complaint(): Promise<string>
}

/** How long the last words of shells that have ended may be on their way. */
const COMPLAINT_MS = 200
const { O_NONBLOCK, O_RDONLY } = fileConstants
const LOST_HINT = 'No shell can hold such a name: install coreutils, whose env can (Alpine: apk add coreutils).'
const DROP_CAPABILITIES = ['--inh-caps=-all', '--ambient-caps=-all']

/**
 * Starts making namespaces and waits until they stand.
 * @throws WayError when that is not possible here, EmulatorError ERR_PROCESS when the machine has no room for a process
 */
export async function enterNamespaces({
  user,
  uts = false,
  streams = OWN_STREAMS,
  network,
  onWarning,
}: NamespaceOptions): Promise<Enclosure> {
  const tried = user ? 'a user namespace and a mount namespace (unshare --user --mount)' : 'a mount namespace (unshare --mount)'
  const tools = findTools(tried)
  const plan = planOrFail(tried)
  const spaces = { user, uts, pids: true, network: network && (await import('./network/network-plan.ts')).planNetwork(network) }
  let launch = await launchNamespaces(tools, plan, spaces, streams)
  let ready: Ready
  try {
    ready = await launch.ready
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    if (error.exitCode !== NO_PROC) throw new WayError(tried, error.message)
    spaces.pids = false
    launch = await launchNamespaces(tools, plan, spaces, streams)
    ready = await launch.ready.catch((second: Error) => {
      throw new WayError(tried, second.message)
    })
  }
  return enclosure({ spaces, tools, plan, streams, child: launch.child, ready, onWarning })
}

class SetupError extends Error {
  readonly exitCode: number

  constructor(exitCode: number, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

function findTools(tried: string): Tools {
  if (process.platform !== 'linux') throw new WayError(tried, `there are none on ${process.platform}`)
  const found = { unshare: findTool('unshare'), setpriv: findTool('setpriv'), mount: findTool('mount') }
  const missing = Object.entries(found).flatMap(([name, path]) => (path === undefined ? [name] : []))
  if (missing.length > 0) throw new WayError(tried, `${missing.join(' and ')} not found: install util-linux`)
  return found as Tools
}

function planOrFail(tried: string): MountPlan {
  try {
    return planMounts(SERVICE_ACCOUNT_FOLDER, kubeconfigFolders())
  } catch (error) {
    throw new WayError(tried, (error as Error).message)
  }
}

/** Where clients look for a kubeconfig on their own. */
function kubeconfigFolders(): string[] {
  const homes = new Set([homedir()])
  try {
    homes.add(userInfo().homedir)
  } catch {
    // A user id without an account.
  }
  return [...homes].filter((home) => home.startsWith('/')).map((home) => join(home, '.kube'))
}

async function launchNamespaces(
  { unshare, setpriv }: Tools,
  plan: MountPlan,
  { user, uts, pids, network }: Spaces,
  streams: StandardStreams,
): Promise<Launch> {
  const identity = user ? ['--user', '--map-current-user', '--keep-caps'] : []
  const namespaces = ['--mount', '--propagation', 'slave', ...(uts ? ['--uts'] : []), ...(pids ? ['--pid'] : [])]
  const script = pids ? outerScript(setpriv, innerScript(plan, streams)) : innerScriptWithoutPids(plan, streams)
  const setup = [...namespaces, '/bin/sh', '-c', script, 'inpod']
  const args = network === undefined ? [...identity, ...setup] : network.around(identity, [unshare, ...setup])
  const child = await startProcess(setpriv, ['--pdeathsig', 'KILL', unshare, ...args], {
    // The program's standard error is descriptor 4: what the setup itself writes to its own is for our error messages.
    stdio: [streams.stdin, descriptorOf(streams.stdout), 'pipe', 'pipe', descriptorOf(streams.stderr), 'pipe', ...(network?.stdio ?? [])],
    env: toolEnvironment(),
  })
  return { child, ready: awaitReady(child) }
}

/** In place of a pipe that the setup makes. */
const descriptorOf = (stream: number | string) => (typeof stream === 'number' ? stream : 'ignore')

function awaitReady(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve, reject) => {
    let said = ''
    let complaint = ''
    const errors = child.stderr as Readable
    errors.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2_000)
    })
    const complained = async () => {
      if (!errors.closed) await Promise.race([once(errors, 'close'), delay(COMPLAINT_MS, undefined, { ref: false })])
      return complaint
    }
    const control = child.stdio[3] as Duplex
    control.setEncoding('utf8')
    control.on('error', () => {})
    control.on('data', (text: string) => {
      said += text
      const [, pid, guard] = /^ready (\d+)(?: (\d+))?\n/.exec(said) ?? []
      if (pid !== undefined) resolve({ pid: Number(pid), guard: guard === undefined ? undefined : Number(guard), complaint: complained })
    })
    child.once('exit', (code) => {
      if (child.connected) child.disconnect()
      const fail = () => reject(new SetupError(code ?? 1, complaint.trim().split('\n')[0] || `the setup ended with code ${code}`))
      // Not the child's own 'close', which waits for a channel too.
      if (errors.closed) fail()
      else errors.once('close', fail)
    })
  })
}

interface Entered {
  spaces: Spaces
  tools: Tools
  plan: MountPlan
  streams: StandardStreams
  child: ChildProcess
  ready: Ready
  onWarning: NamespaceOptions['onWarning']
}

function enclosure({ spaces, tools, plan, streams, child, ready, onWarning }: Entered): Enclosure {
  const exited = exitCodeOf(child, constants.signals)
  // Seen from outside, through the first process in there.
  const fromOutside = (path: string) => join('/proc', String(ready.pid), 'root', path)
  const folder = fromOutside(plan.target)
  const control = child.stdio[3] as Duplex
  const guardPipe = (child.stdio as unknown[])[5] as Duplex
  return {
    way: spaces.user ? 'user-namespace' : 'mount-namespace',
    network: spaces.network?.connect(child),
    updateFiles: (files) => writeVolume(folder, files),
    async start(program) {
      const { fstab, program: script, pipes } = startingFiles(plan)
      const { container } = program
      const containers = container === undefined ? undefined : await import('./container-root.ts')
      const before = container === undefined ? [] : containers!.rootCommands(container, [plan.replaced])
      const folderBefore = container === undefined ? movedFolder(plan) : undefined
      const carried = carryVariables(program.env)
      if (carried.lost.length > 0) onWarning?.(`left out of the program's variables: ${carried.lost.join(', ')}. ${LOST_HINT}`)
      // The file that the shell has open, whatever has become of its name: others may remove the folder outside.
      writeFileSync(
        join('/proc', String(ready.pid), 'fd', String(PROGRAM_DESCRIPTOR)),
        [...before, programScript(programWords(tools, carried, program, spaces.user), carried, folderBefore)].join('\n'),
      )
      const output = openOutput(ready, streams)
      for (const file of [fstab, script, ...pipes]) rmSync(fromOutside(file), { force: true })
      for (const { path, to } of plan.links) symlinkSync(to, fromOutside(path))
      if (program.files !== undefined) {
        makeVolumeFolder(folder)
        writeVolume(folder, program.files)
      }
      const mounted = containers?.awaitMounted({ child, control, exited })
      control.end('go\n')
      await mounted
      return {
        exited: exited.then(async (code) => {
          if (code !== 0) throwIfNotForked(await ready.complaint())
          return code
        }),
        output,
        pid: () => programPid(ready),
        env: program.env,
        beside(words, env) {
          const [file, ...args] = enterWords(tools, ready, spaces, words)
          return { file: file!, args, env }
        },
      } satisfies Program
    },
    async close() {
      for (const pipe of [control, guardPipe]) pipe.destroy()
      if (child.connected) child.disconnect()
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await exited
    },
  }
}

/** Before the shell lets go of them. */
function openOutput({ pid }: Ready, { stdout, stderr }: StandardStreams): OutputDescriptors {
  const open = (descriptor: number) => openSync(join('/proc', String(pid), 'fd', String(descriptor)), O_RDONLY | O_NONBLOCK)
  return {
    ...(stdout === 'pipe' ? { stdout: open(OUTPUT_DESCRIPTORS.stdout) } : {}),
    ...(stderr === 'pipe' ? { stderr: open(OUTPUT_DESCRIPTORS.stderr) } : {}),
  }
}

/** What the shell runs, once it has the values of `carried`. */
function programWords({ setpriv }: Tools, carried: CarriedVariables, { command, sidecars }: ProgramOptions, user: boolean): string[] {
  return [...(user ? [setpriv, ...DROP_CAPABILITIES, '--'] : []), ...commandWords(carried, command, sidecars)]
}

/**
 * Runs `words` in the namespaces, in the folder of the first process there. It ends with the process that waits for it: a command that
 * has had its time is ended by way of `nsenter`.
 * @throws EmulatorError ERR_SANDBOX
 */
function enterWords({ setpriv }: Tools, { pid }: Ready, { user, uts, pids, network }: Spaces, words: string[]): string[] {
  const nsenter = findTool('nsenter')
  if (nsenter === undefined) {
    const hint = 'Install util-linux (Debian: apt install util-linux; Alpine: apk add util-linux).'
    throw new EmulatorError('ERR_SANDBOX', 'cannot run a command in the namespaces of the program: nsenter not found', { hint })
  }
  const own = user ? ['--user', '--preserve-credentials'] : []
  return [
    nsenter,
    '--target',
    String(pid),
    ...own,
    '--mount',
    ...(uts ? ['--uts'] : []),
    ...(pids ? ['--pid'] : []),
    ...(network ? ['--net'] : []),
    '--wd',
    '--',
    ...[setpriv, '--pdeathsig', 'KILL', ...(user ? DROP_CAPABILITIES : []), '--'],
    ...words,
  ]
}

/** The working directory, when it is one that the mounts replace: the shell would stay in the old one. */
function movedFolder({ replaced }: MountPlan): string | undefined {
  const folder = process.cwd()
  return `${folder}/`.startsWith(`${replaced}/`) ? folder : undefined
}

function programPid({ pid, guard }: Ready): number | undefined {
  const child = eldestChild(pid, guard)
  return child === undefined || isFork(child, pid) ? undefined : child
}
