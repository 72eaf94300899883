import { createClientSigner } from '../../../packages/emulator/src/pki/client-signer.ts'
import { createServingMaterial } from '../../../packages/emulator/src/pki/serving.ts'

export interface Credentials {
  cert: string
  key: string
}

/** Subjects that a reader of certificates may take for somebody else, or not take at all. */
const subjects: { user: string; groups: string[] }[] = [
  { user: 'kubernetes-admin', groups: ['system:masters'] },
  { user: '', groups: ['system:masters'] },
  { user: 'admin\0.example', groups: ['system:masters\0'] },
  { user: 'jäne, CN=admin', groups: ['ö', 'a,O=system:masters'] },
  { user: 'system:serviceaccount:kube-system:default', groups: Array.from({ length: 500 }, (_, index) => `group-${index}`) },
  { user: 'u'.repeat(60_000), groups: [] },
]

/** Certificates of a CA that is not the server's, of a time that is over, and of one that is for servers. */
export async function strangers(): Promise<Credentials[]> {
  const signer = await createClientSigner()
  const signed = await Promise.all(subjects.map((subject) => signer.issueClientCertificate(subject)))
  const expired = await signer.issueClientCertificate({ ...subjects[0]!, notAfter: new Date(Date.now() - 60_000) })
  const { cert, key } = await createServingMaterial({ names: ['localhost'], addresses: [], now: new Date() })
  const chain = signed.slice(0, 4).map((each) => each.cert)
  return [
    ...signed,
    expired,
    { cert, key },
    { cert: [signed[0]!.cert, ...Array.from({ length: 20 }, () => chain).flat()].join(''), key: signed[0]!.key },
  ]
}
