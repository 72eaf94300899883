// The same variables in each shell's words. Only the value is quoted: names are of letters, digits and underscores.
import { EmulatorError } from '../errors.ts'

export interface EnvironmentChange {
  set: Record<string, string>
  unset: string[]
}

/** Writes an environment in one language. */
type Format = (change: EnvironmentChange) => string

/** POSIX sh, bash, zsh, ksh: nothing is special within single quotes but their end. */
const sh: Format = ({ set, unset }) =>
  lines([...unset.map((name) => `unset ${name}`), ...each(set, (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`)])

/** fish: a backslash is special before a backslash or a quote. */
const fish: Format = ({ set, unset }) =>
  lines([
    ...unset.map((name) => `set -e ${name}`),
    ...each(set, (name, value) => `set -gx ${name} '${value.replaceAll(/[\\']/g, '\\$&')}'`),
  ])

/** PowerShell: a quote is doubled, and so are the typographic ones, which it takes for the same (about_Quoting_Rules). */
const powershell: Format = ({ set, unset }) =>
  lines([
    ...unset.map((name) => `Remove-Item -ErrorAction SilentlyContinue Env:${name}`),
    ...each(set, (name, value) => `$env:${name} = '${value.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`),
  ])

/** Files of variables as Node's --env-file, Docker Compose, and the dotenv packages read them: they differ in all but plain quotes. */
const dotenv: Format = ({ set, unset }) =>
  lines([
    ...(unset.length > 0 ? [`# Not to be set: ${unset.join(', ')}`] : []),
    ...each(set, (name, value) => {
      if (/^[\w./:@,+-]*$/.test(value)) return `${name}=${value}`
      const quote = ["'", '"'].find((mark) => !value.includes(mark) && (mark === "'" || !/[\\$]/.test(value)))
      if (quote === undefined) throw unwritable(name, 'dotenv')
      return `${name}=${quote}${value}${quote}`
    }),
  ])

/** Docker's --env-file: the value is all that follows, as it is. */
export const dockerEnvFile = (set: Record<string, string>): string =>
  lines(
    each(set, (name, value) => {
      if (/[\r\n]/.test(value)) throw unwritable(name, "Docker's --env-file")
      return `${name}=${value}`
    }),
  )

const json: Format = (change) => `${JSON.stringify(change)}\n`

/** By the name of the shell or of the format. */
export const formats = { sh, bash: sh, zsh: sh, fish, powershell, pwsh: powershell, dotenv, json } satisfies Record<string, Format>

const each = (set: Record<string, string>, write: (name: string, value: string) => string): string[] =>
  Object.entries(set).map(([name, value]) => write(name, value))

const lines = (all: string[]): string => all.map((line) => `${line}\n`).join('')

function unwritable(name: string, format: string): EmulatorError {
  return new EmulatorError('ERR_UNWRITABLE', `${name} has characters that ${format} has no way to write`, {
    hint: 'Another form has: inpod env --json',
  })
}
