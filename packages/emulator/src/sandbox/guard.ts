import { lstatSync, rmdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { quote } from './shell.ts'
import { startProcess } from './start-process.ts'

export interface Leftovers {
  /** Removed with all they hold. */
  folders: string[]
  /** Removed, if their folders are the user's own then, and no links. */
  files?: string[]
  /** Removed if empty, in this order. */
  emptyFolders?: string[]
  /** Processes with exactly this `NAME=value` in their environment are killed; Linux only. */
  environment?: string
}

export interface Guard {
  /** Removes everything now. */
  clean(): Promise<void>
}

/**
 * A process of its own session that cleans up once we are gone, however we went. On Windows: only when `clean` is called.
 * @throws EmulatorError ERR_PROCESS
 */
export async function startGuard(leftovers: Leftovers): Promise<Guard> {
  if (process.platform === 'win32') return { clean: async () => remove(leftovers) }
  const child = await startProcess('/bin/sh', ['-c', cleaningScript(leftovers)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  })
  const ended = new Promise<boolean>((resolve) => child.once('exit', (code) => resolve(code === 0)))
  child.stdin!.on('error', () => {})
  child.unref()
  return {
    async clean() {
      child.ref()
      child.stdin!.end('ended\n')
      const hasCleaned = await ended
      // Somebody has killed it, as a machine without memory does, or it had no process to remove with.
      if (!hasCleaned) remove(leftovers)
    },
  }
}

function remove({ folders, files = [], emptyFolders = [] }: Leftovers): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  for (const file of files) if (isOwnFolder(dirname(file))) rmSync(file, { force: true })
  for (const folder of emptyFolders) {
    try {
      rmdirSync(folder)
    } catch {
      // Others have something in it.
    }
  }
}

function isOwnFolder(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats?.isDirectory() === true && (process.geteuid === undefined || stats.uid === process.geteuid())
}

function cleaningScript({ folders, files = [], emptyFolders = [], environment }: Leftovers): string {
  return [
    "trap '' HUP INT QUIT TERM USR1 USR2",
    // Needs no other process, for which there may be no room.
    'rounds=10; while read -r line; do rounds=1; done',
    ...(environment === undefined ? [] : [killingLoop(environment)]),
    ...folders.map((folder) => `rm -rf -- ${quote(folder)}`),
    ...files.map((file) => `[ ! -L ${quote(dirname(file))} ] && [ -O ${quote(dirname(file))} ] && rm -f -- ${quote(file)}`),
    ...emptyFolders.map((folder) => `rmdir -- ${quote(folder)}`),
    'exit 0',
  ].join('\n')
}

/**
 * Kills until none is left, since they may be starting others. Who was killed may have been starting one, which cannot be told yet: then
 * it looks again. grep's exit code says nothing: some processes cannot be read.
 */
function killingLoop(environment: string): string {
  return `left=$rounds
while [ "$left" -gt 0 ]; do
  found=$(grep -laF -- ${quote(environment)} /proc/[0-9]*/environ)
  for file in $found; do
    process=\${file#/proc/}
    kill -9 "\${process%%/*}"
  done
  if [ -n "$found" ]; then left=$rounds; else left=$((left - 1)); fi
  [ "$left" -gt 0 ] && sleep 0.02
done`
}
