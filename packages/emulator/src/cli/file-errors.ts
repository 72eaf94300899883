import { systemErrorOf } from '../system-error.ts'

const texts: Readonly<Record<string, string>> = {
  ENOENT: 'no such folder',
  ENOTDIR: 'no such folder',
  EISDIR: 'it is a folder',
  EACCES: 'may not be written',
  EPERM: 'may not be written',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  EPIPE: 'nobody reads it any more',
  EIO: 'the device fails',
}

/** Why a file could not be written, for a person. */
export function describeFileError(error: unknown): string {
  const { code, message } = systemErrorOf(error)
  return texts[code] ?? message
}
