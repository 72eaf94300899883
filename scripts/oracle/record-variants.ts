/**
 * Records what a real API server answers to the steps of test/conformance/variants:
 *
 *   node scripts/oracle/record-variants.ts https://127.0.0.1:6443 ADMIN_TOKEN AREA…
 *
 * The namespaces that the steps make must not be there.
 */
import { writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { type Answer, readSteps, replay } from '../../test/conformance/variants/replay.ts'

const [server = '', token = '', ...areas] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, rejectUnauthorized: false })

const send = async (asked: Request): Promise<Response> => {
  const { pathname, search } = new URL(asked.url)
  const body = Buffer.from(await asked.arrayBuffer())
  return new Promise((resolve, reject) => {
    const headers = { ...Object.fromEntries(asked.headers), ...(body.length > 0 ? { 'content-length': String(body.length) } : {}) }
    const outgoing = request(new URL(server + pathname + search), { method: asked.method, headers, agent }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => {
        const answered = new Headers(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
        const status = incoming.statusCode!
        resolve(new Response(status === 204 ? null : Buffer.concat(chunks), { status, headers: answered }))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

for (const area of areas) {
  const steps = readSteps(area)
  const answers = new Map<string, Answer>()
  await replay(steps, send, token, (step, answer) => answers.set(step.id, answer))
  const lines = steps.map(({ answer: _old, ...step }) => JSON.stringify({ ...step, answer: answers.get(step.id) }))
  writeFileSync(join(import.meta.dirname, '../../test/conformance/variants', `${area}.jsonl`), `${lines.join('\n')}\n`)
  console.log(`${area}: ${steps.length} steps`)
}
