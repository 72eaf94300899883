import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../emulator.ts'

interface Recorded {
  method: string
  path: string
  type?: string
  body?: unknown
  /** What a kube-apiserver 1.36.3 answered, as far as admission is concerned. */
  answer: { status: number; warnings?: string[]; message?: string; causes?: unknown[]; object?: Record<string, unknown> }
}

/** In order: some make what later ones are about. */
const recorded: Recorded[] = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8'))
let emulator: Emulator

beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator.close())

test.for(recorded)('$method $path', async ({ method, path, type = 'application/json', body, answer }) => {
  const headers = { authorization: `Bearer ${emulator.adminToken}`, 'content-type': type }
  const response = await emulator.fetch(
    new Request(new URL(path, emulator.url), { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
  )
  // biome-ignore lint/suspicious/noExplicitAny: looked into by its fields
  const got = (await response.json()) as any
  const expected = answer.message?.replace('gen-NAME', () => /gen-\w{5}/.exec(got.message)?.[0] ?? 'gen-')
  expect({ status: response.status, message: got.message }).toEqual({ status: answer.status, message: expected })
  const warnings = [...(response.headers.get('warning') ?? '').matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, text]) =>
    text!.replaceAll('\\"', '"'),
  )
  expect(warnings).toEqual(answer.warnings ?? [])
  if (answer.causes !== undefined) expect(got.details.causes).toEqual(answer.causes)
  if (answer.object !== undefined) expect({ ...got, spec: { ...got.spec, resources: resourcesOf(got) } }).toMatchObject(answer.object)
})

const resourcesOf = ({ spec }: { spec?: { containers?: Array<{ resources: unknown }>; resources?: unknown } }) =>
  spec?.containers?.map(({ resources }) => resources) ?? spec?.resources
