// @kubernetes/client-node with loadFromCluster.
import { readFileSync } from 'node:fs'
import { ApiException, CoreV1Api, KubeConfig, Watch } from '@kubernetes/client-node'

const name = 'client-node'
const config = new KubeConfig()
config.loadFromCluster()
const core = config.makeApiClient(CoreV1Api)
const namespace = readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/namespace', 'utf8')

const report = (line) => console.log(JSON.stringify(line))

const attempt = async (step, action, facts = () => ({})) => {
  try {
    const result = await action()
    report({ step, ok: true, ...facts(result) })
    return result
  } catch (error) {
    if (error instanceof ApiException) report({ step, ok: false, status: error.code, message: JSON.parse(error.body).message })
    else report({ step, ok: false, status: error.statusCode, message: error.message })
  }
}

const nextEvent = async (resourceVersion) => {
  const { promise, resolve, reject } = Promise.withResolvers()
  const onEvent = (type, object) => object.metadata.name === name && resolve({ type, object })
  const onEnd = (error) => reject(error ?? new Error('the watch ended without an event'))
  const controller = await new Watch(config).watch(`/api/v1/namespaces/${namespace}/configmaps`, { resourceVersion }, onEvent, onEnd)
  return promise.finally(() => controller.abort())
}

await attempt(
  'list-pods',
  () => core.listNamespacedPod({ namespace }),
  (pods) => ({ count: pods.items.length }),
)
let body = { metadata: { name }, data: { value: 'one' } }
body = (await attempt('create-configmap', () => core.createNamespacedConfigMap({ namespace, body }))) ?? body
const watching = attempt(
  'watch-configmaps',
  () => nextEvent(body.metadata.resourceVersion),
  ({ type, object }) => ({ event: type, name: object.metadata.name, value: object.data.value }),
)
body.data.value = 'two'
await attempt('update-configmap', () => core.replaceNamespacedConfigMap({ namespace, name, body }))
await watching
await attempt('delete-configmap', () => core.deleteNamespacedConfigMap({ namespace, name }))
