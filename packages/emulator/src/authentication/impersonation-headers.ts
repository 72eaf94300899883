import { quote } from '../apimachinery/quote.ts'
import { newBadRequest, type StatusError } from '../apimachinery/status-error.ts'
import type { UserInfo } from './user-info.ts'

/** The values of each header by its lower-case name, one entry for each line that was sent (Node: `headersDistinct`). */
export type HeaderValues = Readonly<Record<string, readonly string[] | undefined>>

const userHeader = 'impersonate-user'
const groupHeader = 'impersonate-group'
const uidHeader = 'impersonate-uid'
const extraPrefix = 'impersonate-extra-'

/**
 * The user that a client wants to be, as its headers say it; undefined if it says nothing of the kind, and a 400 if it names groups, a uid
 * or extras without a user.
 */
export function wantedUser(headers: HeaderValues): UserInfo | StatusError | undefined {
  const name = headers[userHeader]?.[0] ?? ''
  const uid = headers[uidHeader]?.[0] ?? ''
  const groups = headers[groupHeader] ?? []
  const extraHeaders = Object.keys(headers).filter((header) => header.startsWith(extraPrefix))
  if (name === '' && uid === '' && groups.length === 0 && extraHeaders.length === 0) return undefined
  const user = { name, uid, groups, extra: readExtra(headers, extraHeaders) }
  return name === '' ? newBadRequest(`requested ${show(user)} without impersonating a user name`) : user
}

function readExtra(headers: HeaderValues, names: readonly string[]): Record<string, readonly string[]> {
  const extra = new Map<string, string[]>()
  for (const header of names) {
    const key = unescapePath(header.slice(extraPrefix.length))
    extra.set(key, [...(extra.get(key) ?? []), ...(headers[header] ?? [])])
  }
  return Object.fromEntries(extra)
}

function unescapePath(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The user as Go's `%#v` shows it. */
function show({ name, uid, groups, extra }: UserInfo): string {
  const keys = Object.keys(extra).sort()
  const entries = keys.map((key) => `${quote(key)}:${showStrings(extra[key] ?? [])}`)
  const shownExtra = `map[string][]string${keys.length === 0 ? '(nil)' : `{${entries.join(', ')}}`}`
  return `&user.DefaultInfo{Name:${quote(name)}, UID:${quote(uid)}, Groups:${showStrings(groups)}, Extra:${shownExtra}}`
}

const showStrings = (texts: readonly string[]) => `[]string${texts.length === 0 ? '(nil)' : `{${texts.map(quote).join(', ')}}`}`
