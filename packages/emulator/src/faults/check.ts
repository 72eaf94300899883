import { parseDuration } from '../apimachinery/movable-clock.ts'
import { findProblems, type Problem } from '../documents/json-schema.ts'
import { loadSchema } from '../documents/schemas.ts'
import { EmulatorError } from '../errors.ts'
import type { Fault } from './fault.ts'

/** One of these is what a fault does; `delay` may stand alone too. */
const EFFECTS = ['status', 'reset', 'halfOpen', 'slowBody', 'watch', 'token', 'certificateAuthority', 'down'] as const
const WATCH_EFFECTS = ['close', 'expire', 'stall', 'dropBookmarks'] as const
const OF_STATUS = ['reason', 'message', 'retryAfterSeconds'] as const
/** Effects on the server, which a request may trigger. */
const OF_SERVER = ['certificateAuthority', 'down'] as const

/** All that is wrong with what should be a fault, a list of faults, or an object that holds one. */
export function findFaultProblems(value: unknown): Problem[] {
  const problems = findProblems(loadSchema('faults'), value)
  if (problems.length > 0) return problems
  const where = Array.isArray(value) ? [] : ['faults']
  return faultsOf(value).flatMap((fault, index) => {
    const path = fault === value ? [] : [...where, index]
    return meaningProblems(fault).map(({ path: within, message }) => ({ path: [...path, ...within], message }))
  })
}

/** The faults in a value of which {@link findFaultProblems} says nothing. */
export function faultsOf(value: unknown): Fault[] {
  if (Array.isArray(value)) return value
  const { faults } = value as { faults?: Fault[] }
  return faults ?? [value as Fault]
}

/** What a schema does not say. */
function meaningProblems(fault: Fault): Problem[] {
  const effects = EFFECTS.filter((name) => fault[name] !== undefined)
  const wrong = (message: string, ...path: string[]): Problem[] => [{ path, message }]
  if (effects.length > 1) return wrong(`has several effects, ${effects.join(' and ')}: make a fault of each`, effects[1]!)
  const [effect] = effects
  if (effect === undefined && fault.delay === undefined) return wrong(`has no effect: one of delay, ${EFFECTS.join(', ')}`)
  for (const name of OF_STATUS) if (fault[name] !== undefined && effect !== 'status') return wrong('is for faults with a status', name)
  const { watch, match, delay } = fault
  if (OF_SERVER.some((name) => name === effect) && delay !== undefined && match === undefined)
    return wrong('delays requests, and this fault has no match: say after', 'delay')
  if (watch === undefined) return []
  const chosen = WATCH_EFFECTS.filter((name) => watch[name] !== undefined)
  if (chosen.length !== 1) return wrong(`needs one of ${WATCH_EFFECTS.join(', ')}`, 'watch')
  const isWatch = match?.verb === undefined || [match.verb].flat().some((verb) => verb === 'watch' || verb.includes('*'))
  return isWatch ? [] : wrong('is not watch, so it never happens', 'match', 'verb')
}

/** @throws EmulatorError ERR_FAULT */
export function checkFaults(value: unknown): Fault[] {
  const [problem] = findFaultProblems(value)
  if (problem === undefined) return faultsOf(value)
  const { message } = problem
  const isAlone = Array.isArray(value) && value.length === 1
  const path = problem.path.slice(isAlone ? 1 : 0).join('.')
  throw new EmulatorError('ERR_FAULT', `${path === '' ? 'the fault' : `fault: ${path}`} ${message}`)
}

/** Milliseconds. */
export const millisecondsOf = (duration: string | undefined): number | undefined =>
  duration === undefined ? undefined : parseDuration(duration)
