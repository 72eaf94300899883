import { promise } from './area.ts'

/** An answer as it came, in HTTP/1.1 or HTTP/2. */
export interface Answer {
  status: number
  /** By lower-case name; several lines of one name are joined by ', '. */
  headers: Readonly<Record<string, string>>
  body: Buffer
}

/** Whose rights a request has: `admin` may everything, `pod` is an account to which nobody gave rights, `anonymous` and `forged` are nobody. */
export type Identity = 'admin' | 'pod' | 'anonymous' | 'forged'

/** Stands in objects that only the administrator may read. */
export const marker = 'only-the-administrator-reads-this'
const encodedMarker = Buffer.from(marker).toString('base64')

/** What the default roles let everybody read, and what an authenticated user may ask of itself. */
const publicKinds = /^(Status|APIVersions|APIGroup|APIGroupList|APIResourceList|APIGroupDiscoveryList|SelfSubject\w+)$/
const publicTexts = /^(ok$|\[[+-]\]|\{\s*"(major|paths|openapi|swagger|issuer)"|<!DOCTYPE|swagger|\s*$)/

/** @throws Violation for an answer that no API server gives, or that its reader has no right to */
export function judge(answer: Answer, identity: Identity): void {
  const { status, headers, body } = answer
  promise(Number.isInteger(status) && status >= 200 && status <= 599, `status ${status}`)
  const text = body.toString('latin1')
  if (identity !== 'admin') judgeRights(status, headers, text)
  if (!headers['content-type']?.startsWith('application/json') || headers['content-encoding'] !== undefined) return
  if (text === '' || 'transfer-encoding' in headers) return
  const value = parse(text)
  promise(value !== undefined, `what is said to be JSON is none: ${text.slice(0, 200)}`)
  if (status < 400) return
  promise(value.kind === 'Status' && value.status === 'Failure', `an error of ${status} is no Status: ${text.slice(0, 200)}`)
  promise(value.code === status, `a Status of ${value.code} comes with ${status}`)
}

function judgeRights(status: number, headers: Answer['headers'], text: string): void {
  promise(!text.includes(marker) && !text.includes(encodedMarker), `somebody reads what is the administrator's: ${text.slice(0, 200)}`)
  if (status >= 300 || headers['content-encoding'] !== undefined) return
  const kind = /"kind":\s*"(\w+)"/.exec(text)?.[1] ?? /^kind: (\w+)/m.exec(text)?.[1]
  const isPublic =
    kind === undefined
      ? publicTexts.test(text) || isOpenApi(headers)
      : publicKinds.test(kind) || text.includes('"swagger"') || text.includes('"openapi"')
  promise(isPublic, `${status} for who has no right to it: ${text.slice(0, 200)}`)
}

const isOpenApi = (headers: Answer['headers']) => /openapi|jwk|text\/plain/.test(headers['content-type'] ?? '')

function parse(text: string): { kind?: string; status?: string; code?: number } | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
