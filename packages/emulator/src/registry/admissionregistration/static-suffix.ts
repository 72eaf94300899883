import type { KubeObject } from '../../apimachinery/object.ts'

const staticSuffix = '.static.k8s.io'

/** Names of configurations that a server reads from files. */
export const staticNameWarnings = ({ metadata }: KubeObject): string[] =>
  metadata.name?.endsWith(staticSuffix)
    ? [
        `metadata.name: names ending with "${staticSuffix}" are reserved for static manifest-based configurations and cannot be managed via the API`,
      ]
    : []
