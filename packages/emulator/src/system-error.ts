import { constants } from 'node:os'

/** What the system says of an error. Node knows a quota that is used up by its number alone. */
export function systemErrorOf(error: unknown): { code: string; message: string } {
  const { code = '', errno, message } = error as NodeJS.ErrnoException
  if (errno !== -constants.errno.EDQUOT) return { code, message }
  return { code: 'EDQUOT', message: message.replace(/^[^,]*/, 'EDQUOT: disk quota exceeded') }
}
