// A Pod made of a workload's manifest, in the API and as what its container finds.
import { join } from 'node:path'
import type { KubeObject } from './apimachinery/object.ts'
import { EmulatorError } from './errors.ts'
import { containerCommand } from './kubelet/command.ts'
import { ContainerError } from './kubelet/container-error.ts'
import { nodeAllocatable, nodeName, nodeObject } from './kubelet/plain-pod.ts'
import { podAddresses } from './kubelet/pod-addresses.ts'
import { eventRecorder, type RecordEvent } from './kubelet/pod-events.ts'
import type { Container, NodeFacts, Pod } from './kubelet/pod-types.ts'
import { type KubeletClient, type PreparedContainer, prepareContainer } from './kubelet/start-container.ts'
import type { TokenWish } from './kubelet/token-manager.ts'
import { unhonoured } from './kubelet/unhonoured.ts'
import { hostNetwork, type PodNetwork } from './pod/cluster-addresses.ts'
import { followPod, type PodEnd, type PodServers } from './pod-end.ts'
import { createSystemClient, type SystemClient } from './registry/controllers/system-client.ts'
import { apiCaller, type Call, type ManifestObject } from './scenario/apply.ts'
import { makePods } from './scenario/make-pods.ts'

/** A container of a workload's Pod, ready to be started in a sandbox. */
export interface EmulatedContainer extends PreparedContainer {
  name: string
  /** The name of its Pod. */
  podName: string
  /** What becomes of its Pod. */
  end: PodEnd
  /** What to run; `given` stands in for the image's entrypoint. Undefined where no program is named. */
  command(given: string[]): string[] | undefined
  /** Time between a signal to end and SIGKILL. */
  gracePeriodSeconds: number
  /** What of the Pod changes nothing here. */
  notHonoured(honoured: { probes: boolean; hooks: boolean }): string[]
  /** As the API has it. */
  spec: Container
  podIP: string
  recordEvent: RecordEvent
  /** Tells when the API's objects change, until the emulator is closed. */
  onChange(listener: () => void): void
}

export interface WorkloadOptions {
  manifest: ManifestObject
  /** The container's name; needed where there are several. */
  containerName?: string | undefined
  /** For volumes: private, and empty. Each replica has a folder in it, by its number from 0. */
  folder: string
  /** How many Pods; default 1. Their volumes are below folders of their own, but for those that Pods share. */
  replicas?: number | undefined
}

interface PodContainerOptions extends WorkloadOptions, PodServers {
  adminToken: string
  /** For a manifest that names none. */
  namespace?: string | undefined
  tokenExpirationSeconds?: number | undefined
  serverVariables: Readonly<Record<string, string>>
  network?: PodNetwork | undefined
}

const pods = { group: '', resource: 'pods' }
const nodes = { group: '', resource: 'nodes' }
const shortestTokenSeconds = 600

interface PodContainer {
  pod: Pod
  container: EmulatedContainer
}

/**
 * Makes the Pods of a workload that has been applied, through the API, and lays out a container of each.
 * @throws EmulatorError ERR_CONTAINER, ERR_POD_REFUSED, ERR_POD_CONFIG
 */
export async function makePodContainers(options: PodContainerOptions): Promise<PodContainer[]> {
  const { api, adminToken, manifest, folder, replicas } = options
  const namespace = manifest.object.metadata.namespace ?? options.namespace ?? 'default'
  const system = createSystemClient(api.registry)
  const call = apiCaller(api.handle, adminToken)
  const pods = await makePods(call, { workload: manifest, namespace, now: api.registry.clock.now(), replicas: replicas ?? 1 })
  const { network = hostNetwork } = options
  const addresses = replicas === undefined ? [network.podIP] : podAddresses(replicas)
  return Promise.all(
    pods.map((made, index) => {
      const own = replicas === undefined ? folder : join(folder, String(index))
      const node = ensureNode(system, api.registry.clock.now(), nodeOf(manifest, index), { ...network, podIP: addresses[index]! })
      return layOutPod({ ...options, folder: own, sharedFolder: folder }, { system, call, made, node })
    }),
  )
}

/** The Pods of a DaemonSet are each on a node of their own. */
const nodeOf = ({ object }: ManifestObject, index: number) =>
  object.kind === 'DaemonSet' && index > 0 ? `${nodeName}-${index + 1}` : nodeName

interface Surroundings {
  system: SystemClient
  call: Call
  /** The Pod as it was made. */
  made: Pod
  node: NodeFacts & { name: string }
}

