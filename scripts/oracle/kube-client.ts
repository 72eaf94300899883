import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: any API object
  body: any
  /** The Warning headers' texts. */
  warnings?: string[]
}

export interface KubeClient {
  send(method: string, path: string, body?: unknown, contentType?: string): Promise<Answer>
}

/** A client of a real API server, for comparisons. */
export function createKubeClient(server: string, token: string, caFile?: string, userAgent = 'property'): KubeClient {
  const agent = new Agent({ keepAlive: true, ...(caFile === undefined ? { rejectUnauthorized: false } : { ca: readFileSync(caFile) }) })
  const send = (method: string, path: string, body?: unknown, contentType = 'application/json') =>
    new Promise<Answer>((resolve, reject) => {
      const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
      const headers = {
        authorization: `Bearer ${token}`,
        'user-agent': userAgent,
        ...(text === undefined ? {} : { 'content-type': contentType }),
      }
      const outgoing = request(new URL(path, server), { method, headers, agent }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: JSON.parse(Buffer.concat(chunks).toString() || 'null'),
            warnings: response.headersDistinct['warning'] ?? [],
          }),
        )
        response.on('error', reject)
      })
      // a handler that panics ends the connection
      outgoing.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ECONNRESET' ? resolve({ status: 0, body: {} }) : reject(error),
      )
      outgoing.end(text)
    })
  return { send }
}
