import { join } from 'node:path'
import type { Answer } from './answers.ts'
import type { Address } from './transport/client.ts'
import { exchangeRaw } from './transport/raw-exchange.ts'

/** Bytes for a connection, and what a real API server was seen to do with them. */
export interface HostileCase {
  name: string
  /** Characters are bytes. `{admin}` and `{pod}` stand for tokens, `{x*N}` for N times x. */
  send: string
  /** The connection is closed in this direction after the last byte. */
  halfClose?: boolean
  answer?: CaseAnswer
  /** How ours differs, which docs/differences.md tells or the reason says. */
  ours?: CaseAnswer & { why: string }
}

export interface CaseAnswer {
  /** Each answer: the status, and the reason of a Status object. */
  answers: string[]
  closed: boolean
}

export interface CaseServer extends Address {
  admin: string
  pod: string
}

export const corpusFile = join(import.meta.dirname, '..', '..', 'test', 'fuzz', 'corpus', 'http1.json')

/** @param silence milliseconds after which nothing more is expected */
export async function playCase(
  server: CaseServer,
  { send, halfClose }: HostileCase,
  silence: number,
  wanted?: CaseAnswer,
): Promise<CaseAnswer> {
  const bytes = Buffer.from(fillIn(send, server), 'latin1')
  const seen = await exchangeRaw(server, bytes, {
    methods: [/^HEAD /.test(send) ? 'HEAD' : 'GET'],
    silence,
    afterwards: halfClose ? 'half-close' : undefined,
    ...(wanted === undefined || wanted.closed ? {} : { enough: ({ answers }) => answers.length >= wanted.answers.length }),
  })
  return { answers: seen.answers.map(told), closed: seen.closed }
}

/** The bytes of a case, as characters. */
export function fillIn(text: string, { admin, pod }: Pick<CaseServer, 'admin' | 'pod'>): string {
  return text
    .replaceAll('{admin}', admin)
    .replaceAll('{pod}', pod)
    .replaceAll(/\{(.+?)\*(\d+)\}/g, (_, what: string, times: string) => what.replaceAll('\\r\\n', '\r\n').repeat(Number(times)))
}

function told({ status, body }: Answer): string {
  const reason = /"reason":\s*"(\w+)"/.exec(body.toString('latin1'))?.[1]
  return reason === undefined ? String(status) : `${status} ${reason}`
}
