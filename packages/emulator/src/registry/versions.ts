/** v2 before v1 before v1beta2 before v1alpha1 before anything else by name (apimachinery, util/version). */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [rankVersion(a), rankVersion(b)]
  for (let i = 0; i < 3; i++) if (x[i] !== y[i]) return y[i]! - x[i]!
  return a < b ? -1 : a > b ? 1 : 0
}

function rankVersion(version: string): [stability: number, major: number, minor: number] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
  if (match === null) return [0, 0, 0]
  return [match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1, Number(match[1]), Number(match[3] ?? 0)]
}
