import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Why a program cannot be used here; undefined where it is on the PATH. */
export function whyMissing(program: string): string | undefined {
  const found = (process.env['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)))
  return found ? undefined : `this machine has no ${program}`
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
