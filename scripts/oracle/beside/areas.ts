import type { Area } from './area.ts'

/** All areas by their names: what `--areas` takes. */
export const areas: Record<string, () => Promise<Area>> = {
  creates: async () => (await import('./areas/creates.ts')).creates,
  metadata: async () => (await import('./areas/metadata.ts')).metadata,
  writes: async () => (await import('./areas/writes.ts')).writes,
  lists: async () => (await import('./areas/lists.ts')).lists,
  watches: async () => (await import('./areas/watches.ts')).watches,
  subresources: async () => (await import('./areas/subresources.ts')).subresources,
  reviews: async () => (await import('./areas/reviews.ts')).reviews,
  customs: async () => (await import('./areas/customs.ts')).customs,
  policies: async () => (await import('./areas/policies.ts')).policies,
  quotas: async () => (await import('./areas/quotas.ts')).quotas,
  paths: async () => (await import('./areas/paths.ts')).odd,
}
