import { quote } from '../quote.ts'
import { type StatusCause, StatusError } from '../status-error.ts'
import { type FieldSet, showPaths } from './field-set.ts'
import type { Manager, Managers } from './managers.ts'

/** 409: an apply would change fields that others manage. `lost`: for each of them, what; by identity. */
export function newApplyConflict(lost: ReadonlyMap<string, FieldSet>, managers: Managers): StatusError {
  const causes: StatusCause[] = []
  const texts: string[] = []
  const byManager = [...lost]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, fields]) => ({ manager: managers.get(id) as Manager, paths: showPaths(fields) }))
  for (const { manager, paths } of byManager) {
    const shown = showManager(manager)
    for (const field of paths) causes.push({ reason: 'FieldManagerConflict', message: `conflict with ${shown}`, field })
    texts.push(`conflicts with ${shown}:`, ...paths.map((field) => `- ${field}`))
  }
  const [only, ...more] = causes
  const what =
    only !== undefined && more.length === 0
      ? `1 conflict: ${only.message}: ${only.field}`
      : `${causes.length} conflicts: ${texts.join('\n')}`
  return new StatusError({ code: 409, reason: 'Conflict', message: `Apply failed with ${what}`, details: { causes } })
}

function showManager({ manager, operation, apiVersion, subresource }: Manager): string {
  const name = quote(manager) + (subresource === '' ? '' : ` with subresource ${quote(subresource)}`)
  return operation === 'Update' ? `${name} using ${apiVersion}` : name
}
