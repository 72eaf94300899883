import { deepEqual } from '../apimachinery/deep-copy.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import { quote } from '../apimachinery/quote.ts'
import type { Authorizer } from '../authorization/attributes.ts'
import type { AdmissionAttributes } from '../registry/context.ts'
import { type AdmissionPlugin, refusal } from './plugin.ts'

const group = 'certificates.k8s.io'
const clientSigner = 'kubernetes.io/kube-apiserver-client'

/**
 * Who may approve and sign CertificateSigningRequests, and what they may ask for (the CertificateApproval, CertificateSigning and
 * CertificateSubjectRestriction plugins).
 */
export function certificatesPlugin(authorizer: () => Authorizer): AdmissionPlugin {
  const may = ({ user }: AdmissionAttributes, verb: string, signerName: string): boolean => {
    const domain = `${signerName.split('/')[0]}/*`
    return [signerName, domain].some((name) => {
      const attributes = {
        user,
        verb,
        resourceRequest: true,
        group,
        version: '*',
        resource: 'signers',
        subresource: '',
        namespace: '',
        name,
        path: '',
      }
      return authorizer().authorize(attributes).verdict === 'allow'
    })
  }

  const checks: Record<string, (attributes: AdmissionAttributes) => void | Promise<void>> = {
    approval(attributes) {
      const signer = signerOf(attributes.oldObject!)
      if (!may(attributes, 'approve', signer)) refuse(attributes, `user not permitted to approve requests with signerName ${quote(signer)}`)
    },
    status(attributes) {
      const { object, oldObject } = attributes
      const [now, before] = [object!['status'] ?? {}, oldObject!['status'] ?? {}]
      if (now.certificate === before.certificate && deepEqual(now.conditions, before.conditions)) return
      const signer = signerOf(oldObject!)
      if (!may(attributes, 'sign', signer)) refuse(attributes, `user not permitted to sign requests with signerName ${quote(signer)}`)
    },
    async ''(attributes) {
      const { object } = attributes
      if (attributes.operation !== 'CREATE' || signerOf(object!) !== clientSigner) return
      const { organizationsOf } = await import('../pki/certificate-request.ts')
      const organizations = organizationsOf(Buffer.from(object!['spec'].request, 'base64').toString())
      if (organizations.includes('system:masters'))
        refuse(attributes, `use of ${clientSigner} signer with system:masters group is not allowed`)
    },
  }

  return {
    validate(attributes) {
      const { definition, object, subresource } = attributes
      if (object === undefined || definition.group !== group || definition.resource !== 'certificatesigningrequests') return undefined
      return checks[subresource]?.(attributes)
    },
  }
}

const signerOf = ({ spec }: KubeObject): string => spec?.signerName ?? ''

function refuse(attributes: AdmissionAttributes, why: string): never {
  throw refusal(attributes, why)
}
