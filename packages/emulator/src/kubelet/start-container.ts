import { readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../apimachinery/clock.ts'
import { tokenKeptFor } from '../pod/rotation.ts'
import { containerEnvironment } from './container-environment.ts'
import { ContainerError } from './container-error.ts'
import { type ContainerMount, containerMounts } from './container-mounts.ts'
import { hostNames, hostsFile } from './hosts-file.ts'
import { type ContainerState, type Health, podStatus } from './pod-status.ts'
import type { Container, KubeletReader, NodeFacts, Pod } from './pod-types.ts'
import { resolvConf } from './resolv-conf.ts'
import { serviceVariables } from './service-variables.ts'
import { readTerminationMessage } from './termination-message.ts'
import { createTokenManager, type TokenWish } from './token-manager.ts'
import { makeVolumes } from './volumes.ts'

/** What the kubelet does with the API. */
export interface KubeletClient {
  read: KubeletReader
  requestToken(pod: Pod, wish: TokenWish): Promise<string>
  /** The Pod as it is now; undefined once it is gone. */
  pod(): Pod | undefined
  writeStatus(status: Record<string, unknown>): void
}

export interface ContainerOptions {
  client: KubeletClient
  pod: Pod
  container: Container
  node: NodeFacts
  clock: Clock
  /** A folder for the Pod's volumes, ours alone. */
  folder: string
  /** For volumes that Pods share: ours alone too. */
  sharedFolder: string
  /** The variables that lead to the API server. */
  serverVariables: Readonly<Record<string, string>>
  /** Instead of the usual time of the token that every Pod has. */
  tokenExpirationSeconds?: number | undefined
}

/** What admission asks for in the volume that every Pod has. */
const USUAL_TOKEN_SECONDS = 3607

/** A container that is ready to be started. */
export interface PreparedContainer {
  env: Record<string, string>
  mounts: ContainerMount[]
  hostname: string
  workingDir: string | undefined
  /** Writes what has changed in volumes, and renews tokens that are due. */
  sync(): Promise<Error[]>
  /** Renews tokens before they are due. */
  renewTokens(): Promise<void>
  /** To be called when its process runs, again when probes find something else, and when that has ended. */
  started(health?: Health): void
  finished(exitCode: number): void
}

/**
 * Makes what a container finds: variables, volumes, its files of /etc; and keeps the Pod's status.
 * @throws ContainerError for what the Pod refers to and is not there; its status then says so
 */
export async function prepareContainer(options: ContainerOptions): Promise<PreparedContainer> {
  const { client, container, clock } = options
  const startTime = clock.now()
  const report = (state: ContainerState) => {
    const pod = client.pod()
    if (pod !== undefined)
      client.writeStatus(podStatus({ pod, container: container.name, state, node: options.node, now: clock.now(), startTime }))
  }
  report({ kind: 'waiting', reason: 'ContainerCreating' })
  try {
    return await layOut(options, report)
  } catch (error) {
    if (error instanceof ContainerError)
      report({
        kind: 'waiting',
        ...(error.reason === 'FailedMount' ? { reason: 'ContainerCreating' } : { reason: error.reason, message: error.message }),
      })
    throw error
  }
}

async function layOut(options: ContainerOptions, report: (state: ContainerState) => void): Promise<PreparedContainer> {
  const { client, pod, container, node, clock, folder, sharedFolder, serverVariables } = options
  const current = () => client.pod() ?? pod
  const manager = createTokenManager({ clock, keptFor: tokenKeptFor, request: (wish) => client.requestToken(pod, wish) })
  const tokens = { ...manager, token: (wish: TokenWish) => manager.token(lasting(wish, options.tokenExpirationSeconds)) }
  const volumeFolder = join(folder, 'volumes')
  await mkdir(volumeFolder, { recursive: true })
  const { read } = client
  const sources = {
    get pod() {
      return current()
    },
    node,
    read,
    tokens,
  }
  const volumes = await makeVolumes(volumeFolder, sources, sharedFolder)
  const links = pod.spec.enableServiceLinks === false ? {} : serviceVariables(read.services(pod.metadata.namespace!))
  const services = { ...links, ...serverVariables }
  const fileKey = (volume: string, path: string, key: string) => readEnvFile(join(volumes.paths.get(volume) ?? '', path), key)
  const own = containerEnvironment({ pod, container, node, read, services, fileKey })
  const { hostname } = hostNames(pod)
  const env = { HOSTNAME: hostname, ...own }
  const termination = join(folder, 'termination-log')
  const mounts = [...containerMounts(container, volumes, own), ...etcMounts(options, termination)]
  let startedAt: number | undefined
  return {
    env,
    mounts: mounts.filter(({ target }, index) => mounts.findIndex((each) => each.target === target) === index),
    hostname,
    workingDir: container.workingDir || undefined,
    sync: () => volumes.refresh(),
    async renewTokens() {
      manager.renewAll()
      await volumes.refresh()
    },
    started(health) {
      startedAt ??= clock.now()
      report({ kind: 'running', startedAt, health })
    },
    finished(exitCode) {
      const message = readTerminationMessage(termination)
      report({
        kind: 'terminated',
        startedAt: startedAt ?? clock.now(),
        finishedAt: clock.now(),
        exitCode,
        ...(message === undefined ? {} : { message }),
      })
    },
  }
}

function lasting(wish: TokenWish, seconds: number | undefined): TokenWish {
  const isUsual = wish.expirationSeconds === USUAL_TOKEN_SECONDS && wish.audience === undefined
  return isUsual && seconds !== undefined ? { expirationSeconds: seconds } : wish
}

/** Files of the kubelet's own; a volume at the same place comes first. */
function etcMounts({ pod, container, node, folder }: ContainerOptions, termination: string): ContainerMount[] {
  const file = (name: string, target: string, text: string): ContainerMount => {
    const source = join(folder, name)
    writeFileSync(source, text, { mode: 0o644 })
    return { source, target, readOnly: false }
  }
  writeFileSync(termination, '', { mode: 0o666 })
  return [
    file('etc-hosts', '/etc/hosts', hostsFile(pod, node.podIP, textOf('/etc/hosts'))),
    file(
      'resolv.conf',
      '/etc/resolv.conf',
      resolvConf(pod, node.dnsIP === undefined ? textOf('/etc/resolv.conf') : `nameserver ${node.dnsIP}\n`),
    ),
    ...(container.terminationMessagePath ? [{ source: termination, target: container.terminationMessagePath, readOnly: false }] : []),
  ]
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** `KEY=value` lines; quotes around a value are not part of it. */
function readEnvFile(path: string, key: string): string | undefined {
  const line = textOf(path)
    .split('\n')
    .find((each) => each.trimStart().startsWith(`${key}=`))
  return line
    ?.slice(line.indexOf('=') + 1)
    .trim()
    .replace(/^(['"])(.*)\1$/, '$2')
}
