import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startConversionHook } from './conversion-hook.ts'

/** One request, as a line of a file in this folder has it, and what a kube-apiserver answered. */
export interface Step {
  id: string
  method?: string
  path: string
  headers?: Record<string, string>
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is. */
  raw?: string
  /** The bytes of a body that is no text. */
  base64?: string
  contentType?: string
  /** `admin` if absent; `anonymous`, `bad`, `sa:NAMESPACE/NAME`, `token:$VARIABLE`. */
  as?: string
  /** Variables for later steps, and where in the answer they stand. */
  save?: Record<string, string>
  /** Only prepares what follows. */
  setup?: boolean
  /** Asks again for this many milliseconds, until the status is `until`, or a success. */
  retry?: number
  until?: number
  /** Members that are left out of the comparison, `*` standing for every element; or the only ones that are compared. */
  drop?: string[]
  only?: string[]
  /** `sorted`: without their order, which depends on the second in which each came to be. */
  managedFields?: boolean | 'sorted'
  answer?: Answer
}

export interface Answer {
  status: number
  /** Where it is not JSON. */
  type?: string
  warning?: string
  body: unknown
}

export type Send = (request: Request) => Promise<Response>

const folder = import.meta.dirname

export const readSteps = (area: string): Step[] =>
  readFileSync(join(folder, `${area}.jsonl`), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

/** Sends the steps one after the other, and tells of each answer that is to be compared. */
export async function replay(steps: readonly Step[], send: Send, adminToken: string, told: (step: Step, answer: Answer) => void) {
  const hook = JSON.stringify(steps).includes('$HOOK') ? await startConversionHook() : undefined
  const session = createSession(send, adminToken)
  Object.assign(session.variables, hook?.variables)
  try {
    for (const step of steps) {
      const { answer } = await ask(session, step)
      if (!step.setup) told(step, answer)
    }
  } finally {
    hook?.stop()
  }
}

/** What is kept from step to step. */
export interface Session {
  send: Send
  adminToken: string
  variables: Record<string, string>
  accounts: Map<string, string>
}

export const createSession = (send: Send, adminToken: string): Session => ({ send, adminToken, variables: {}, accounts: new Map() })

/** Sends a step. The answer is what is compared, `body` and `headers` what came. */
export async function ask(session: Session, step: Step): Promise<{ answer: Answer; headers: Headers; body: unknown }> {
  const deadline = performance.now() + (step.retry ?? 0)
  for (;;) {
    const response = await exchange(session, step)
    const text = await response.text()
    const wanted = step.until === undefined ? response.ok : response.status === step.until
    if (!step.retry || wanted || performance.now() > deadline) {
      const body = parsed(text)
      for (const [name, path] of Object.entries(step.save ?? {})) session.variables[name] = String(at(body, path))
      return { answer: shape(step, response, body), headers: response.headers, body }
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function exchange(session: Session, step: Step): Promise<Response> {
  const fill = (text: string) => text.replace(/\$([A-Z][A-Z0-9_]*)/g, (all, name) => session.variables[name] ?? all)
  const headers = new Headers({ 'user-agent': 'golden/1.0', accept: 'application/json' })
  const token = await tokenFor(session, step.as ?? 'admin', fill)
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
  for (const [name, value] of Object.entries(step.headers ?? {})) headers.set(name, fill(value))
  const text = step.raw ?? (step.body === undefined ? undefined : JSON.stringify(step.body))
  const body = step.base64 === undefined ? text && fill(text) : Buffer.from(step.base64, 'base64')
  if (body !== undefined) headers.set('content-type', step.contentType ?? 'application/json')
  const url = new URL(`https://server${fill(step.path)}`)
  return session.send(new Request(url, { method: step.method ?? 'GET', headers, ...(body === undefined ? {} : { body }) }))
}

async function tokenFor(session: Session, as: string, fill: (text: string) => string): Promise<string | undefined> {
  if (as === 'anonymous') return undefined
  if (as === 'bad') return 'not-a-token'
  if (as.startsWith('token:')) return fill(as.slice(6))
  if (!as.startsWith('sa:')) return session.adminToken
  if (!session.accounts.has(as)) {
    const [namespace, name] = as.slice(3).split('/')
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
    const response = await exchange(session, { id: as, method: 'POST', path, body: {} })
    session.accounts.set(as, ((await response.json()) as { status: { token: string } }).status.token)
  }
  return session.accounts.get(as)!
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return eventsOf(text) ?? text
  }
}

/** The events of a watch, which came line by line. */
function eventsOf(text: string): unknown[] | undefined {
  if (!text.startsWith('{"type":"')) return undefined
  return text.trim().split('\n').map(parsed)
}

function shape(step: Step, { status, headers }: Response, body: unknown): Answer {
  const plain = normalize(body, '', step.managedFields ?? false)
  for (const path of step.drop ?? []) remove(plain, path.split('.'))
  const isObject = typeof plain === 'object' && plain !== null
  const shown = step.only === undefined || !isObject ? plain : Object.fromEntries(step.only.map((path) => [path, at(plain, path) ?? null]))
  const [type, warning] = [headers.get('content-type'), headers.get('warning')]
  return {
    status,
    ...(type === null || type === 'application/json' ? {} : { type }),
    ...(warning === null ? {} : { warning: scrub(warning) }),
    body: brief(shown, status),
  }
}

/** A failure without what all failures have. */
function brief(body: unknown, code: number): unknown {
  if ((body as { kind?: unknown } | null)?.kind !== 'Status') return body
  const usual: Record<string, unknown> = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code }
  const members = Object.entries(body as object).filter(([name, value]) => JSON.stringify(usual[name]) !== JSON.stringify(value))
  return Object.fromEntries(members)
}

const scrub = (text: string) =>
  text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '<time>')
    .replace(/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g, '<jwt>')
    .replace(/127\.0\.0\.1:\d+/g, '<server>')
    .replace(/(resourceVersion\\*":\\*")\d+/g, '$1<rv>')
    .replace(/(in record \(|current: |in object meta: )\d+/g, '$1<rv>')

/** Without what differs from run to run, members in order. */
function normalize(value: unknown, key: string, managedFields: boolean | 'sorted'): unknown {
  if (Array.isArray(value)) {
    const items = value.map((each) => normalize(each, '', managedFields))
    return key === 'managedFields' && managedFields === 'sorted' ? items.sort(byText) : items
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([name]) => name !== 'managedFields' || managedFields !== false)
    // Descriptions of columns are prose.
    const compared = 'priority' in value && 'format' in value ? members.filter(([name]) => name !== 'description') : members
    return Object.fromEntries(
      compared.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, normalize(member, name, managedFields)]),
    )
  }
  if (typeof value !== 'string') return value
  if ((key === 'resourceVersion' || key === 'continue') && value !== '') return `<${key}>`
  if (/^10\.96\.\d+\.\d+$/.test(value)) return '<ip>'
  return /^(<unknown>|(\d+[smhd])+)$/.test(value) && key === '' ? '<age>' : scrub(value)
}

const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((part, key) => (part as Record<string, unknown> | null | undefined)?.[key], value)

function remove(value: unknown, [key = '', ...rest]: string[]): void {
  if (typeof value !== 'object' || value === null) return
  const members = value as Record<string, unknown>
  if (key === '*') for (const each of Object.values(members)) remove(each, rest)
  else if (rest.length > 0) remove(members[key], rest)
  else delete members[key]
}
