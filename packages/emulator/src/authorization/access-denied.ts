import { quote } from '../apimachinery/quote.ts'
import { newForbidden, type StatusError } from '../apimachinery/status-error.ts'
import type { Attributes, Authorizer, Decision } from './attributes.ts'

/** The 403 of a request that no authorizer allows, with the authorizers' reason where there is one. */
export function newAccessDenied(attributes: Attributes, { reason }: Pick<Decision, 'reason'>): StatusError {
  const text = escapeHtml(denialText(attributes))
  return newForbidden(attributes, attributes.name, reason === '' ? text : `${text}: ${reason}`)
}

/** Who cannot do what: the part of a denial that is the same for all authorizers. */
export function denialText({ user, verb, resourceRequest, path, group, resource, subresource, namespace }: Attributes): string {
  const who = `User ${quote(user.name)} cannot ${verb}`
  if (!resourceRequest) return `${who} path ${quote(path)}`
  const what = quote(subresource === '' ? resource : `${resource}/${subresource}`)
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${quote(namespace)}`
  return `${who} resource ${what} in API group ${quote(group)} ${where}`
}

/** Messages hold nothing that a browser would take for markup; reasons come as they are. */
const escapeHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** The error for a request that may not be made; undefined if it may. */
function accessError(authorizer: Authorizer, attributes: Attributes): StatusError | undefined {
  const decision = authorizer.authorize(attributes)
  return decision.verdict === 'allow' ? undefined : newAccessDenied(attributes, decision)
}

/** A PUT or an apply that creates needs the right to create, too. Checked between mutating and validating admission. */
export const createOnUpdateError = (authorizer: Authorizer, attributes: Attributes) =>
  accessError(authorizer, { ...attributes, verb: 'create', fieldSelector: undefined, labelSelector: undefined })

/** A GET of exec, attach or portforward needs the right to create, too; its denial has the reason alone for a text. */
export function podUpgradeError(authorizer: Authorizer, attributes: Attributes): StatusError | undefined {
  const decision = authorizer.authorize({ ...attributes, verb: 'create' })
  return decision.verdict === 'allow' ? undefined : newForbidden(attributes, attributes.name, decision.reason)
}
