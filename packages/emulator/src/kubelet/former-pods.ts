import type { Registry } from '../registry/registry.ts'
import { nodeName } from './plain-pod.ts'

/** Removes the Pods of programs that ran here in an earlier run of the same cluster, and the node that was this machine. */
export function removeFormerPods(registry: Registry): void {
  const [pods, nodes] = [registry.storeOf('', 'pods')!.collection, registry.storeOf('', 'nodes')!.collection]
  for (const { key, revision, object } of pods.list('')) if (object['spec']?.nodeName === nodeName) pods.delete(key, revision)
  const node = nodes.get(nodeName)
  if (node !== undefined) nodes.delete(node.key, node.revision)
}