async function layOutPod(
  options: PodContainerOptions & { sharedFolder: string },
  { system, call, made, node }: Surroundings,
): Promise<PodContainer> {
  const { api, server, folder, sharedFolder, serverVariables } = options
  const container = chooseContainer(made, options.containerName)
  const namespace = made.metadata.namespace!
  system.update(pods, namespace, made.metadata.name!, (object) => {
    object['spec'].nodeName ||= node.name
  })
  const pod = system.get(pods, namespace, made.metadata.name!) as Pod
  const client = kubeletClient(options, system, call, pod)
  const prepared = await prepareContainer({
    client,
    pod,
    container,
    node,
    clock: api.registry.clock,
    folder,
    sharedFolder,
    serverVariables,
    tokenExpirationSeconds: options.tokenExpirationSeconds,
  }).catch((error: unknown) => {
    throw error instanceof ContainerError ? podError(pod, container, error) : error
  })
  return {
    pod,
    container: {
      ...prepared,
      name: container.name,
      podName: made.metadata.name!,
      end: followPod({ api, server }, { namespace, name: made.metadata.name!, uid: made.metadata.uid! }),
      command: (given) => containerCommand(container, given, prepared.env),
      gracePeriodSeconds: pod.spec.terminationGracePeriodSeconds ?? 30,
      notHonoured: (honoured) => unhonoured(pod, container, honoured),
      spec: container,
      podIP: node.podIP,
      recordEvent: eventRecorder(system, api.registry.clock, pod, container.name),
      onChange: (listener) => api.registry.storage.onChange(listener),
    },
  }
}

function chooseContainer({ metadata, spec }: Pod, wanted: string | undefined): Container {
  const names = spec.containers.map(({ name }) => name)
  const byDefault = metadata.annotations?.['kubectl.kubernetes.io/default-container']
  const name = wanted ?? (byDefault !== undefined && names.includes(byDefault) ? byDefault : names.length === 1 ? names[0] : undefined)
  const container = spec.containers.find((each) => each.name === name)
  if (container !== undefined) return container
  const hint = `It has ${names.join(', ')}: choose one with --container.`
  if (wanted === undefined) throw new EmulatorError('ERR_CONTAINER', 'the Pod has several containers', { hint })
  throw new EmulatorError('ERR_CONTAINER', `the Pod has no container "${wanted}"`, { hint })
}

/** The node that this machine is, unless the manifests have one of that name. */
function ensureNode(system: SystemClient, now: number, name: string, network: PodNetwork): NodeFacts & { name: string } {
  const { status, ...node } = nodeObject(now, network.hostIP, undefined, name)
  system.create(nodes, node as KubeObject)
  system.update(nodes, '', name, (object) => {
    object['status'] = status
  })
  return { name, ...network, allocatable: nodeAllocatable() }
}

function kubeletClient(options: PodContainerOptions, system: SystemClient, call: Call, { metadata }: Pod): KubeletClient {
  const { namespace = '', name = '', uid } = metadata
  const current = () => {
    const found = system.get(pods, namespace, name)
    return found?.metadata.uid === uid ? (found as Pod) : undefined
  }
  return {
    read: {
      configMap: (of, each) => system.get({ group: '', resource: 'configmaps' }, of, each),
      secret: (of, each) => system.get({ group: '', resource: 'secrets' }, of, each),
      services: (of) => system.list({ group: '', resource: 'services' }, of),
      clusterTrustBundles: () => options.api.registry.lookupAll({ group: 'certificates.k8s.io', resource: 'clustertrustbundles' }, ''),
    },
    pod: current,
    requestToken: (pod, wish) => requestToken(options, call, pod, wish),
    writeStatus: (status) =>
      system.update(pods, namespace, name, (object) => {
        object['status'] = status
      }),
  }
}

async function requestToken({ api }: PodContainerOptions, call: Call, pod: Pod, wish: TokenWish): Promise<string> {
  const { namespace = '', name = '', uid = '' } = pod.metadata
  const account = pod.spec.serviceAccountName!
  const { expirationSeconds } = wish
  if (expirationSeconds < shortestTokenSeconds) {
    const { uid: accountUid = '' } = api.registry.lookup({ group: '', resource: 'serviceaccounts' }, namespace, account)?.metadata ?? {}
    const node = api.registry.lookup(nodes, '', pod.spec.nodeName ?? '')
    const bound = { pod: { name, uid }, ...(node ? { node: { name: node.metadata.name!, uid: node.metadata.uid! } } : {}) }
    const audiences = [...api.tokens.apiAudiences]
    const { token } = await api.tokens.issuer.issue({
      account: { namespace, name: account, uid: accountUid },
      audiences,
      expirationSeconds,
      bound,
    })
    return token
  }
  const { status, body } = await call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      audiences: wish.audience ? [wish.audience] : [],
      expirationSeconds,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
    },
  })
  const answer = body as { status: { token: string }; message?: string }
  if (status >= 400) throw new Error(`failed to fetch token: ${answer.message}`)
  return answer.status.token
}

function podError({ metadata }: Pod, { name }: Container, { reason, message }: ContainerError): EmulatorError {
  const what = reason === 'FailedMount' ? message : `container "${name}": ${reason}: ${message}`
  return new EmulatorError('ERR_POD_CONFIG', `Pod "${metadata.name}" in namespace "${metadata.namespace}": ${what}`, {
    hint: 'The kubelet would say the same, and wait: add what is missing to the manifests (-f).',
  })
}
