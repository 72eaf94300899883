import type { Clock } from '../../apimachinery/clock.ts'
import type { Facts } from '../../facts/types.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import type { ApiServices, Printer } from '../services.ts'

/** What the rows of a Table hold, by resource. */
export function createPrinters(_facts: Facts, clock: Clock): ApiServices['printers'] {
  const fallback: Printer = {
    columns: [
      { name: 'Name', type: 'string', format: 'name', description: '', priority: 0 },
      { name: 'Age', type: 'string', format: '', description: '', priority: 0 },
    ],
    cells: ({ metadata }) => [metadata.name ?? '', age(metadata.creationTimestamp, clock)],
  }
  return { of: (_definition: ResourceDefinition) => fallback }
}

function age(since: string | undefined, clock: Clock): string {
  return since === undefined ? '<unknown>' : `${Math.floor((clock.now() - Date.parse(since)) / 1000)}s`
}
