import { type FieldPath, fieldPath } from '../../../apimachinery/field-error.ts'
import type { Fields } from '../../../apimachinery/validation/index.ts'

/** All containers of a spec with their paths, in the order in which the API server walks them: init, regular, ephemeral. */
export function allContainers(spec: Fields, path: FieldPath = fieldPath()): { container: Fields; path: FieldPath }[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) =>
    (spec[field] ?? []).map((container: Fields, i: number) => ({ container, path: path.child(field).index(i) })),
  )
}

export const isSidecar = (container: Fields) => container.restartPolicy === 'Always'
