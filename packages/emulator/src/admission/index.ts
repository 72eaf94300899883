import type { Admission } from '../registry/context.ts'
import type { Registry } from '../registry/registry.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'

/** The admission plugins of a server, in its order. */
export function createAdmission(registry: () => Registry): Admission {
  const lifecycle = namespaceLifecycle(registry)
  return {
    admit: (attributes) => lifecycle(attributes),
    validate: () => {},
  }
}
