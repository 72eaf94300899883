import { constants } from 'node:os'
import { EmulatorError } from '../errors.ts'
import { describeMachineError } from './machine-error.ts'

/** Errors that no other command line would have avoided: the surroundings are to blame. */
const NOT_WRONG_USE = new Set([
  'ERR_SANDBOX',
  'ERR_PROCESS',
  'ERR_REPORT',
  'ERR_POD_CONFIG',
  'ERR_PORT_IN_USE',
  'ERR_PORT_FORBIDDEN',
  'ERR_ADDRESS',
  'ERR_NOT_RUNNING',
  'ERR_API',
  'ERR_AUDIT_WRITE',
  'ERR_RECORD_WRITE',
  'ERR_DATA_FOLDER',
  'ERR_DATA_IN_USE',
  'ERR_DATA_DAMAGED',
  'ERR_DATA_VERSION',
  'ERR_STORAGE_UNREACHABLE',
  'ERR_STORAGE_REFUSED',
  'ERR_STORAGE_LOCKED',
  'ERR_STORAGE_DAMAGED',
])

/** 2 for wrong use, 1 for our failure; programs that cannot be run and signals have their shell's codes. */
export function exitCodeOf(error: unknown): number {
  const { exitCode, signal } = error as { exitCode?: unknown; signal?: NodeJS.Signals }
  if (typeof exitCode === 'number') return exitCode
  if (signal !== undefined) return 128 + (constants.signals[signal] ?? 0)
  return error instanceof EmulatorError && !NOT_WRONG_USE.has(error.code) ? 2 : 1
}

/** What is written to standard error. */
export function formatError(error: unknown, verbose: boolean): string {
  if (!(error instanceof Error)) return `inpod: internal error: ${String(error)}\n`
  if ('signal' in error) return ''
  const stacks = verbose ? [error, ...causesOf(error)].map(({ stack }) => `${stack}\n`) : []
  if (error instanceof EmulatorError)
    return [`inpod: ${error.message}\n`, ...(error.hint ? [`${indent(error.hint)}\n`] : []), ...stacks].join('')
  const machine = describeMachineError(error)
  if (machine !== undefined) return [`inpod: ${machine.text}\n`, ...(machine.hint ? [`  ${machine.hint}\n`] : []), ...stacks].join('')
  const hint = verbose ? '' : '  This is a fault of inpod. With --verbose it says where it happened.\n'
  return [`inpod: internal error: ${error.message}\n`, hint, ...stacks].join('')
}

function causesOf(error: Error): Error[] {
  return error.cause instanceof Error ? [error.cause, ...causesOf(error.cause)] : []
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ')
}
