/** The private claims of a service account token, as the API server writes them (KEP-1205, KEP-4193). */
export interface KubernetesClaims {
  namespace: string
  serviceaccount: { name: string; uid: string }
  pod?: { name: string; uid: string }
  secret?: { name: string; uid: string }
  node?: { name: string; uid: string }
  warnafter?: number
}

export interface TokenClaims {
  aud: string[]
  exp: number
  iat: number
  nbf: number
  iss: string
  jti: string
  sub: string
  'kubernetes.io': KubernetesClaims
}

/** Whose token it is. */
export interface PodAccount {
  namespace: string
  name: string
  uid: string
}

export const defaultIssuer = 'https://kubernetes.default.svc.cluster.local'
