import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClientCounts } from '../../test/clients/soak.test.ts'
import { runVitest } from '../test/vitest.ts'

/** The informer of each client library, by the name of its program. */
const informers = ['informer', 'controller', 'kubernetes-python-informer', 'client-java-informer', 'fabric8-informer', 'kube-rs-informer']

/**
 * Soaks the informer of one client after the other, or of those named, with the tests of test/clients. Prints what was counted.
 * @returns whether none has lost anything
 */
export async function soakClients(seconds: number, names: readonly string[]): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'inpod-soak-'))
  const counts = join(folder, 'counts')
  let passed = 0
  const clients = names.length > 0 ? names : informers
  try {
    for (const client of clients) {
      Object.assign(process.env, { INPOD_SOAK_SECONDS: String(seconds), INPOD_SOAK_CLIENT: client, INPOD_SOAK_COUNTS: counts })
      passed += (await runVitest(['test/clients/soak.test.ts'])).passed
    }
    process.stdout.write(table(readCounts(counts)))
  } finally {
    rmSync(folder, { recursive: true })
  }
  return passed === clients.length
}

function readCounts(file: string): ClientCounts[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  return lines.map((line) => JSON.parse(line))
}

function table(counts: ClientCounts[]): string {
  const columns = ['client', 'interruptions', 'written', 'seen', 'lost', 'expirations', 'told'] as const
  const rows = counts.map((each) => `| ${columns.map((column) => each[column]).join(' | ')} |\n`)
  return `| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}\n${rows.join('')}`
}
