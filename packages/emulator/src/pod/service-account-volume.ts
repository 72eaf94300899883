import type { VolumeFile } from './volume.ts'

/** Where a container finds its service account's files. */
export const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The texts of the three files; none ends with a newline of its own making. */
export interface ServiceAccountFiles {
  token: string
  'ca.crt': string
  namespace: string
}

/** What of a Pod's securityContext decides over the files' owners and modes. */
export interface VolumeOwner {
  /** `runAsUser`, when all containers run as the same user. */
  runAsUser?: number
  fsGroup?: number
}

/**
 * The files of the `kube-api-access` volume. The token is 0600 when the Pod names one user or an fsGroup, which then opens it to the
 * group (0640); everything else keeps the default mode, 0644 (kubernetes/pkg/volume/projected, KEP-1205).
 */
export function serviceAccountVolume(files: ServiceAccountFiles, { runAsUser, fsGroup }: VolumeOwner = {}): Record<string, VolumeFile> {
  const tokenMode = runAsUser === undefined && fsGroup === undefined ? 0o644 : 0o600
  const groupMode = fsGroup === undefined ? 0 : 0o440
  const file = (text: string, mode: number, uid?: number): VolumeFile => ({ text, mode: mode | groupMode, uid, gid: fsGroup })
  return {
    'ca.crt': file(files['ca.crt'], 0o644),
    namespace: file(files.namespace, 0o644),
    token: file(files.token, tokenMode, runAsUser),
  }
}
