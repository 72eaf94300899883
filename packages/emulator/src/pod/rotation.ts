const DAY_MS = 86_400_000

/**
 * How long the kubelet keeps a token, in milliseconds: until a fifth of its time is left, and no longer than a day
 * (kubernetes/pkg/kubelet/token).
 */
export function tokenKeptFor(expirationSeconds = 3607): number {
  return Math.min(expirationSeconds * 800, DAY_MS)
}
