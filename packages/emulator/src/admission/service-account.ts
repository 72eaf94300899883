import type { KubeObject } from '../apimachinery/object.ts'
import { newPlainError } from '../apimachinery/status-error.ts'
import { pathSegmentName } from '../apimachinery/validation/index.ts'
import type { AdmissionAttributes } from '../registry/context.ts'
import { type AdmissionPlugin, type AdmissionSource, isFor, refusal } from './plugin.ts'

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
    const { namespace } = attributes
    const found = lookup({ group: '', resource: 'serviceaccounts' }, namespace, spec['serviceAccountName'])
    if (found !== undefined) return found
    const name = spec['serviceAccountName'] ?? ''
    const unusable = pathSegmentName(name, false)
    const what = unusable.length > 0 ? `invalid resource name "${name}": [${unusable.join(' ')}]` : `serviceaccount "${name}" not found`
    const why = `error looking up service account ${namespace}/${name}: ${what}`
    throw refusal(attributes, why)
  }

  /** Containers that are added to a Pod for debugging. */
  const validateDebugging = (attributes: AdmissionAttributes) => {
    const { definition, subresource, object, namespace } = attributes
    if (definition.group !== '' || definition.resource !== 'pods' || subresource !== 'ephemeralcontainers') return
    const spec = object!['spec'] as PodSpec
    if (!spec['serviceAccountName']) {
      throw refusal(attributes, `no service account specified for pod ${namespace}/${object!.metadata.name}`)
    }
    const account = accountOf(attributes, spec)
    if (!enforces(account)) return
    const why = unlisted(account, 'ephemeral container', spec['ephemeralContainers'] ?? [])
    // As the server's code hands it out, without the usual introduction.
    if (why !== undefined) throw newPlainError(why)
  }

  return {
    admit(attributes) {
      const { object, operation } = attributes
      if (object === undefined || operation !== 'CREATE' || !isFor(attributes, '', 'pods')) return
      if (isMirror(object)) return validateMirror(attributes)
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
      if (operation === 'UPDATE') return validateDebugging(attributes)
      if (object === undefined || operation !== 'CREATE' || !isFor(attributes, '', 'pods')) return
      if (isMirror(object)) return validateMirror(attributes)
      const spec = object['spec'] as PodSpec
      const account = accountOf(attributes, spec)
      if (!enforces(account)) return
      const why = unmountable(account, spec)
      if (why !== undefined) throw refusal(attributes, why)
    },
  }
}

const isMirror = ({ metadata }: KubeObject) => metadata.annotations?.[mirrorAnnotation] !== undefined

function validateMirror(attributes: AdmissionAttributes): void {
  const why = mirrorMistake(attributes.object!['spec'])
  if (why !== undefined) throw refusal(attributes, why)
}

const enforces = ({ metadata }: KubeObject) => /^(1|t|T|true|TRUE|True)$/.test(metadata.annotations?.[enforceAnnotation] ?? '')

/** Pods that a kubelet runs by itself have no account, and nothing that would need one. */
function mirrorMistake(spec: PodSpec): string | undefined {
  if (spec['serviceAccountName']) return 'a mirror pod may not reference service accounts'
  const containers: Container[] = [...(spec['initContainers'] ?? []), ...(spec['containers'] ?? [])]
  const volumes: PodSpec[] = spec['volumes'] ?? []
  const sources: PodSpec[] = volumes.flatMap(({ projected }) => projected?.sources ?? [])
  const secrets = [...volumes, ...sources].some(({ secret }) => secret !== undefined) || (spec['imagePullSecrets'] ?? []).length > 0
  if (secrets || containers.some((container) => secretsOf(container).length > 0)) return 'a mirror pod may not reference secrets'
  if (sources.some(({ serviceAccountToken }) => serviceAccountToken !== undefined)) {
    return 'a mirror pod may not use ServiceAccountToken volume projections'
  }
  return undefined
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
  const listed = listedSecrets(account)
  for (const { secret } of spec['volumes'] ?? []) {
    if (secret !== undefined && !listed.has(secret.secretName)) {
      return `volume with secret.secretName="${secret.secretName}" is not allowed because service account ${name} does not reference that secret`
    }
  }
  const inContainers =
    unlisted(account, 'init container', spec['initContainers'] ?? []) ?? unlisted(account, 'container', spec['containers'] ?? [])
  if (inContainers !== undefined) return inContainers
  const pullSecrets = new Set(((account['imagePullSecrets'] ?? []) as Array<{ name?: string }>).map((each) => each.name))
  for (const [i, reference] of ((spec['imagePullSecrets'] ?? []) as Array<{ name?: string }>).entries()) {
    if (!pullSecrets.has(reference.name)) {
      return `imagePullSecrets[${i}].name="${reference.name ?? ''}" is not allowed because service account ${name} does not reference that imagePullSecret`
    }
  }
  return undefined
}

const listedSecrets = (account: KubeObject) => new Set(((account['secrets'] ?? []) as Array<{ name?: string }>).map((each) => each.name))

/** The first use of a Secret in containers that the account does not list. */
function unlisted(account: KubeObject, kind: string, containers: readonly Container[]): string | undefined {
  const listed = listedSecrets(account)
  for (const container of containers) {
    const use = secretsOf(container).find(({ secret }) => !listed.has(secret))
    if (use !== undefined) {
      return `${kind} ${container['name']} with ${use.how} referencing secret.secretName="${use.secret}" is not allowed because service account ${account.metadata.name} does not reference that secret`
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
