import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** A package of the workspace, and what is built of it. */
export interface Package {
  name: string
  folder: string
  /** Name in dist/ → source file. */
  entries: Record<string, string>
}

export const root = join(import.meta.dirname, '..', '..')

const emulator = join(root, 'packages', 'emulator')
const fixtures = join(root, 'packages', 'fixtures')

export const packages: Package[] = [
  {
    name: 'inpod-fixtures',
    folder: fixtures,
    entries: Object.fromEntries(['index', 'vitest', 'jest', 'node-test', 'msw'].map((name) => [name, join(fixtures, `src/${name}.ts`)])),
  },
  {
    name: 'inpod',
    folder: emulator,
    entries: existing({
      index: join(emulator, 'src/index.ts'),
      cli: join(emulator, 'src/cli/main.ts'),
      'network-agent': join(emulator, 'src/sandbox/network/agent.ts'),
      'etcd-worker': join(emulator, 'src/storage/etcd/worker.ts'),
    }),
  },
]

function existing(entries: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file)))
}
