import { CoreV1Api, KubeConfig, makeInformer, type V1ConfigMap } from '@kubernetes/client-node'
import type { Server } from '../cli/server.ts'

export interface ConfigMapInformer {
  /** Names of what it takes the namespace to have, in their order. */
  names(): string[]
  get(name: string): V1ConfigMap | undefined
  stop(): Promise<void>
}

/** An informer of the ConfigMaps of `default`, of the official client for JavaScript. */
export async function informerOf({ target }: Pick<Server, 'target'>): Promise<ConfigMapInformer> {
  const config = new KubeConfig()
  config.loadFromClusterAndUser(
    { name: 'inpod', server: target.url, skipTLSVerify: false, caData: Buffer.from(target.caCertificate).toString('base64') },
    { name: 'admin', token: target.adminToken },
  )
  const api = config.makeApiClient(CoreV1Api)
  const informer = makeInformer(config, '/api/v1/namespaces/default/configmaps', () =>
    api.listNamespacedConfigMap({ namespace: 'default' }),
  )
  // As its documentation says.
  informer.on('error', () => void setTimeout(() => void informer.start(), 200))
  await informer.start()
  return {
    names: () =>
      informer
        .list()
        .flatMap(({ metadata }) => metadata?.name ?? [])
        .sort(),
    get: (name) => informer.get(name, 'default'),
    stop: () => informer.stop(),
  }
}
