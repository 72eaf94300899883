import type { Area } from './area.ts'

// biome-ignore lint/suspicious/noExplicitAny: each area knows its own inputs
type AnyArea = Area<any>

/** All areas by their names: what `npm run fuzz -- --areas` takes. */
export const areas: Record<string, () => Promise<AnyArea>> = {
  handshakes: async () => (await import('./transport/handshakes.ts')).handshakes(),
  http1: async () => (await import('./transport/http1.ts')).http1,
  http2: async () => (await import('./transport/http2.ts')).http2,
  upgrades: async () => (await import('./transport/upgrades.ts')).upgrades,
  streams: async () => (await import('./streams/area.ts')).streams,
  tokens: async () => (await import('./identity/tokens.ts')).tokens,
  credentials: async () => (await import('./identity/credentials.ts')).credentials,
  rights: async () => (await import('./rights/area.ts')).rights,
  files: async () => (await import('./files/area.ts')).files,
  flags: async () => (await import('./flags/area.ts')).flags,
  queries: async () => (await import('./transport/queries.ts')).queries,
  paths: async () => (await import('./transport/paths.ts')).paths,
  bodies: async () => (await import('./bodies/areas.ts')).bodies,
  patches: async () => (await import('./bodies/areas.ts')).patches,
  'reads-and-deletes': async () => (await import('./bodies/areas.ts')).readsAndDeletes,
  subresources: async () => (await import('./bodies/areas.ts')).subresources,
  lifecycle: async () => (await import('./bodies/areas.ts')).lifecycle,
  schemas: async () => (await import('./bodies/areas.ts')).schemas,
  'admission-policies': async () => (await import('./bodies/areas.ts')).admissionPolicies,
}
