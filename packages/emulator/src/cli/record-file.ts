import { randomBytes } from 'node:crypto'
import { accessSync, chmodSync, constants, realpathSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { EmulatorError } from '../errors.ts'
import { describeFileError } from './file-errors.ts'

export interface RecordFile {
  /**
   * Replaces the file as a whole: nobody ever sees half of it.
   * @throws EmulatorError ERR_RECORD_WRITE
   */
  write(text: string): void
}

/**
 * A file to write at the end, which is found now if it cannot be.
 * @throws EmulatorError ERR_RECORD_FILE
 */
export function openRecordFile(path: string): RecordFile {
  const target = checkTarget(path)
  return {
    write(text) {
      try {
        if (target.isReplaceable) replace(target.path, text, target.mode)
        else writeFileSync(target.path, text)
      } catch (cause) {
        throw new EmulatorError('ERR_RECORD_WRITE', `${path} is not written: ${describeFileError(cause)}`, { cause })
      }
    },
  }
}

interface Target {
  path: string
  /** False of what is no file, such as /dev/stderr. */
  isReplaceable: boolean
  mode: number
}

function checkTarget(path: string): Target {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
    // A link stays one.
    const real = found === undefined ? resolve(path) : realpathSync(path)
    const isReplaceable = found === undefined || found.isFile()
    if (found !== undefined) accessSync(real, constants.W_OK)
    if (isReplaceable) accessSync(dirname(real), constants.W_OK)
    return { path: real, isReplaceable, mode: modeOf(found) }
  } catch (cause) {
    const hint = 'Name a file in a folder that is there and that you may write to.'
    throw new EmulatorError('ERR_RECORD_FILE', `--record ${path}: ${describeFileError(cause)}`, { cause, hint })
  }
}

const modeOf = (found: Stats | undefined) => (found === undefined ? 0o666 & ~process.umask() : found.mode & 0o777)

function replace(path: string, text: string, mode: number): void {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`)
  try {
    writeFileSync(temporary, text, { mode: 0o600, flush: true })
    chmodSync(temporary, mode)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
