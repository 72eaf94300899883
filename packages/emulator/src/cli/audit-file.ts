import { type FileHandle, open } from 'node:fs/promises'
import { EmulatorError } from '../errors.ts'
import type { AuditEvent } from '../recording/audit-event.ts'
import { describeFileError } from './file-errors.ts'
import { writeOutput } from './output.ts'

export interface AuditFile {
  write(event: AuditEvent): void
  /** @throws EmulatorError ERR_AUDIT_WRITE if something could not be written */
  close(): Promise<void>
}

/**
 * Writes events as lines of JSON, those that come together at once, without making requests wait.
 * @param path `-` for standard output
 * @throws EmulatorError ERR_AUDIT_FILE
 */
export async function openAuditFile(path: string): Promise<AuditFile> {
  const file = path === '-' ? undefined : await openFile(path)
  let lines: string[] = []
  let writing: Promise<void> | undefined
  let failed: unknown
  const flush = async () => {
    while (lines.length > 0 && failed === undefined) {
      const text = lines.join('')
      lines = []
      await (file === undefined ? writeOutput(text) : file.appendFile(text)).catch((error: unknown) => (failed = error))
    }
    writing = undefined
  }
  return {
    write(event) {
      if (failed !== undefined) return
      lines.push(`${JSON.stringify(event)}\n`)
      writing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(flush)
    },
    async close() {
      await writing
      await file?.close().catch((error: unknown) => (failed ??= error))
      if (failed === undefined) return
      const message = `the audit log ${path} is not whole: ${describeFileError(failed)}`
      throw new EmulatorError('ERR_AUDIT_WRITE', message, { cause: failed, hint: 'It has the requests up to there.' })
    },
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w', 0o600)
  } catch (cause) {
    const hint = 'Name a file in a folder that is there and that you may write to.'
    throw new EmulatorError('ERR_AUDIT_FILE', `--audit ${path}: ${describeFileError(cause)}`, { cause, hint })
  }
}
