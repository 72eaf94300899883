import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { applyEnvironment } from '../../packages/emulator/src/pod/environment.ts'
import { type ServiceAccountFiles, serviceAccountVolume } from '../../packages/emulator/src/pod/service-account-volume.ts'
import { openSandbox } from '../../packages/emulator/src/sandbox/sandbox.ts'
import type { ClientCommand } from '../../scripts/clients/clients.ts'

/** One informer of each language, by the name of its client. */
export const informersByLanguage = {
  Go: 'informer',
  Python: 'kubernetes-python-informer',
  Java: 'client-java-informer',
  Rust: 'kube-rs-informer',
  JavaScript: 'client-node-informer',
}

/** A program in a Pod's environment that tells what it sees of ConfigMaps `soak-…`, until it sees `soak-end`. */
export interface RunningInformer extends AsyncDisposable {
  /** `EVENT NAME VALUE` of each change, without those that were told before; deletions have no value. */
  seen(): string[]
  /** @throws Error with what the program wrote to standard error if it ends before */
  sees(change: string): Promise<void>
  updateFiles(files: ServiceAccountFiles): void
  exitCode: Promise<number>
}

export interface Pod {
  env: Record<string, string>
  unsetEnv: string[]
  files: ServiceAccountFiles
}

export function runInformer(
  { argv, environment }: ClientCommand,
  { env: set, unsetEnv, files }: Pod,
  limitSeconds: number,
): RunningInformer {
  const folder = mkdtempSync(join(tmpdir(), 'informer-'))
  const env = applyEnvironment({ ...process.env, ...environment, SOAK_LIMIT_SECONDS: String(limitSeconds) }, { set, unset: unsetEnv })
  const sandbox = openSandbox()
  const redirected = ['sh', '-c', `exec "$@" >'${folder}/stdout' 2>'${folder}/stderr'`, 'sh', ...argv]
  const exitCode = sandbox.run({ command: redirected, env, files: serviceAccountVolume(files) })
  let ended: number | undefined
  exitCode.then((code) => {
    ended = code
  })
  const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '')
  const seen = () => changesOf(read('stdout'))
  return {
    seen,
    exitCode,
    updateFiles: (next) => sandbox.updateFiles(serviceAccountVolume(next)),
    async sees(change) {
      while (!seen().includes(change)) {
        if (ended !== undefined)
          throw new Error(`the program ended with ${ended} and has seen ${seen()}, not "${change}":\n${read('stderr')}`)
        await sleep(50)
      }
    },
    async [Symbol.asyncDispose]() {
      await sandbox.close()
      rmSync(folder, { recursive: true })
    },
  }
}

function changesOf(stdout: string): string[] {
  const versions = new Map<string, string>()
  const seen: string[] = []
  for (const line of stdout.split('\n').filter((each) => each.startsWith('{') && each.endsWith('}'))) {
    const { event, name, value, version } = JSON.parse(line)
    if (!['ADDED', 'MODIFIED', 'DELETED'].includes(event)) continue
    // Informers tell again of what they list again, at the version that they had told of.
    if (event !== 'DELETED' && versions.get(name) === version) continue
    versions.set(name, version)
    seen.push(event === 'DELETED' ? `${event} ${name}` : `${event} ${name} ${value}`)
  }
  return seen
}
