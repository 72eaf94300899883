import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import type { Send } from '../../../test/conformance/variants/replay.ts'

/** Sends the requests of steps to a server. */
export function createSend(server: string, caFile: string): Send {
  const agent = new Agent({ keepAlive: true, ca: readFileSync(caFile), maxSockets: 16 })
  return async (asked) => {
    const { pathname, search } = new URL(asked.url)
    const body = Buffer.from(await asked.arrayBuffer())
    return new Promise((resolve, reject) => {
      const length = body.length > 0 || asked.method !== 'GET' ? { 'content-length': String(body.length) } : {}
      const headers = { ...Object.fromEntries(asked.headers), ...length }
      // Also of answers that come drop by drop.
      const signal = AbortSignal.timeout(60_000)
      const outgoing = request(new URL(server), { path: pathname + search, method: asked.method, headers, agent, signal }, (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () => {
          const answered = new Headers()
          for (const [name, values] of Object.entries(incoming.headersDistinct))
            for (const value of values ?? []) answered.append(name, value)
          const status = incoming.statusCode!
          const bodyless = status === 204 || status === 304
          resolve(new Response(bodyless ? null : Buffer.concat(chunks), { status, headers: answered }))
        })
      })
      outgoing.setTimeout(20_000, () => outgoing.destroy(new Error('no answer in 20 s')))
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
}
