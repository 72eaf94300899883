import { posix } from 'node:path'
import { newBadRequest } from '../../apimachinery/status-error.ts'

/** Where a list goes on. */
export interface ContinueToken {
  /** The revision that the list shows; below zero for the newest. */
  revision: number
  /** The first key that is still to come, as it goes on after the namespace that is listed. */
  start: string
}

export function encodeContinue({ revision, start }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `/${start}` })).toString('base64url')
}

/** @throws StatusError 400 for a token that this server did not make */
export function decodeContinue(token: string): ContinueToken {
  const bad = (why: string) => newBadRequest(`invalid continue token: continue key is not valid: ${why}`)
  const illegal = /[^A-Za-z0-9_-]/.exec(token)
  if (illegal !== null || token.length % 4 === 1) throw bad(`illegal base64 data at input byte ${illegal?.index ?? token.length - 1}`)
  const text = Buffer.from(token, 'base64url').toString('latin1')
  let value: { v?: unknown; rv?: unknown; start?: unknown }
  try {
    value = JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch {
    throw bad(`invalid character '${text[0] ?? ''}' looking for beginning of value`)
  }
  if (value?.v !== 'meta.k8s.io/v1')
    throw bad(`server does not recognize this encoded version ${typeof value?.v === 'string' ? value.v : ''}`)
  if (typeof value.rv !== 'number' || value.rv === 0) throw bad('incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  if (typeof value.start !== 'string' || value.start === '') throw bad('encoded start key empty (version meta.k8s.io/v1)')
  const key = value.start.startsWith('/') ? value.start : `/${value.start}`
  // A key that climbs out of what is listed would show what nobody asked for.
  if (posix.normalize(key).replace(/(?<=.)\/$/, '') !== key) throw bad(value.start)
  return { revision: value.rv, start: key.slice(1) }
}
