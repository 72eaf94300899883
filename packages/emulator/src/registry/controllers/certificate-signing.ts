import { type Clock, formatTime } from '../../apimachinery/clock.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { ClientSigner } from '../../pki/client-signer.ts'
import type { Controller } from './controller.ts'
import type { SystemClient } from './system-client.ts'

const requests = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests' }
const year = 365 * 24 * 60 * 60
/** No certificate is for less, however little was asked for. */
const minSeconds = 600

/** What a signer makes of a request's usages: undefined where they are right. */
type UsageCheck = (usages: readonly string[]) => string | undefined

/** The signers of kube-controller-manager that clients of an API server use. */
const signers: Record<string, UsageCheck> = {
  'kubernetes.io/kube-apiserver-client': (usages) => {
    const wrong = usages.find((usage) => !['digital signature', 'key encipherment', 'client auth'].includes(usage))
    if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`
    return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth'
  },
  'kubernetes.io/kube-apiserver-client-kubelet': (usages) =>
    usages.includes('client auth') && usages.includes('digital signature')
      ? undefined
      : 'usages did not match [client auth digital signature]',
}

/** Signs approved CertificateSigningRequests (the csrsigning controller). */
export function certificateSigning(client: SystemClient, signer: () => Promise<ClientSigner>, clock: Clock): Controller {
  const sign = async (name: string, { spec }: KubeObject) => {
    const problem = signers[spec.signerName]!(spec.usages ?? [])
    const result = problem === undefined ? await certificateFor(spec) : { problem }
    client.update(requests, '', name, (object) => {
      if (!isDue(object)) return false
      const status = object['status'] ?? {}
      object['status'] = status
      if ('certificate' in result) status.certificate = Buffer.from(result.certificate).toString('base64')
      else status.conditions = [...(status.conditions ?? []), failure(result.problem)]
      return undefined
    })
  }

  const certificateFor = async (spec: KubeObject['spec']): Promise<{ certificate: string } | { problem: string }> => {
    const seconds = Math.min(year, Math.max(minSeconds, spec.expirationSeconds ?? year))
    try {
      const text = Buffer.from(spec.request, 'base64').toString()
      const notAfter = new Date(clock.now() + seconds * 1000)
      return { certificate: await (await signer()).signCertificateRequest(text, { usages: spec.usages, notAfter }) }
    } catch (error) {
      return { problem: (error as Error).message }
    }
  }

  const failure = (message: string) => ({
    type: 'Failed',
    status: 'True',
    reason: 'SignerValidationFailure',
    message,
    lastUpdateTime: formatTime(clock.now()),
    lastTransitionTime: formatTime(clock.now()),
  })

  return {
    changed({ group, resource, key, change }) {
      if (group !== requests.group || resource !== requests.resource || change.deleted || !isDue(change.object)) return undefined
      return sign(key, change.object)
    },
  }
}

/** Approved, for a signer of ours, and neither signed nor refused. */
function isDue({ spec, status = {} }: KubeObject): boolean {
  const conditions: Array<{ type: string; status?: string }> = status.conditions ?? []
  const has = (type: string) => conditions.some((condition) => condition.type === type && condition.status !== 'False')
  return Object.hasOwn(signers, spec.signerName) && !status.certificate && has('Approved') && !has('Denied') && !has('Failed')
}
