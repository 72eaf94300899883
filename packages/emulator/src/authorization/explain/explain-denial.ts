import { newAccessDenied } from '../access-denied.ts'
import type { Attributes, Decision } from '../attributes.ts'
import { createRbacAuthorizer } from '../rbac/authorizer.ts'
import type { PolicyRule } from '../rbac/policy-rule.ts'
import type { RbacSource } from '../rbac/rule-resolver.ts'
import { privilegedGroupAuthorizer } from '../union.ts'
import { bindingTitle, type Candidate, createInquiry, findCandidates, type Inquiry, roleTitle } from './candidates.ts'
import { type Fix, findFix } from './fix.ts'
import type { KnownResource } from './known-resources.ts'
import { distance } from './lacks.ts'
import { findMistakes, type Mistake } from './mistakes.ts'

/** A binding that is in force for the user, and why it does not allow the request. */
export interface BindingReport {
  binding: string
  role: string
  /** Such as `Group "system:authenticated"`. */
  through: string
  /** Such as `rule 1 lacks the verb "list"`. */
  finding: string
}

export interface NearestRule {
  binding: string
  role: string
  /** From 1. */
  number: number
  rule: PolicyRule
  lacks: string[]
}

/** Why a request is denied, and what would change it. */
export interface DenialExplanation {
  attributes: Attributes
  allowed: boolean
  decision: Decision
  /** The message of the 403, or of the binding that allows. */
  message: string
  bindings: BindingReport[]
  nearest: NearestRule | undefined
  mistakes: Mistake[]
  /** Undefined if nothing is to be fixed. */
  fix: Fix | undefined
}

/** The finding about a binding that has nothing to do with the request. */
export const unrelated = 'nothing about this'

/** Rules that lack more than this have little to do with the request. */
const farthest = 2.5

/** Asks the evaluator, and if it says no, looks for the reason in the roles and bindings of the source. */
export function explainDenial(attributes: Attributes, source: RbacSource, resources: readonly KnownResource[]): DenialExplanation {
  const privileged = privilegedGroupAuthorizer.authorize(attributes)
  const decision = privileged.verdict === 'allow' ? privileged : createRbacAuthorizer(source).authorize(attributes)
  const allowed = decision.verdict === 'allow'
  const inquiry = createInquiry(attributes, source, resources)
  const bindings = reportBindings(inquiry)
  if (allowed) {
    return { attributes, allowed, decision, message: decision.reason, bindings, nearest: undefined, mistakes: [], fix: undefined }
  }
  const candidates = findCandidates(inquiry)
  const near = candidates.filter(({ lacks }) => distance(lacks) <= 2 * farthest)
  const mistakes = findMistakes(inquiry, near)
  const nearest = near.find(({ lacks }) => distance(lacks) <= farthest) ?? (mistakes.length > 0 ? near[0] : undefined)
  const message = newAccessDenied(attributes, decision).message
  return {
    attributes,
    allowed,
    decision,
    message,
    bindings,
    nearest: nearest && describe(nearest),
    mistakes,
    fix: findFix(inquiry, candidates),
  }
}

const describe = ({ binding, rule, index, lacks }: Candidate): NearestRule => ({
  binding: bindingTitle(binding),
  role: roleTitle(binding),
  number: index + 1,
  rule,
  lacks: lacks.map(({ text }) => text),
})

function reportBindings(inquiry: Inquiry): BindingReport[] {
  const { attributes, resolver } = inquiry
  const candidates = findCandidates(inquiry)
  return resolver.bindingsFor(attributes.user, attributes.namespace).map(({ binding, subject, rules }) => ({
    binding: bindingTitle(binding),
    role: roleTitle(binding),
    through: `${subject.kind} ${JSON.stringify(subject.name)}`,
    finding:
      rules === undefined
        ? 'the role does not exist'
        : findingOf(candidates.find((candidate) => isOf(candidate, binding.namespace, binding.name))),
  }))
}

const isOf = ({ binding }: Candidate, namespace: string, name: string) => binding.namespace === namespace && binding.name === name

function findingOf(nearest: Candidate | undefined): string {
  if (nearest === undefined || distance(nearest.lacks) > farthest) return unrelated
  const texts = nearest.lacks.map(({ text }) => text)
  return texts.length === 0 ? `rule ${nearest.index + 1} allows it` : `rule ${nearest.index + 1} lacks ${texts.join(' and ')}`
}
