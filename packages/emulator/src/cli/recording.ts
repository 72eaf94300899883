// What --audit, --record and --rule-coverage leave behind: loaded only with one of them.
import type { Emulator, EmulatorOptions } from '../emulator.ts'
import { EmulatorError } from '../errors.ts'
import type { Audit } from '../recording/recorder.ts'
import { openAuditFile } from './audit-file.ts'
import type { CommandInput, OptionValues, Printer } from './command.ts'
import { writeError } from './output.ts'
import { openRecordFile } from './record-file.ts'
import { formatRuleCoverage, unusedRules } from './rule-coverage.ts'

/** Runs what makes requests, gives its emulator before that is closed, and its exit code. */
export type RecordedRun = (options: EmulatorOptions, onEnd: (emulator: Emulator) => void) => Promise<number>

/**
 * Records a run. Its exit code is the run's, or 1 for a run that ended well whose record could not be written, or that breaks a rule.
 * @param standardOutput whether `--audit -` may write there
 * @throws EmulatorError ERR_USAGE, ERR_AUDIT_FILE, ERR_RECORD_FILE before the run; ERR_AUDIT_WRITE, ERR_RECORD_WRITE after it
 */
export async function runRecorded(
  { values, print }: Pick<CommandInput, 'values' | 'print'>,
  options: EmulatorOptions,
  run: RecordedRun,
  { standardOutput = false }: { standardOutput?: boolean } = {},
): Promise<number> {
  checkValues(values, standardOutput)
  const record = values['record'] === undefined ? undefined : openRecordFile(values['record'] as string)
  const log = values['audit'] === undefined ? undefined : await openAuditFile(values['audit'] as string)
  const rbacMode = options.rbacMode ?? (record === undefined ? undefined : 'record')
  let audit: Audit | undefined
  let code: number
  try {
    code = await run({ ...options, ...(rbacMode && { rbacMode }), ...(log && { onAudit: log.write }) }, (emulator) => {
      audit = emulator.audit
    })
  } catch (error) {
    await log?.close().catch(() => {})
    throw error
  }
  const writing = [() => log?.close(), () => record?.write(audit!.leastPrivilege({ names: values['record-names'] === true }).yaml)]
  for (const write of writing) await orWarn(write, code, print)
  return audit === undefined ? code : judgeRules(values, code, audit)
}

function checkValues(values: OptionValues, standardOutput: boolean): void {
  if (values['record-names'] !== undefined && values['record'] === undefined) {
    throw new EmulatorError('ERR_USAGE', '--record-names without --record', { hint: 'Say where to: --record rbac.yaml' })
  }
  for (const name of ['audit', 'record']) {
    if (values[name] !== '-' || (name === 'audit' && standardOutput)) continue
    throw new EmulatorError('ERR_USAGE', `--${name} - would mix with what the program prints`, {
      hint: `Name a file, such as --${name} ${name === 'audit' ? 'audit.jsonl' : 'rbac.yaml'}, or /dev/stderr.`,
    })
  }
}

/** A program's own failure is told first, by its exit code. */
async function orWarn(write: () => void | undefined | Promise<void>, code: number, print: Printer): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (code === 0) throw error
    print.warn((error as Error).message)
  }
}

function judgeRules(values: OptionValues, code: number, audit: Audit): number {
  const strict = values['fail-on-unused'] === true
  if (!strict && values['rule-coverage'] !== true) return code
  const coverage = audit.ruleCoverage()
  writeError(formatRuleCoverage(coverage))
  return strict && code === 0 && unusedRules(coverage).length > 0 ? 1 : code
}
