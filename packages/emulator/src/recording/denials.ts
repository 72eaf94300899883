import { type DenialExplanation, explainDenial } from '../authorization/explain/explain-denial.ts'
import { knownResources } from '../authorization/explain/known-resources.ts'
import type { Facts } from '../facts/types.ts'
import type { Registry } from '../registry/registry.ts'
import type { ObservedRequest } from '../server/handler.ts'

const definitions = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' }
/** A program that asks for ever new things must not fill the memory. */
const maxRemembered = 1_000

/** Explains each denied request once: those of the same message are alike. */
export function observeDenials(
  server: () => { registry: Registry; facts: Facts },
  tell: (explanation: DenialExplanation) => void,
): (seen: ObservedRequest) => void {
  const told = new Set<string>()
  return ({ attributes, decision }) => {
    if (attributes === undefined || decision === undefined || decision.verdict === 'allow') return
    const { registry, facts } = server()
    const key = JSON.stringify(attributes)
    if (told.has(key)) return
    if (told.size >= maxRemembered) told.clear()
    told.add(key)
    const source = { list: (resource: { group: string; resource: string }, namespace: string) => registry.lookupAll(resource, namespace) }
    tell(explainDenial(attributes, source, knownResources(facts.groups, registry.lookupAll(definitions, ''))))
  }
}
