import { type DocumentErrors, readSourceFile } from '../documents/document.ts'
import { faultsOf, findFaultProblems } from '../faults/check.ts'
import type { Fault } from '../faults/fault.ts'

const errors: DocumentErrors = { unreadable: 'ERR_FAULTS_UNREADABLE', syntax: 'ERR_FAULTS_SYNTAX', content: 'ERR_FAULTS' }

/**
 * Reads the faults of a YAML or JSON file; `-` is standard input.
 * @throws EmulatorError ERR_FAULTS_UNREADABLE, ERR_FAULTS_SYNTAX, ERR_FAULTS
 */
export function readFaultFile(file: string): Fault[] {
  return readSourceFile(file, errors).documents.flatMap((document) => {
    document.check(findFaultProblems(document.value))
    return faultsOf(document.value)
  })
}
