import { existsSync, readdirSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, dirname, extname, join } from 'node:path'
import { parseDuration } from '../../apimachinery/movable-clock.ts'
import { type DocumentErrors, readSourceFile, type SourceDocument, type SourceFile } from '../../documents/document.ts'
import { type DocumentPath, findProblems, type Problem } from '../../documents/json-schema.ts'
import { loadSchema } from '../../documents/schemas.ts'
import { EmulatorError } from '../../errors.ts'
import { findFaultProblems } from '../../faults/check.ts'
import type { Fault } from '../../faults/fault.ts'
import { readFaultFile } from '../fault-file.ts'
import { combinationsOf, formatCombination, substitute } from './combinations.ts'
import type { Expectation, ObjectPattern, Scenario } from './scenario.ts'

const errors: DocumentErrors = { unreadable: 'ERR_SCENARIO_UNREADABLE', syntax: 'ERR_SCENARIO_SYNTAX', content: 'ERR_SCENARIO' }

/** A scenario as its file has it. */
interface ScenarioFields {
  name?: string
  manifests?: (string | ObjectPattern)[]
  namespace?: string
  serviceAccount?: string
  pod?: string
  container?: string
  faults?: (string | Fault)[]
  command?: string | string[]
  env?: Record<string, string>
  timeout?: string
  expect?: Expectation
}

export interface ScenarioFile {
  file: string
  source: SourceFile
  scenarios: Scenario[]
}

/**
 * Reads scenario files, and those of folders but for documents that are objects of the API.
 * @throws EmulatorError ERR_SCENARIO_UNREADABLE, ERR_SCENARIO_SYNTAX, ERR_SCENARIO
 */
export function readScenarioFiles(paths: readonly string[]): ScenarioFile[] {
  const files = paths.flatMap((path) => (isFolder(path) ? filesOf(path).map((file) => readOne(file, true)) : [readOne(path, false)]))
  const first = new Map<string, Scenario>()
  for (const scenario of files.flatMap(({ scenarios }) => scenarios)) {
    const same = first.get(scenario.name)
    if (same !== undefined)
      throw new EmulatorError(
        'ERR_SCENARIO',
        `${scenario.file}:${scenario.line}: the name "${scenario.name}" is that of ${same.file}:${same.line}`,
      )
    first.set(scenario.name, scenario)
  }
  if (first.size === 0) throw new EmulatorError('ERR_SCENARIO', `${paths.join(', ')}: no scenarios in there`)
  return files
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    // Reading it will say why.
    return false
  }
}

function filesOf(folder: string): string[] {
  const names = namesIn(folder).filter((name) => /\.(ya?ml|json)$/.test(name))
  return names.sort().map((name) => join(folder, name))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch (cause) {
    throw new EmulatorError('ERR_SCENARIO', `${folder}: ${(cause as Error).message}`, { cause })
  }
}

function readOne(file: string, isOfFolder: boolean): ScenarioFile {
  const source = readSourceFile(file, errors)
  const documents = isOfFolder ? source.documents.filter(({ value }) => !isManifest(value)) : source.documents
  const scenarios = documents.flatMap((document, index) => scenariosOf(document, { file, number: documents.length > 1 ? index + 1 : 0 }))
  return { file, source, scenarios }
}

const isManifest = (value: unknown) => typeof value === 'object' && value !== null && 'apiVersion' in value && 'kind' in value

interface Place {
  file: string
  /** Of the document; 0 where it is the only one. */
  number: number
}

function scenariosOf(document: SourceDocument, place: Place): Scenario[] {
  // Of a text, fields would be its letters.
  const { matrix, ...fields } = (typeof document.value === 'object' ? (document.value ?? {}) : {}) as Record<string, unknown>
  const schema = loadSchema('scenario')
  if (matrix !== undefined) document.check(findProblems(schema, { matrix }))
  const combinations = matrix === undefined ? [undefined] : combinationsOf(matrix as Parameters<typeof combinationsOf>[0])
  return combinations.map((combination) => {
    const problems: Problem[] = []
    const unknown = (name: string, path: (string | number)[]) =>
      problems.push({ path, message: `names matrix.${name}, which there is not` })
    const value = matrix === undefined ? document.value : substitute(fields, combination!, unknown)
    document.check([...problems, ...findProblems(schema, value)])
    const scenario = scenarioOf(value as ScenarioFields, document, place)
    const isNamed = typeof fields['name'] === 'string' && fields['name'].includes('${{')
    const suffix = combination === undefined || isNamed ? '' : ` (${formatCombination(combination)})`
    return { ...scenario, name: `${scenario.name}${suffix}`, isCombination: combination !== undefined }
  })
}

function scenarioOf(fields: ScenarioFields, document: SourceDocument, { file, number }: Place): Scenario {
  checkMeaning(fields, document)
  const near = (path: string) => (path.startsWith('/') ? path : join(dirname(file), path))
  const { name, manifests = [], faults = [], command, timeout, pod } = fields
  return {
    name: name ?? `${basename(file, extname(file))}${number === 0 ? '' : ` ${number}`}`,
    file,
    line: document.lineOf(['name']),
    document,
    isCombination: false,
    manifests: manifests.map((each) => (typeof each === 'string' ? near(each) : each)),
    namespace: fields.namespace,
    serviceAccount: fields.serviceAccount,
    pod: pod === undefined || !isFile(near(pod)) ? pod : near(pod),
    container: fields.container,
    faults: faults.flatMap((each, index) => (typeof each === 'string' ? faultsOf(near(each), ['faults', index], document) : [each])),
    command: typeof command === 'string' ? ['sh', '-c', command] : command,
    env: fields.env ?? {},
    timeoutMs: timeout === undefined ? undefined : parseDuration(timeout),
    expect: fields.expect,
  }
}

function faultsOf(file: string, path: DocumentPath, document: SourceDocument): Fault[] {
  try {
    return readFaultFile(file)
  } catch (error) {
    if (!(error instanceof EmulatorError)) throw error
    throw document.error({ path, message: `cannot be used: ${error.message}` }, { cause: error, hint: error.hint })
  }
}

const isFile = (path: string) => existsSync(path) && statSync(path).isFile()

/** What a schema does not say. */
function checkMeaning({ pod, serviceAccount, container, faults = [], expect = {} }: ScenarioFields, document: SourceDocument): void {
  const wrong = (path: string[], message: string) => document.check([{ path, message }])
  if (pod !== undefined && serviceAccount !== undefined) wrong(['serviceAccount'], 'is what the Pod says, in spec.serviceAccountName')
  if (pod === undefined && container !== undefined) wrong(['container'], 'needs pod')
  const { signal, exitCode } = expect
  if (signal !== undefined && exitCode !== undefined) wrong(['expect', 'signal'], 'stands beside exitCode: one of them')
  if (signal !== undefined && !(signal in constants.signals)) wrong(['expect', 'signal'], `is ${signal}, which is no signal`)
  faults.forEach((fault, index) => {
    if (typeof fault === 'string') return
    document.check(findFaultProblems(fault).map(({ path, message }) => ({ path: ['faults', index, ...path], message })))
  })
  for (const output of ['stdout', 'stderr'] as const) {
    for (const pattern of [expect[output] ?? []].flat()) {
      const fault = typeof pattern === 'string' ? undefined : regularExpressionFault(pattern.matches)
      if (fault !== undefined) wrong(['expect', output], fault)
    }
  }
}

function regularExpressionFault(text: string | undefined): string | undefined {
  try {
    new RegExp(text ?? '', 'm')
    return undefined
  } catch (error) {
    return `has no regular expression: ${(error as Error).message}`
  }
}
