/** A user's credentials: a bearer token, or a client certificate with its key (PEM). */
export type KubeconfigUser = { token: string } | { cert: string; key: string }

export interface KubeconfigOptions {
  server: string
  /** PEM. */
  caCertificate: string
  user: KubeconfigUser
  /** What the kubeconfig calls the user; default `admin`. */
  userName?: string
  namespace: string
}

/** A kubeconfig for one user of one cluster. JSON, which is YAML too. */
export function formatKubeconfig({ server, caCertificate, user, userName = 'admin', namespace }: KubeconfigOptions): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'inpod', cluster: { server, 'certificate-authority-data': base64(caCertificate) } }],
    users: [{ name: userName, user: credentials(user) }],
    contexts: [{ name: 'inpod', context: { cluster: 'inpod', user: userName, namespace } }],
    'current-context': 'inpod',
  }
  return `${JSON.stringify(config, undefined, 2)}\n`
}

const credentials = (user: KubeconfigUser) =>
  'token' in user ? user : { 'client-certificate-data': base64(user.cert), 'client-key-data': base64(user.key) }

const base64 = (text: string) => Buffer.from(text).toString('base64')
