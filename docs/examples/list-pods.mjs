// Lists the Pods of its own namespace with the official JavaScript client, as it would in a Pod.
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'

const config = new KubeConfig()
config.loadFromCluster()
try {
  const list = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: config.getContexts()[0].namespace })
  console.log(`${list.kind}: ${list.items.map((pod) => pod.metadata.name).join(', ')}`)
} catch (error) {
  console.error(`${error.code}: ${JSON.parse(error.body).message}`)
  process.exitCode = 1
}
