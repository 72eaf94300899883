import type { KubeObject } from '../apimachinery/object.ts'
import { newForbidden } from '../apimachinery/status-error.ts'
import type { AdmissionAttributes } from '../registry/context.ts'
import { type AdmissionPlugin, type AdmissionSource, isFor } from './plugin.ts'

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const volumePrefix = 'kube-api-access-'
const mirrorAnnotation = 'kubernetes.io/config.mirror'
const enforceAnnotation = 'kubernetes.io/enforce-mountable-secrets'
const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

// biome-ignore lint/suspicious/noExplicitAny: a Pod's spec as JSON has it
type PodSpec = Record<string, any>
// biome-ignore lint/suspicious/noExplicitAny: see PodSpec
type Container = Record<string, any>

/** Gives Pods their account, its pull secrets and the volume with its token (the ServiceAccount plugin). */
export function serviceAccountPlugin({ lookup }: AdmissionSource): AdmissionPlugin {
  const accountOf = (attributes: AdmissionAttributes, spec: PodSpec): KubeObject => {
    const { definition, namespace, name } = attributes
    const found = lookup({ group: '', resource: 'serviceaccounts' }, namespace, spec['serviceAccountName'])
    if (found !== undefined) return found
    const why = `error looking up service account ${namespace}/${spec['serviceAccountName']}: serviceaccount "${spec['serviceAccountName']}" not found`
    throw newForbidden(definition, name, why)
  }

  return {
    admit(attributes) {
      const { object, operation } = attributes
      if (object === undefined || operation !== 'CREATE' || !isFor(attributes, '', 'pods')) return
      if (object.metadata.annotations?.[mirrorAnnotation] !== undefined) return
      const spec = object['spec'] as PodSpec
      // Two spellings of one field.
      if (!spec['serviceAccountName']) spec['serviceAccountName'] = spec['serviceAccount'] || 'default'
      spec['serviceAccount'] = spec['serviceAccountName']
      const account = accountOf(attributes, spec)
      if (automounts(account, spec)) mountToken(spec)
      const { imagePullSecrets } = account
      if (!spec['imagePullSecrets']?.length && imagePullSecrets?.length) {
        spec['imagePullSecrets'] = imagePullSecrets.map(({ name }: { name?: string }) => (name === undefined ? {} : { name }))
      }
    },
    validate(attributes) {
      const { object, operation } = attributes
      if (object === undefined || operation !== 'CREATE' || !isFor(attributes, '', 'pods')) return
      if (object.metadata.annotations?.[mirrorAnnotation] !== undefined) return
      const spec = object['spec'] as PodSpec
      const account = accountOf(attributes, spec)
      if (!/^(1|t|T|true|TRUE|True)$/.test(account.metadata.annotations?.[enforceAnnotation] ?? '')) return
      const why = unmountable(account, spec)
      if (why !== undefined) throw newForbidden(attributes.definition, attributes.name, why)
    },
  }
}

/** The Pod's wish counts before its account's; both may be silent. */
const automounts = (account: KubeObject, spec: PodSpec): boolean =>
  spec['automountServiceAccountToken'] ?? account['automountServiceAccountToken'] ?? true

function mountToken(spec: PodSpec): void {
  const present = (spec['volumes'] ?? []).find(({ name }: { name: string }) => name.startsWith(volumePrefix))
  const name: string = present?.name ?? volumePrefix + randomSuffix()
  let needed = false
  for (const container of [...(spec['initContainers'] ?? []), ...(spec['containers'] ?? [])] as Container[]) {
    if ((container['volumeMounts'] ?? []).some(({ mountPath }: { mountPath: string }) => mountPath === tokenPath)) continue
    container['volumeMounts'] = [...(container['volumeMounts'] ?? []), { name, readOnly: true, mountPath: tokenPath }]
    needed = true
  }
  if (present === undefined && needed) spec['volumes'] = [...(spec['volumes'] ?? []), { name, projected: tokenVolume() }]
}

const randomSuffix = () => Array.from({ length: 5 }, () => suffixAlphabet[Math.floor(Math.random() * suffixAlphabet.length)]).join('')

/** Token, CA and namespace, as every Pod has them (KEP-2799). */
const tokenVolume = () => ({
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
  ],
  defaultMode: 420,
})

/** Why a Pod may not use a Secret that its account does not list, if so. */
function unmountable(account: KubeObject, spec: PodSpec): string | undefined {
  const { name } = account.metadata
  const listed = new Set(((account['secrets'] ?? []) as Array<{ name?: string }>).map((each) => each.name))
  for (const { secret } of spec['volumes'] ?? []) {
    if (secret !== undefined && !listed.has(secret.secretName)) {
      return `volume with secret.secretName="${secret.secretName}" is not allowed because service account ${name} does not reference that secret`
    }
  }
  const groups: Array<[string, Container[]]> = [
    ['init container', spec['initContainers'] ?? []],
    ['container', spec['containers'] ?? []],
  ]
  for (const [kind, containers] of groups) {
    for (const container of containers) {
      const use = secretsOf(container).find(({ secret }) => !listed.has(secret))
      if (use !== undefined) {
        return `${kind} ${container['name']} with ${use.how} referencing secret.secretName="${use.secret}" is not allowed because service account ${name} does not reference that secret`
      }
    }
  }
  const pullSecrets = new Set(((account['imagePullSecrets'] ?? []) as Array<{ name?: string }>).map((each) => each.name))
  for (const [i, reference] of ((spec['imagePullSecrets'] ?? []) as Array<{ name?: string }>).entries()) {
    if (!pullSecrets.has(reference.name)) {
      return `imagePullSecrets[${i}].name="${reference.name ?? ''}" is not allowed because service account ${name} does not reference that imagePullSecret`
    }
  }
  return undefined
}

function secretsOf(container: Container): Array<{ how: string; secret: string }> {
  const uses: Array<{ how: string; secret: string }> = []
  for (const { name, valueFrom } of container['env'] ?? []) {
    if (valueFrom?.secretKeyRef !== undefined) uses.push({ how: `envVar ${name}`, secret: valueFrom.secretKeyRef.name ?? '' })
  }
  for (const { secretRef } of container['envFrom'] ?? []) {
    if (secretRef !== undefined) uses.push({ how: 'envFrom', secret: secretRef.name ?? '' })
  }
  return uses
}
