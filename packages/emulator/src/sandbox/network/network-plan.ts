// A network namespace for the program, and one for the cluster around it, joined by a pair of virtual interfaces. In the cluster's every
// address is its own: where nobody listens, connections are refused at once, whatever they were meant for.
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { nodeIP, podIP, serviceIP, servicePrefixBits } from '../../pod/cluster-addresses.ts'
import { WayError } from '../enclosure.ts'
import { findTool, quoteAll } from '../shell.ts'
import { type ClusterNetwork, createAgentClient } from './agent-client.ts'

export interface NetworkOptions {
  /** IPv4 addresses outside the cluster that can be listened at in its place. */
  addresses: string[]
}

/** How the setup of namespaces makes those of a network too. */
export interface NetworkPlan {
  /** What follows `unshare`, after which `setup` is run in the program's network. */
  around(identity: string[], setup: string[]): string[]
  /** What the setup's process has from descriptor 6 on: nothing, and the agent's channel. */
  stdio: Array<'ignore' | 'ipc'>
  connect(child: ChildProcess): ClusterNetwork
}

interface NetworkTools {
  ip: string
  nsenter: string
  unshare: string
}

/** Descriptors of the setup's shells: a pipe that ends with us, the agent's channel, the cluster's network namespace. */
const GUARD_DESCRIPTOR = 5
const AGENT_DESCRIPTOR = 7
const CLUSTER_DESCRIPTOR = 9
export const AGENT_COMMAND = [process.execPath, fileURLToPath(new URL('../../../dist/network-agent.js', import.meta.url))]
/** By which Node tells a child of its channel. */
const CHANNEL_VARIABLES = ['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE']

/** @throws WayError for a tool that is missing */
export function planNetwork({ addresses }: NetworkOptions): NetworkPlan {
  const tools = findNetworkTools()
  return {
    around: (identity, setup) => [...identity, '--net', '/bin/sh', '-c', clusterScript(tools, addresses, setup), 'inpod'],
    stdio: ['ignore', 'ipc'],
    connect: createAgentClient,
  }
}

function findNetworkTools(): NetworkTools {
  const tried = 'a network namespace (unshare --net, ip link add type veth)'
  const find = (name: string, tool: string) => {
    const found = findTool(name)
    if (found === undefined) throw new WayError(tried, `${name} not found: install ${tool}`)
    return found
  }
  return { ip: find('ip', 'iproute2'), nsenter: find('nsenter', 'util-linux'), unshare: find('unshare', 'util-linux') }
}

/** To be run in the fresh network namespace that becomes the cluster's. The agent is no child of the shells: they wait for the program alone. */
function clusterScript(tools: NetworkTools, addresses: string[], setup: string[]): string {
  const closed = [3, 4, GUARD_DESCRIPTOR, CLUSTER_DESCRIPTOR].map((descriptor) => `${descriptor}<&-`).join(' ')
  return [
    'set -e',
    `exec ${CLUSTER_DESCRIPTOR}</proc/self/ns/net`,
    `(${quoteAll(AGENT_COMMAND)} <&${GUARD_DESCRIPTOR} >/dev/null 2>&1 ${closed} &)`,
    `exec ${AGENT_DESCRIPTOR}<&-`,
    `unset ${CHANNEL_VARIABLES.join(' ')}`,
    `exec ${quoteAll([tools.unshare, '--net', '/bin/sh', '-c', linkScript(tools, addresses, setup), 'inpod'])}`,
  ].join('\n')
}

/** To be run in the program's network namespace. */
function linkScript({ ip, nsenter }: NetworkTools, addresses: string[], setup: string[]): string {
  const batch = (lines: string[], before: string[] = []) =>
    `printf '%s\\n' ${quoteAll(lines)} | ${quoteAll([...before, ip, '-batch', '-'])}`
  const inCluster = [nsenter, `--net=/proc/self/fd/${CLUSTER_DESCRIPTOR}`]
  return [
    'set -e',
    batch([
      `link add eth0 type veth peer name pod netns /proc/self/fd/${CLUSTER_DESCRIPTOR}`,
      'link set lo up',
      `addr add ${podIP}/32 dev eth0`,
      'link set eth0 up',
      `route add ${nodeIP} dev eth0`,
      `route add default via ${nodeIP}`,
    ]),
    batch(
      [
        'link set lo up',
        `addr add ${serviceIP}/${servicePrefixBits} dev lo`,
        ...addresses.map((address) => `addr add ${address}/32 dev lo`),
        `addr add ${nodeIP}/32 dev pod`,
        'link set pod up',
        `route add ${podIP} dev pod`,
        'route add local default dev lo table main',
      ],
      inCluster,
    ),
    `exec ${CLUSTER_DESCRIPTOR}<&-`,
    // As in containers, no port needs a right.
    '{ echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start; } 2>/dev/null || :',
    `exec ${quoteAll(setup)}`,
  ].join('\n')
}
