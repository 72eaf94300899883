import type { ObjectMeta } from '../../apimachinery/object.ts'
import type { Fields } from '../../apimachinery/validation/index.ts'

/** Why a Pod breaks a rule: what rule, and where it breaks it. */
export interface Violation {
  reason: string
  detail: string
}

export type CheckPod = (spec: Fields, metadata: ObjectMeta) => Violation | undefined

/** A rule of the Pod Security Standards, with the forms that it took over time. */
export interface Check {
  id: string
  level: 'baseline' | 'restricted'
  /** By the minor version that brought it; ascending. */
  versions: ReadonlyArray<{ since: number; check: CheckPod }>
  /** The baseline check that this one takes the place of. */
  overrides?: string
}

export function containersOf(spec: Fields): Fields[] {
  return [...(spec['initContainers'] ?? []), ...(spec['containers'] ?? []), ...(spec['ephemeralContainers'] ?? [])]
}

export const plural = (word: string, items: readonly unknown[]): string => (items.length === 1 ? word : `${word}s`)
export const quoted = (items: readonly string[]): string => items.map((item) => `"${item}"`).join(', ')
/** `container "a"`, `containers "a", "b"`. */
export const named = (word: string, names: readonly string[]): string => `${plural(word, names)} ${quoted(names)}`
export const sorted = (items: Iterable<string>): string[] => [...new Set(items)].sort()

/** The containers of which something holds. */
export const containersThat = (spec: Fields, test: (container: Fields) => boolean): string[] =>
  containersOf(spec)
    .filter(test)
    .map(({ name }) => name)

/** Who sets something in a securityContext, as messages say it: `pod`, `pod and container "a"`; undefined if nobody does. */
export function setters(spec: Fields, test: (securityContext: Fields) => boolean): string | undefined {
  const containers = containersThat(spec, ({ securityContext }) => securityContext !== undefined && test(securityContext))
  const ofPod = spec['securityContext'] !== undefined && test(spec['securityContext'])
  const parts = [...(ofPod ? ['pod'] : []), ...(containers.length > 0 ? [named('container', containers)] : [])]
  return parts.length === 0 ? undefined : parts.join(' and ')
}

export const isWindows = ({ os }: Fields): boolean => os?.name === 'windows'
/** Root in a user namespace of its own is not root of the node. */
export const ownsUserNamespace = ({ hostUsers }: Fields): boolean => hostUsers === false

export const unless =
  (exempt: (spec: Fields) => boolean, check: CheckPod): CheckPod =>
  (spec, metadata) =>
    exempt(spec) ? undefined : check(spec, metadata)
