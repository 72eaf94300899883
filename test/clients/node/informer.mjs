// The informer of @kubernetes/client-node: prints what it sees of ConfigMaps, until it sees the last of them.
import { readFileSync } from 'node:fs'
import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node'

const config = new KubeConfig()
config.loadFromCluster()
const core = config.makeApiClient(CoreV1Api)
const namespace = readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/namespace', 'utf8')

const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, () => core.listNamespacedConfigMap({ namespace }))
const saw =
  (event) =>
  ({ metadata: { name, resourceVersion }, data }) => {
    if (!name.startsWith('soak-')) return
    console.log(JSON.stringify({ event, name, value: data?.value, version: resourceVersion }))
    if (name === 'soak-end' && event === 'ADDED') setTimeout(() => process.exit(0), 1_000)
  }
informer.on('add', saw('ADDED'))
informer.on('update', saw('MODIFIED'))
informer.on('delete', saw('DELETED'))
// As its documentation has it: an informer that has ended with an error is started again.
informer.on('error', (error) => {
  console.error(String(error))
  setTimeout(() => informer.start(), 1_000)
})
setTimeout(() => process.exit(1), Number(process.env.SOAK_LIMIT_SECONDS) * 1_000)
await informer.start()
