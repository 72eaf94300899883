import { denialText } from '../../authorization/access-denied.ts'
import type { Attributes, Authorizer, Decision } from '../../authorization/attributes.ts'
import type { RulesAuthorizer } from '../../authorization/rbac/authorizer.ts'
import type { RbacWrite } from '../../authorization/rbac/escalation.ts'
import type { RuleResolver } from '../../authorization/rbac/rule-resolver.ts'
import type { ObservedRequest } from '../../server/handler.ts'
import { createNeeds, type Needs } from './needs.ts'

/**
 * What becomes of requests of the Pod's service account that RBAC denies: they are denied (`enforce`), let through with a warning (`warn`),
 * or let through (`record`). Everybody else's are always denied.
 */
export type RbacMode = 'enforce' | 'warn' | 'record'

/** Who is asked for decisions, by what the decision is for. */
export interface AccessPoints {
  /** Of requests, and of what a request needs besides. */
  requests: Authorizer
  impersonation: Authorizer
  admission: Authorizer
  /** Of accounts that ask what they may. */
  reviews: RulesAuthorizer
  /** Whether who writes roles may escalate and bind. What they need is told by `observeGrant`. */
  escalation: Authorizer
}

/** Whose requests are recorded. */
export interface AccessSubject {
  /** A user's name. */
  user: string
  /** That the cluster has from the start. */
  namespaces: Iterable<string>
}

export interface AccessRecorder {
  /** Puts itself between the server and its authorizer. */
  attach(authorizer: RulesAuthorizer): AccessPoints
  /** From now on this account's needs are recorded. */
  begin(subject: AccessSubject): void
  observe(seen: ObservedRequest): void
  /** A write of an RBAC object is going to happen, if it may. */
  observeGrant(write: RbacWrite, resolver: Pick<RuleResolver, 'rulesOf'>): void
  readonly needs: Needs
  readonly subject: string
}

export function createAccessRecorder(mode: RbacMode, onLetThrough: (text: string) => void): AccessRecorder {
  const needs = createNeeds()
  const told = new Set<string>()
  let subject: string | undefined

  const letThrough = (attributes: Attributes, decision: Decision): Decision => {
    if (mode === 'enforce' || decision.verdict === 'allow' || attributes.user.name !== subject) return decision
    if (mode === 'warn') {
      const text = denialText(attributes)
      if (told.size < maxTold && !told.has(text)) onLetThrough(`let through, though not allowed: ${text}`)
      told.add(text)
    }
    return { verdict: 'allow', reason: `inpod: let through (rbacMode ${mode})` }
  }

  return {
    attach(authorizer) {
      const ask = (attributes: Attributes) => letThrough(attributes, authorizer.authorize(attributes))
      const record = (attributes: Attributes) => {
        if (attributes.user.name === subject) needs.add(attributes)
        return ask(attributes)
      }
      return {
        requests: { authorize: record },
        // The finer modes are tried first, and fail where only the plain verb is granted: they are needed only if they succeed.
        impersonation: {
          authorize(attributes) {
            if (attributes.verb === 'impersonate') return record(attributes)
            const decision = authorizer.authorize(attributes)
            return decision.verdict === 'allow' ? record(attributes) : decision
          },
        },
        // Policies ask what they like; who approves for a signer needs the right to. That to a whole domain is asked for, too.
        admission: { authorize: (of) => (of.resource === 'signers' && !of.name.endsWith('/*') ? record(of) : ask(of)) },
        reviews: {
          authorize(attributes) {
            if (attributes.user.name === subject && !isWildcard(attributes)) needs.add(attributes, { requested: false })
            return ask(attributes)
          },
          rulesFor: authorizer.rulesFor,
        },
        escalation: { authorize: ask },
      }
    },
    begin({ user, namespaces }) {
      subject = user
      for (const name of namespaces) needs.knowNamespace(name)
    },
    observe({ info, sender, sent, response, attributes, decision }) {
      const made = response.status === 201 && info.resource === 'namespaces' && info.isResourceRequest && sender?.name !== subject
      const name = info.name || sent?.name
      if (made && name !== undefined) needs.knowNamespace(name)
      // A fault has answered before anybody was asked.
      if (attributes !== undefined && decision === undefined && attributes.user.name === subject) needs.add(attributes)
    },
    observeGrant(write, resolver) {
      if (write.user.name === subject) needs.addGrant(write, resolver)
    },
    needs,
    get subject() {
      return subject ?? ''
    },
  }
}

/** Whoever asks for everything does so to find out, not to do it. */
const isWildcard = ({ verb, group, resource, path }: Attributes) => [verb, group, resource].includes('*') || path.endsWith('*')

const maxTold = 10_000
