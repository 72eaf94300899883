import { constants } from 'node:os'
import type { DocumentPath } from '../../documents/json-schema.ts'
import { formatCall, formatPattern, matchingCalls, type Observation, type ObservedCall } from './observation.ts'
import { differences } from './partial.ts'
import type { Expectation, ObjectPattern, OutputPattern, RequestPattern } from './scenario.ts'

/** What is not as a scenario expects it. */
export interface Mismatch {
  /** Of the expectation, in the scenario's document. */
  path: DocumentPath
  message: string
}

/** Lines of requests and characters of an output that a message shows. */
const shownCalls = 10
const shownCharacters = 600
const shownLines = 8

export function compare(expect: Expectation, seen: Observation): Mismatch[] {
  if (seen.endedFor !== undefined) return [{ path: ['timeout'], message: `${seen.endedFor}, and was ended${tail(seen)}` }]
  return [
    ...compareExit(expect, seen),
    ...(['stdout', 'stderr'] as const).flatMap((name) => compareOutput(name, expect[name], seen[name])),
    ...compareRequests(expect, seen.calls),
    ...compareDenials(expect.denials, seen.calls),
    ...compareObjects(expect, seen),
  ]
}

function compareExit({ exitCode, signal }: Expectation, seen: Observation): Mismatch[] {
  const wanted = signal === undefined ? (exitCode ?? 0) : 128 + constants.signals[signal as NodeJS.Signals]
  if (seen.exitCode === wanted) return []
  const path = ['expect', signal === undefined ? 'exitCode' : 'signal']
  return [{ path, message: `exit code ${seen.exitCode}, not ${signal === undefined ? wanted : `${wanted} (${signal})`}${tail(seen)}` }]
}

/** What the program said last, which often says why. */
function tail({ stderr, stdout }: Observation): string {
  const text = (stderr.trim() || stdout.trim()).slice(-shownCharacters).split('\n').slice(-shownLines).join('\n')
  return text === '' ? '' : `; it said:\n${text}`
}

function compareOutput(name: 'stdout' | 'stderr', patterns: OutputPattern | OutputPattern[] | undefined, text: string): Mismatch[] {
  return [patterns ?? []].flat().flatMap((pattern, index) => {
    const wrong = outputProblem(typeof pattern === 'string' ? { contains: pattern } : pattern, text)
    const path = ['expect', name, ...(Array.isArray(patterns) ? [index] : [])]
    return wrong === undefined ? [] : [{ path, message: `${name} ${wrong}; it is:\n${beginning(text) || '(nothing)'}` }]
  })
}

const beginning = (text: string) => text.slice(0, shownCharacters).split('\n').slice(0, shownLines).join('\n')

function outputProblem({ contains, matches, equals, not }: Exclude<OutputPattern, string>, text: string): string | undefined {
  if (contains !== undefined && !text.includes(contains)) return `does not contain ${JSON.stringify(contains)}`
  if (matches !== undefined && !new RegExp(matches, 'm').test(text)) return `does not match /${matches}/`
  if (equals !== undefined && text.trimEnd() !== equals.trimEnd()) return `is not ${JSON.stringify(equals)}`
  return not !== undefined && text.includes(not) ? `contains ${JSON.stringify(not)}` : undefined
}

function compareRequests({ requests = [], noRequests = [] }: Expectation, calls: ObservedCall[]): Mismatch[] {
  const mismatches: Mismatch[] = []
  requests.forEach((pattern, index) => {
    const message = requestProblem(pattern, calls)
    if (message !== undefined) mismatches.push({ path: ['expect', 'requests', index], message })
  })
  noRequests.forEach((pattern, index) => {
    const [found] = matchingCalls(pattern, calls)
    if (found !== undefined)
      mismatches.push({
        path: ['expect', 'noRequests', index],
        message: `a request ${formatPattern(pattern)} was made: ${formatCall(found)}`,
      })
  })
  return mismatches
}

function requestProblem(pattern: RequestPattern, calls: ObservedCall[]): string | undefined {
  const found = matchingCalls(pattern, calls).length
  const { count, ...rest } = pattern
  if (count === undefined ? found > 0 : found === count) return undefined
  const what = `request ${formatPattern(rest)}`
  return count === undefined ? `no ${what} was made; made were:${listed(calls)}` : `${found} of ${what}, not ${count}`
}

function compareDenials(patterns: RequestPattern[] | undefined, calls: ObservedCall[]): Mismatch[] {
  if (patterns === undefined) return []
  const denied = calls.filter(({ isDenied }) => isDenied)
  const missing = patterns.flatMap((pattern, index) => {
    if (requestProblem(pattern, denied) === undefined) return []
    return [
      { path: ['expect', 'denials', index], message: `no request ${formatPattern(pattern)} was denied; denied were:${listed(denied)}` },
    ]
  })
  const expected = new Set(patterns.flatMap((pattern) => matchingCalls(pattern, denied)))
  const others = denied.filter((call) => !expected.has(call))
  return others.length === 0
    ? missing
    : [...missing, { path: ['expect', 'denials'], message: `other requests were denied:${listed(others)}` }]
}

function listed(calls: ObservedCall[]): string {
  const lines = [...new Set(calls.map(formatCall))]
  if (lines.length === 0) return ' none'
  const rest = lines.length - shownCalls
  return `\n${lines.slice(0, shownCalls).join('\n')}${rest > 0 ? `\nand ${rest} more` : ''}`
}

function compareObjects({ objects = [], noObjects = [] }: Expectation, seen: Observation): Mismatch[] {
  const mismatches: Mismatch[] = []
  objects.forEach((pattern, index) => {
    const path = ['expect', 'objects', index]
    const found = seen.object(pattern)
    if (found === undefined) mismatches.push({ path, message: `there is no ${nameOf(pattern)}` })
    else
      for (const { path: field, message } of differences(pattern, found))
        mismatches.push({ path: [...path, ...field], message: `${nameOf(pattern)}: ${field.join('.')} ${message}` })
  })
  noObjects.forEach((pattern, index) => {
    const found = seen.object(pattern)
    if (found !== undefined && differences(pattern, found).length === 0)
      mismatches.push({ path: ['expect', 'noObjects', index], message: `there is a ${nameOf(pattern)}` })
  })
  return mismatches
}

const nameOf = ({ kind, metadata }: ObjectPattern) =>
  `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`
