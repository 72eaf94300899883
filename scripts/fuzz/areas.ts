import type { Area } from './area.ts'

// biome-ignore lint/suspicious/noExplicitAny: each area knows its own inputs
type AnyArea = Area<any>

/** All areas by their names: what `npm run fuzz -- --areas` takes. */
export const areas: Record<string, () => Promise<AnyArea>> = {
  paths: async () => (await import('./transport/paths.ts')).paths,
}
