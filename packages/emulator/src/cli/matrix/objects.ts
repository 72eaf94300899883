import type { Emulator } from '../../emulator.ts'
import type { ObjectPattern } from '../../scenario/matrix/scenario.ts'

/** The objects that patterns name; those that are not there are left out. */
export async function fetchObjects(emulator: Emulator, patterns: readonly ObjectPattern[]): Promise<Map<ObjectPattern, unknown>> {
  emulator.faults.clear()
  const found = new Map<ObjectPattern, unknown>()
  const get = async (path: string) => {
    const response = await emulator.fetch(path, { headers: { authorization: `Bearer ${emulator.adminToken}`, accept: 'application/json' } })
    return response.ok ? response.json() : undefined
  }
  for (const pattern of patterns) {
    const { apiVersion, kind, metadata } = pattern
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const { resources = [] } = ((await get(base)) ?? {}) as { resources?: { name: string; kind: string; namespaced: boolean }[] }
    const resource = resources.find((each) => each.kind === kind && !each.name.includes('/'))
    if (resource === undefined) continue
    const namespace = resource.namespaced ? `/namespaces/${encodeURIComponent(metadata.namespace ?? emulator.pod.namespace)}` : ''
    const object: unknown = await get(`${base}${namespace}/${resource.name}/${encodeURIComponent(metadata.name)}`)
    if (object !== undefined) found.set(pattern, object)
  }
  return found
}
