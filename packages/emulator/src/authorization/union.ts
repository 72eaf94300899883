import { aggregateErrors } from '../apimachinery/aggregate-errors.ts'
import type { Decision } from './attributes.ts'
import type { RulesAuthorizer, UserRules } from './rbac/authorizer.ts'

const allowed: Decision = { verdict: 'allow', reason: '' }
const noOpinion: Decision = { verdict: 'noOpinion', reason: '' }
const noRules: UserRules = { resourceRules: [], nonResourceRules: [], incomplete: false }

/** Asks one authorizer after the other; the first that allows or denies decides. Reasons of those without an opinion are joined. */
export function unionAuthorizer(authorizers: readonly RulesAuthorizer[]): RulesAuthorizer {
  return {
    authorize(attributes) {
      const reasons: string[] = []
      const errors: string[] = []
      for (const authorizer of authorizers) {
        const decision = authorizer.authorize(attributes)
        if (decision.verdict !== 'noOpinion') return decision
        if (decision.reason !== '') reasons.push(decision.reason)
        if (decision.evaluationError !== undefined) errors.push(decision.evaluationError)
      }
      if (reasons.length === 0 && errors.length === 0) return noOpinion
      return {
        verdict: 'noOpinion',
        reason: reasons.join('\n'),
        ...(errors.length === 0 ? {} : { evaluationError: aggregateErrors(errors) }),
      }
    },
    rulesFor(user, namespace) {
      const all = authorizers.map((authorizer) => authorizer.rulesFor(user, namespace))
      const errors = all.flatMap(({ evaluationError }) => (evaluationError === undefined ? [] : [evaluationError]))
      return {
        resourceRules: all.flatMap(({ resourceRules }) => resourceRules),
        nonResourceRules: all.flatMap(({ nonResourceRules }) => nonResourceRules),
        incomplete: all.some(({ incomplete }) => incomplete),
        ...(errors.length === 0 ? {} : { evaluationError: aggregateErrors(errors) }),
      }
    },
  }
}

/** Allows members of system:masters everything, without a reason and without rules to list. */
export const privilegedGroupAuthorizer: RulesAuthorizer = {
  authorize: ({ user }) => (user.groups.includes('system:masters') ? allowed : noOpinion),
  rulesFor: () => noRules,
}
