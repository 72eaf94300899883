import type { LockedPackage } from './lock-file.ts'

interface Advisory {
  id: number
  url: string
  title: string
  severity: string
}

/** Advisories that do not concern us, by id, with the reason. */
const ACCEPTED: Readonly<Record<number, string>> = {}
const TIMEOUT_MS = 20_000

/**
 * Asks a registry for known advisories on just these packages, as `npm audit` does.
 * @returns what was found, a line each
 * @throws Error with the reason when the registry gives no answer
 */
export async function askAdvisories(registry: string, packages: LockedPackage[]): Promise<string[]> {
  const versions: Record<string, string[]> = {}
  for (const { name, version } of packages) versions[name] = [...(versions[name] ?? []), version]
  const url = new URL('-/npm/v1/security/advisories/bulk', registry.endsWith('/') ? registry : `${registry}/`)
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(versions), signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!answer.ok) throw new Error(`status ${answer.status}`)
  const found = (await answer.json()) as Record<string, Advisory[]>
  return Object.entries(found).flatMap(([name, advisories]) =>
    advisories
      .filter(({ id }) => ACCEPTED[id] === undefined)
      .map(({ severity, title, url: more }) => `${name} ${versions[name]?.join(', ')}: ${severity}: ${title} (${more})`),
  )
}
