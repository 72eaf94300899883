import { writeFileSync } from 'node:fs'
import { type Observation, type ObservedCall, patternOf } from '../../scenario/matrix/observation.ts'
import { differences } from '../../scenario/matrix/partial.ts'
import type { Expectation, RequestPattern } from '../../scenario/matrix/scenario.ts'
import type { ScenarioFile } from '../../scenario/matrix/scenario-file.ts'
import type { ScenarioResult } from './run-scenario.ts'

/** What became of updating. */
export interface Updated {
  /** Files that were written. */
  files: string[]
  /** Names of scenarios whose expectations cannot be changed, and why. */
  notUpdated: string[]
}

/** Writes what was observed in the place of what was expected and did not come. Comments stay. */
export function updateFiles(files: readonly ScenarioFile[], results: readonly ScenarioResult[]): Updated {
  const changed = new Set<string>()
  const notUpdated: string[] = []
  for (const { scenario, observation, status } of results) {
    const { expect, document, file, name, isCombination } = scenario
    if (observation === undefined || (status === 'passed' && expect !== undefined)) continue
    if (observation.endedFor !== undefined) notUpdated.push(`${name}: it ${observation.endedFor}`)
    else if (isCombination) {
      if (status !== 'passed') notUpdated.push(`${name}: it is one of several of its document`)
    } else {
      if (expect === undefined) document.set(['expect'], firstExpectation(observation))
      else for (const [path, value] of corrections(expect, observation)) document.set(['expect', ...path], value)
      changed.add(file)
    }
  }
  const written = files.filter(({ file }) => changed.has(file))
  for (const { file, source } of written) writeFileSync(file, source.text())
  return { files: written.map(({ file }) => file), notUpdated }
}

function firstExpectation({ exitCode, calls }: Observation): Expectation {
  return { exitCode, requests: distinct(calls), denials: distinct(calls.filter(({ isDenied }) => isDenied)) }
}

type Correction = [path: (string | number)[], value: unknown]

function corrections(expect: Expectation, seen: Observation): Correction[] {
  const changes: Correction[] = []
  if (expect.signal === undefined && (expect.exitCode ?? 0) !== seen.exitCode) changes.push([['exitCode'], seen.exitCode])
  if (expect.signal !== undefined) changes.push([['signal'], undefined], [['exitCode'], seen.exitCode])
  for (const name of ['stdout', 'stderr'] as const) if (expect[name] !== undefined) changes.push([[name], { equals: seen[name] }])
  if (expect.requests !== undefined) changes.push([['requests'], distinct(seen.calls)])
  if (expect.denials !== undefined) changes.push([['denials'], distinct(seen.calls.filter(({ isDenied }) => isDenied))])
  expect.objects?.forEach((pattern, index) => {
    const object = seen.object(pattern)
    if (object === undefined) return
    for (const { path } of differences(pattern, object)) changes.push([['objects', index, ...path], valueAt(object, path) ?? null])
  })
  return changes
}

function distinct(calls: readonly ObservedCall[]): RequestPattern[] {
  const patterns = new Map(calls.map((call) => [JSON.stringify(patternOf(call)), patternOf(call)]))
  return [...patterns.values()]
}

const valueAt = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce((each: unknown, part) => (each as Record<string | number, unknown> | undefined)?.[part], value)
