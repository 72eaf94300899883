import type { SourceDocument } from '../../documents/document.ts'
import type { Fault, FaultMatch } from '../../faults/fault.ts'
import type { ManifestSource } from '../manifests.ts'

/** Text that must be in an output; or exactly so, or by a regular expression, or not there. */
export type OutputPattern = string | { contains?: string; matches?: string; equals?: string; not?: string }

export interface RequestPattern extends FaultMatch {
  status?: number
  /** Default: at least one. */
  count?: number
}

export interface ObjectPattern {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string }
  [field: string]: unknown
}

/** What must come of a scenario, as its file says it. */
export interface Expectation {
  exitCode?: number
  signal?: string
  stdout?: OutputPattern | OutputPattern[]
  stderr?: OutputPattern | OutputPattern[]
  requests?: RequestPattern[]
  noRequests?: RequestPattern[]
  denials?: RequestPattern[]
  objects?: ObjectPattern[]
  noObjects?: ObjectPattern[]
}

/** A scenario to run: a document of a file, with one combination of its matrix. */
export interface Scenario {
  name: string
  file: string
  line: number
  document: SourceDocument
  /** One of several of its document. */
  isCombination: boolean
  manifests: ManifestSource[]
  namespace: string | undefined
  serviceAccount: string | undefined
  pod: string | undefined
  container: string | undefined
  faults: Fault[]
  /** Undefined: what the command line gives. */
  command: string[] | undefined
  env: Record<string, string>
  timeoutMs: number | undefined
  expect: Expectation | undefined
}
