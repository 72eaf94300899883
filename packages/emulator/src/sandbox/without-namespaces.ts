// Where there are no namespaces: the real folder for root in a container of its own, else a folder that stands in for `/`. Guards remove
// what was made and end what still runs, however we end.
import type { ChildProcess } from 'node:child_process'
import { accessSync, closeSync, existsSync, constants as fileConstants, rmdirSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname } from 'node:path'
import { redirections, writePodKubeconfig } from '../pod/redirections.ts'
import type { PodRoot } from '../pod/root.ts'
import { SERVICE_ACCOUNT_FOLDER } from '../pod/service-account-volume.ts'
import { makeVolumeFolder, type VolumeFile, writeVolume } from '../pod/volume.ts'
import { commandWords, type Invocation } from './beside.ts'
import { carryVariables } from './carried-variables.ts'
import {
  type Enclosure,
  exitCodeOf,
  type OutputDescriptors,
  type Program,
  type ProgramOptions,
  type StandardStreams,
  WayError,
} from './enclosure.ts'
import { type Guard, startGuard } from './guard.ts'
import { openPipes } from './pipes.ts'
import { toolEnvironment } from './shell.ts'
import { startInvocation } from './start-process.ts'

/**
 * Way 3 without namespaces.
 * @throws WayError when the folder is there already, or cannot be made
 */
export async function useRealPath(streams: StandardStreams, onWarning?: (text: string) => void): Promise<Enclosure> {
  const tried = `making ${SERVICE_ACCOUNT_FOLDER} itself`
  if (existsSync(SERVICE_ACCOUNT_FOLDER)) throw new WayError(tried, 'it exists already: this is a Pod, or another inpod is running')
  const parents = missingFolders(dirname(SERVICE_ACCOUNT_FOLDER))
  const guard = await startGuard({ folders: [SERVICE_ACCOUNT_FOLDER], emptyFolders: parents })
  try {
    // What mkdir says of a file system that is read-only is misleading.
    accessSync(dirname(parents.at(-1) ?? SERVICE_ACCOUNT_FOLDER), fileConstants.W_OK)
    makeVolumeFolder(SERVICE_ACCOUNT_FOLDER)
  } catch (error) {
    void guard.clean()
    throw new WayError(tried, (error as Error).message)
  }
  const write = (files: Record<string, VolumeFile>) => writeVolume(SERVICE_ACCOUNT_FOLDER, files)
  const runner = plainRunner(streams)
  let links: Guard | undefined
  return {
    way: 'real-path',
    updateFiles: write,
    async start(program) {
      if (program.container !== undefined) {
        for (const folder of [SERVICE_ACCOUNT_FOLDER, ...parents]) rmdirSync(folder)
        const { linkAtRealPaths } = await import('./volume-links.ts')
        links = await linkAtRealPaths(program.container.mounts, onWarning)
      } else if (program.files !== undefined) write(program.files)
      else for (const folder of [SERVICE_ACCOUNT_FOLDER, ...parents]) rmdirSync(folder)
      return runner.start(program)
    },
    async close() {
      await runner.close()
      await links?.clean()
      await guard.clean()
    },
  }
}

/** Way 4: a folder instead of `/`, and every variable by which a client can be told so. */
export function usePodRoot(streams: StandardStreams): Enclosure {
  const runner = plainRunner(streams)
  let root: PodRoot | undefined
  let guard: Guard | undefined
  return {
    way: 'pod-root',
    updateFiles: (files) => root?.update(files),
    async start(program) {
      const { createPodRoot } = await import('../pod/root.ts')
      const guarded = await (await import('./temporary-folder.ts')).guardedPath()
      guard = guarded.guard
      root = createPodRoot(program.files, guarded.path)
      if (program.container !== undefined) (await import('./volume-links.ts')).linkBelow(root.path, program.container.mounts)
      writePodKubeconfig(root.path, program.env)
      const redirected = redirections(root.path)
      const told = Object.keys(redirected).length > 0 || program.container === undefined ? redirected : { TELEPRESENCE_ROOT: root.path }
      return runner.start({ ...program, env: { ...program.env, ...told } })
    },
    async close() {
      await runner.close()
      await (guard ? guard.clean() : root?.remove())
    },
  }
}

/** What {@link usePodRoot} can do for a program, and what not. */
export const POD_ROOT_COVERAGE =
  'Clients that read KUBECONFIG (kubectl, helm, client-go through clientcmd, Python load_config, @kubernetes/client-node loadFromDefault), ' +
  'fabric8 for Java, k8s-ruby and kubernetes-client for PHP find the emulator; clients that insist on the fixed path do not.'

function plainRunner({ stdin, stdout, stderr }: StandardStreams): {
  start(program: ProgramOptions): Promise<Program>
  close(): Promise<void>
} {
  let child: ChildProcess | undefined
  let exited = Promise.resolve(0)
  let guard: Guard | undefined
  return {
    async start({ command, env, sidecars = [] }) {
      const marker = Object.keys(env).find((name) => /^KUBERNETES_PORT_\d+_TCP_ADDR$/.test(name))
      if (process.platform === 'linux' && marker !== undefined)
        guard = await startGuard({ folders: [], environment: `${marker}=${env[marker]}` })
      const pipes = await pipesFor({ stdin, stdout, stderr })
      try {
        child = await startInvocation(direct(command, env, sidecars), { stdio: pipes.stdio })
      } finally {
        for (const descriptor of pipes.theirs) closeSync(descriptor)
      }
      exited = exitCodeOf(child, constants.signals)
      const running = child
      return {
        exited,
        output: pipes.output,
        pid: () => (running.exitCode === null && running.signalCode === null ? running.pid : undefined),
        env,
        beside: ([file, ...args], variables) => ({ file: file!, args, env: variables }),
      }
    },
    async close() {
      if (child?.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await exited
      await guard?.clean()
    },
  }
}

function direct(command: string[], env: Record<string, string>, sidecars: string[]): Invocation {
  const [file, ...args] = command
  if (sidecars.length === 0) return { file: file!, args, env }
  const carried = carryVariables(env)
  const [shell, ...words] = commandWords(carried, command, sidecars)
  return { file: shell!, args: words, env: { ...toolEnvironment(), ...carried.values } }
}

async function pipesFor({ stdin, stdout, stderr }: StandardStreams) {
  const names = (['stdout', 'stderr'] as const).filter((name) => ({ stdout, stderr })[name] === 'pipe')
  const pipes = await openPipes(names.map(() => 'from-program'))
  const theirs = new Map(names.map((name, index) => [name, pipes[index]?.theirs]))
  const output: OutputDescriptors = Object.fromEntries(pipes.map(({ ours }, index) => [names[index], ours]))
  const out = stdout === 'pipe' ? (theirs.get('stdout') ?? 1) : stdout
  const error = stderr === 'stdout' ? out : stderr === 'pipe' ? (theirs.get('stderr') ?? 2) : stderr
  return { stdio: [stdin, out, error], theirs: pipes.map((pipe) => pipe.theirs), output }
}

/** The folders of `path` that are not there, deepest first. */
function missingFolders(path: string): string[] {
  return existsSync(path) ? [] : [path, ...missingFolders(dirname(path))]
}
