import type { KubeObject } from '../../apimachinery/object.ts'
import type { TokenIssuer } from '../../service-account/issuer.ts'
import type { Controller } from './controller.ts'
import type { SystemClient } from './system-client.ts'

const secrets = { group: '', resource: 'secrets' }
const accounts = { group: '', resource: 'serviceaccounts' }
const nameKey = 'kubernetes.io/service-account.name'
const uidKey = 'kubernetes.io/service-account.uid'

/** Fills Secrets of type kubernetes.io/service-account-token, and removes those whose account is gone (the token controller). */
export function tokenSecrets(client: SystemClient, issuer: TokenIssuer, caCertificate: string): Controller {
  const fill = async (namespace: string, name: string) => {
    const secret = client.get(secrets, namespace, name)
    if (secret === undefined || secret['type'] !== 'kubernetes.io/service-account-token') return
    const account = accountOf(client, secret)
    if (account === undefined) return client.delete(secrets, namespace, name)
    if (isComplete(secret, caCertificate)) return
    const { uid = '' } = account.metadata
    const token = secret['data']?.token ?? base64(await issuer.issueLegacy({ namespace, name: account.metadata.name!, uid }, name))
    client.update(secrets, namespace, name, (object) => {
      object.metadata.annotations = { ...object.metadata.annotations, [nameKey]: account.metadata.name!, [uidKey]: uid }
      object['data'] = { ...object['data'], 'ca.crt': base64(caCertificate), namespace: base64(namespace), token }
    })
  }

  const removeAllOf = async (account: KubeObject) => {
    const { namespace = '', name } = account.metadata
    for (const secret of client.list(secrets, namespace)) {
      if (secret['type'] !== 'kubernetes.io/service-account-token' || secret.metadata.annotations?.[nameKey] !== name) continue
      if (accountOf(client, secret) === undefined) await client.delete(secrets, namespace, secret.metadata.name!)
    }
  }

  return {
    changed({ resource, key, change }) {
      if (resource === 'serviceaccounts' && change.deleted) return removeAllOf(change.object)
      if (resource !== 'secrets' || change.deleted || change.object['type'] !== 'kubernetes.io/service-account-token') return undefined
      const slash = key.indexOf('/')
      return fill(key.slice(0, slash), key.slice(slash + 1))
    },
  }
}

function accountOf(client: SystemClient, { metadata }: KubeObject): KubeObject | undefined {
  const account = client.get(accounts, metadata.namespace ?? '', metadata.annotations?.[nameKey] ?? '')
  const uid = metadata.annotations?.[uidKey]
  return account === undefined || (uid && uid !== account.metadata.uid) ? undefined : account
}

const isComplete = ({ data }: KubeObject, caCertificate: string) =>
  Boolean(data?.token) && Boolean(data?.namespace) && data?.['ca.crt'] === base64(caCertificate)

const base64 = (text: string) => Buffer.from(text).toString('base64')
