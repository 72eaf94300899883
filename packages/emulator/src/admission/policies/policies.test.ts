import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../emulator.ts'

interface Recorded {
  method: string
  path: string
  type?: string
  body?: { spec?: { validations?: Array<{ expression: string }>; mutations?: Array<Record<string, { expression: string }>> } }
  /** What a kube-apiserver 1.36.3 answered; absent where a request only prepares another. */
  answer?: { status: number; warnings?: string[]; message?: string; reason?: string; causes?: unknown[]; object?: Record<string, unknown> }
}

const recorded: Recorded[] = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8'))
let emulator: Emulator

beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator.close())

async function call({ method, path, type = 'application/json', body }: Recorded) {
  const headers = { authorization: `Bearer ${emulator.adminToken}`, 'content-type': type }
  const response = await emulator.fetch(
    new Request(new URL(path, emulator.url), { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
  )
  const warnings = [...(response.headers.get('warning') ?? '').matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)]
  // biome-ignore lint/suspicious/noExplicitAny: looked into by its fields
  const got = (await response.json()) as any
  return { status: response.status, got, warnings: warnings.map(([, text]) => text!.replaceAll('\\"', '"')) }
}

/** Each case with the requests before it that only prepare it. */
function cases(): Array<{ name: string; requests: Recorded[] }> {
  const found: Array<{ name: string; requests: Recorded[] }> = []
  let requests: Recorded[] = []
  let policy = ''
  for (const request of recorded) {
    requests.push(request)
    const { validations = [], mutations = [] } = request.body?.spec ?? {}
    const expressions = [...validations, ...mutations.map((each) => each['jsonPatch'] ?? each['applyConfiguration']!)]
    if (expressions.length > 0) policy = expressions.map(({ expression }) => expression).join('; ')
    if (request.answer === undefined) continue
    found.push({ name: `${policy}: ${request.answer.status}`, requests })
    requests = []
  }
  return found
}

test.for(cases())('$name', async ({ requests }) => {
  for (const request of requests) {
    const { answer } = request
    const { status, got, warnings } = await call(request)
    if (answer === undefined) continue
    expect({ status, message: got.message }).toEqual({ status: answer.status, message: answer.message })
    expect(warnings).toEqual(answer.warnings ?? [])
    if (answer.reason !== undefined) expect(got.reason).toBe(answer.reason)
    if (answer.causes !== undefined) expect(got.details.causes).toEqual(answer.causes)
    if (answer.object !== undefined) expect(got).toMatchObject(answer.object)
  }
})

test('parameters are read anew for each request', async () => {
  const group = '/apis/admissionregistration.k8s.io/v1'
  const maps = '/api/v1/namespaces/default/configmaps'
  const post = (path: string, body: object) => call({ method: 'POST', path, body })
  await post(`${group}/validatingadmissionpolicies`, {
    metadata: { name: 'sized' },
    spec: {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }] },
      matchConditions: [{ name: 'not-the-parameter', expression: 'object.metadata.name != "limit"' }],
      validations: [{ expression: 'size(object.data) <= int(params.data.max)', messageExpression: '"at most " + params.data.max' }],
    },
  })
  await post(maps, { metadata: { name: 'limit' }, data: { max: '1' } })
  await post(`${group}/validatingadmissionpolicybindings`, {
    metadata: { name: 'sized' },
    spec: { policyName: 'sized', validationActions: ['Deny'], paramRef: { name: 'limit', parameterNotFoundAction: 'Deny' } },
  })
  const create = () => post(`${maps}?dryRun=All`, { metadata: { name: 'c' }, data: { a: '', b: '' } })
  expect((await create()).got.message).toContain("ValidatingAdmissionPolicy 'sized' with binding 'sized' denied request: at most 1")
  await call({ method: 'PUT', path: `${maps}/limit`, body: { metadata: { name: 'limit' }, data: { max: '2' } } as object })
  expect((await create()).status).toBe(201)
})
