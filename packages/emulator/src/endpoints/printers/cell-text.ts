import { compareBytes } from '../../apimachinery/patch/json-object.ts'
import { canonicalQuantity } from '../../apimachinery/quantity.ts'
import { formatLabelSelector } from '../subresources/label-selector-text.ts'

export const none = '<none>'
export const unset = '<unset>'

/** Labels as `a=1,b=2`, sorted as texts. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)
  return pairs.sort(compareBytes).join(',') || none
}

export const formatSelector = (selector: unknown): string => formatLabelSelector(selector) || none

interface NamedImage {
  name: string
  image?: string
}

/** Two cells: the names of containers, and their images. */
export function containerCells(spec: { containers?: readonly NamedImage[] } | undefined): [names: string, images: string] {
  const containers = spec?.containers ?? []
  return [containers.map(({ name }) => name).join(','), containers.map(({ image = '' }) => image).join(',')]
}

/** The first of a list, and how many more there are. */
export function formatFirst(texts: readonly string[], max: number, separator = ','): string {
  const shown = texts.slice(0, max).join(separator)
  return texts.length > max ? `${shown} + ${texts.length - max} more...` : shown
}

/** A quantity as it prints; none is zero. */
export const formatAmount = (quantity: string | number | undefined): string => canonicalQuantity(String(quantity ?? '0'))

interface Ingress {
  ip?: string
  hostname?: string
}

/** The addresses of a load balancer, sorted, each once. */
export function loadBalancerAddresses({ ingress = [] }: { ingress?: readonly Ingress[] } = {}): string {
  const addresses = ingress.map(({ ip, hostname }) => ip || hostname || '').filter((address) => address !== '')
  return [...new Set(addresses)].sort(compareBytes).join(',')
}
