export interface KubeconfigOptions {
  server: string
  /** PEM. */
  caCertificate: string
  token: string
  namespace: string
}

/** A kubeconfig for one user of one cluster. JSON, which is YAML too. */
export function formatKubeconfig({ server, caCertificate, token, namespace }: KubeconfigOptions): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'inpod', cluster: { server, 'certificate-authority-data': Buffer.from(caCertificate).toString('base64') } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'inpod', context: { cluster: 'inpod', user: 'admin', namespace } }],
    'current-context': 'inpod',
  }
  return `${JSON.stringify(config, undefined, 2)}\n`
}
