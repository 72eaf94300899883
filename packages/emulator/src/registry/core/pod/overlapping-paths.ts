import { quote } from '../../../apimachinery/quote.ts'
import type { Fields } from '../../../apimachinery/validation/index.ts'

interface FilePath {
  path: string
  source: string
}

const show = ({ path, source }: FilePath) => (source === '' ? quote(path) : `${quote(path)} (${source})`)
const pathsOf = (items: readonly Fields[], source: string): FilePath[] => items.map(({ path = '' }) => ({ path, source }))

/** Files of one volume of which one hides another, or lies where another expects a folder. */
export function overlappingPathWarnings(volumes: readonly Fields[]): string[] {
  return volumes.flatMap((volume) => {
    const { name = '', configMap, secret, downwardAPI, projected } = volume
    const of = (description: string, items: readonly Fields[] | undefined) =>
      overlaps(pathsOf(items ?? [], '')).map((text) => `volume ${quote(name)} (${description}): overlapping paths: ${text}`)
    return [
      ...(configMap ? of(`ConfigMap ${quote(configMap.name ?? '')}`, configMap.items) : []),
      ...(secret ? of(`Secret ${quote(secret.secretName ?? '')}`, secret.items) : []),
      ...(downwardAPI ? of('DownwardAPI', downwardAPI.items) : []),
      ...(projected ? projectedWarnings(name, projected.sources ?? []) : []),
    ]
  })
}

function projectedWarnings(name: string, sources: readonly Fields[]): string[] {
  const empty = sources.filter((source) => Object.keys(source).length === 0)
  const texts = overlaps(sources.flatMap(projectedPaths))
  return [
    ...empty.map(() => `volume ${quote(name)} (Projected) has no sources provided`),
    ...texts.map((text) => `volume ${quote(name)} (Projected): overlapping paths: ${text}`),
  ]
}

function projectedPaths({ configMap, secret, downwardAPI, serviceAccountToken }: Fields): FilePath[] {
  if (configMap?.items) return pathsOf(configMap.items, `ConfigMap ${quote(configMap.name ?? '')}`)
  if (secret?.items) return pathsOf(secret.items, `Secret ${quote(secret.name ?? '')}`)
  if (downwardAPI?.items) return pathsOf(downwardAPI.items, 'DownwardAPI')
  return serviceAccountToken ? [{ path: serviceAccountToken.path ?? '', source: 'ServiceAccountToken' }] : []
}

function overlaps(files: readonly FilePath[]): string[] {
  const seen: FilePath[] = []
  return files.flatMap(({ path, source }) => {
    const file = { path: path.replace(/\/+$/, ''), source }
    const hits = file.path === '' ? [] : seen.filter((other) => other.path !== '' && collide(file.path, other.path))
    seen.push(file)
    return hits.map((other) => `${show(file)} with ${show(other)}`)
  })
}

const collide = (a: string, b: string) => `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`)
