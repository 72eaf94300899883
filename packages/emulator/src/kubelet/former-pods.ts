import type { Registry } from '../registry/registry.ts'
import { nodeName } from './plain-pod.ts'

/** This machine, and the further ones that a DaemonSet's Pods were on. */
const OWN_NODES = new RegExp(`^${nodeName}(-\\d+)?$`)

/** Removes the Pods of programs that ran here in an earlier run of the same cluster, and the nodes that were this machine. */
export function removeFormerPods(registry: Registry): void {
  const [pods, nodes] = [registry.storeOf('', 'pods')!.collection, registry.storeOf('', 'nodes')!.collection]
  for (const { key, revision, object } of pods.list('')) if (OWN_NODES.test(object['spec']?.nodeName ?? '')) pods.delete(key, revision)
  for (const { key, revision } of nodes.list('')) if (OWN_NODES.test(key)) nodes.delete(key, revision)
}
