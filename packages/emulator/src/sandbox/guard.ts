import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { quote } from './shell.ts'

export interface Leftovers {
  /** Removed with all they hold. */
  folders: string[]
  /** Removed if empty, in this order. */
  emptyFolders?: string[]
  /** Processes with exactly this `NAME=value` in their environment are killed; Linux only. */
  environment?: string
}

export interface Guard {
  /** Removes everything now. */
  clean(): Promise<void>
}

/** A process of its own session that cleans up once we are gone, however we went. On Windows: only when `clean` is called. */
export function startGuard(leftovers: Leftovers): Guard {
  if (process.platform === 'win32') {
    return { clean: async () => leftovers.folders.forEach((folder) => void rmSync(folder, { recursive: true, force: true })) }
  }
  const child = spawn('/bin/sh', ['-c', cleaningScript(leftovers)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()))
  child.unref()
  return {
    clean() {
      child.ref()
      child.stdin.destroy()
      return ended
    },
  }
}

function cleaningScript({ folders, emptyFolders = [], environment }: Leftovers): string {
  return [
    "trap '' HUP INT QUIT TERM USR1 USR2",
    'cat >/dev/null',
    ...(environment === undefined ? [] : [killingLoop(environment)]),
    ...folders.map((folder) => `rm -rf -- ${quote(folder)}`),
    ...emptyFolders.map((folder) => `rmdir -- ${quote(folder)}`),
  ].join('\n')
}

/** Kills until none is left, since they may be starting others. grep's exit code says nothing: some processes cannot be read. */
function killingLoop(environment: string): string {
  return `while found=$(grep -laF -- ${quote(environment)} /proc/[0-9]*/environ); [ -n "$found" ]; do
  for file in $found; do
    process=\${file#/proc/}
    kill -9 "\${process%%/*}"
  done
  sleep 0.01
done`
}
