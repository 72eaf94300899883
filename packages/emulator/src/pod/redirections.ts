import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SERVICE_ACCOUNT_FOLDER } from './service-account-volume.ts'

/**
 * The variables by which clients are told that the service account's files are below the folder `root`: those of fabric8 (three), php-k8s,
 * Telepresence-aware clients, and all that read a kubeconfig. None where the Pod has no such files.
 */
export function redirections(root: string): Record<string, string> {
  const folder = join(root, SERVICE_ACCOUNT_FOLDER)
  if (!existsSync(folder)) return {}
  return {
    KUBECONFIG: join(root, KUBECONFIG),
    KUBERNETES_CERTS_CA_FILE: `${folder}/ca.crt`,
    KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN: `${folder}/token`,
    KUBENAMESPACE: readFileSync(join(folder, 'namespace'), 'utf8'),
    KUBERNETES_CLIENT_SERVICEACCOUNT_ROOT: root,
    TELEPRESENCE_ROOT: root,
  }
}

const KUBECONFIG = 'kubeconfig'

/**
 * Writes the kubeconfig that {@link redirections} names; it reads the token anew from its file.
 * @param env holds the server's address
 */
export function writePodKubeconfig(root: string, env: Record<string, string>): void {
  const folder = join(root, SERVICE_ACCOUNT_FOLDER)
  if (!existsSync(folder)) return
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port } = env
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'inpod', cluster: { server, 'certificate-authority': `${folder}/ca.crt` } }],
    // The file comes first in client-go; fabric8 knows no such field.
    users: [{ name: 'pod', user: { tokenFile: `${folder}/token`, token: readFileSync(join(folder, 'token'), 'utf8') } }],
    contexts: [{ name: 'pod', context: { cluster: 'inpod', user: 'pod', namespace: readFileSync(join(folder, 'namespace'), 'utf8') } }],
    'current-context': 'pod',
  }
  writeFileSync(join(root, KUBECONFIG), `${JSON.stringify(config)}\n`, { mode: 0o600 })
}
