import { tmpdir } from 'node:os'
import { systemErrorOf } from '../system-error.ts'

const temporary = 'TMPDIR names another folder for temporary files.'

/** What the machine lacks, and what to do, by the system's error code. */
const conditions: Readonly<Record<string, { what: string; hint?: string }>> = {
  EMFILE: { what: 'no more files can be opened', hint: 'Raise the limit of open files: ulimit -n' },
  ENFILE: { what: 'the machine has no file handles left' },
  ENOMEM: { what: 'the machine has no memory left' },
  EAGAIN: { what: 'the machine has no room for another process', hint: 'Raise the limit of processes: ulimit -u' },
  ENOSPC: { what: 'a disk is full', hint: `Make room. ${temporary}` },
  EDQUOT: { what: 'the disk quota is used up', hint: `Make room. ${temporary}` },
  EROFS: { what: 'a file system is read-only', hint: temporary },
  EACCES: { what: 'a file is not for this user' },
  EPERM: { what: 'the system does not permit it' },
  EIO: { what: 'a device fails' },
}

/** What a person is told of an error that the system gave, not we; undefined for any other. */
export function describeMachineError(error: Error): { text: string; hint: string | undefined } | undefined {
  const { syscall, path } = error as NodeJS.ErrnoException
  const { code, message } = systemErrorOf(error)
  const condition = syscall === undefined ? undefined : conditions[code]
  if (condition === undefined) return undefined
  const isTemporary = path === undefined || path.startsWith(tmpdir())
  const hint = isTemporary ? condition.hint : condition.hint?.replace(temporary, '').trim() || undefined
  return { text: `${condition.what}: ${message}`, hint }
}
