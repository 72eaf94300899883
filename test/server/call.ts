import { request } from 'node:https'
import type { Emulator } from 'inpod'

export interface CallOptions {
  body?: unknown
  /** Default: the administrator's; '' for none. */
  token?: string
  /** PEM. */
  clientCertificate?: { cert: string; key: string }
  accept?: string
}

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by their fields
  body: any
}

/** One request to an emulator over its socket. A body that is no JSON comes as text. */
export function call(
  { url, caCertificate, adminToken }: Pick<Emulator, 'url' | 'caCertificate' | 'adminToken'>,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer> {
  const { body, token = adminToken, accept = 'application/json', clientCertificate } = options
  return new Promise((resolve, reject) => {
    const headers = {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      accept,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const req = request(new URL(path, url), { method, ca: caCertificate, headers, agent: false, ...clientCertificate }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk) => chunks.push(chunk))
      res.on('end', () => resolve({ status: res.statusCode!, headers: res.headers, body: parse(Buffer.concat(chunks).toString()) }))
    })
    req.on('error', reject)
    req.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
