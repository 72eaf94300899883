import type { Area } from './area.ts'

/** All areas by their names: what `--areas` takes. */
export const areas: Record<string, () => Promise<Area>> = {
  creates: async () => (await import('./areas/creates.ts')).creates,
  metadata: async () => (await import('./areas/metadata.ts')).metadata,
  writes: async () => (await import('./areas/writes.ts')).writes,
  updates: async () => (await import('./areas/updates.ts')).updates,
  applies: async () => (await import('./areas/applies.ts')).applies,
  actions: async () => (await import('./areas/actions.ts')).actions,
  deletions: async () => (await import('./areas/deletions.ts')).deletions,
  fields: async () => (await import('./areas/fields.ts')).fields,
  tables: async () => (await import('./areas/tables.ts')).tables,
  warnings: async () => (await import('./areas/warnings.ts')).warnings,
  lists: async () => (await import('./areas/lists.ts')).lists,
  watches: async () => (await import('./areas/watches.ts')).watches,
  subresources: async () => (await import('./areas/subresources.ts')).subresources,
  reviews: async () => (await import('./areas/reviews.ts')).reviews,
  customs: async () => (await import('./areas/customs.ts')).customs,
  definitions: async () => (await import('./areas/definitions.ts')).definitions,
  policies: async () => (await import('./areas/policies.ts')).policies,
  quotas: async () => (await import('./areas/quotas.ts')).quotas,
  paths: async () => (await import('./areas/paths.ts')).odd,
}
