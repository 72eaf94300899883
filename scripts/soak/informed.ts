import { differenceOf } from './check.ts'
import type { History } from './history.ts'
import type { Report } from './report.ts'

type InformerEvent = NonNullable<Report['event']>

/** What informers told their handlers. After a list they tell again of what they hold, and may tell of several changes as of one. */
export interface Informed {
  /** Whether it was told before. */
  take(informer: string, event: InformerEvent): boolean
  /** What they have told otherwise than it is, so far: handlers are told later than caches change. */
  behind(resource: string, expected: ReadonlyMap<string, number>): string[]
  /** Each version that was told of is one that there was, and the last of each object is the one that there is. */
  settle(resource: string, history: History): string[]
}

export function createInformed(): Informed {
  /** The last version of each object, by informer and resource. */
  const known = new Map<string, Map<string, number>>()
  let versions: Array<{ key: string; version: number }> = []
  let problems: Array<{ key: string; problem: string }> = []

  const isOf = (resource: string) => (key: string) => key.startsWith(`${resource} of `)
  const behind: Informed['behind'] = (resource, expected) =>
    [...known]
      .filter(([key]) => isOf(resource)(key))
      .map(([key, objects]) => ({ key, difference: differenceOf(expected, objects) }))
      .filter(({ difference }) => difference !== undefined)
      .map(({ key, difference }) => `${key}: ${difference}`)

  return {
    behind,
    take(informer, { resource, type, name, version: text }) {
      const key = `${resource} of ${informer}`
      const objects = known.get(key) ?? new Map<string, number>()
      known.set(key, objects)
      const version = Number(text)
      const before = objects.get(name)
      if (type === 'MODIFIED' && before === version) return true
      const isNext = type === 'ADDED' ? before === undefined : before !== undefined && version >= before
      if (!isNext) problems.push({ key, problem: `${type} ${name} at ${version} after ${before ?? 'nothing'}` })
      versions.push({ key, version })
      if (type === 'DELETED') objects.delete(name)
      else objects.set(name, version)
      return false
    },
    settle(resource, history) {
      const isMine = ({ key }: { key: string }) => isOf(resource)(key)
      const found = problems.filter(isMine).map(({ key, problem }) => `${key}: ${problem}`)
      for (const { key, version } of versions.filter(isMine))
        if (!history.has(version)) found.push(`${key}: it was told of version ${version}, which there never was`)
      const state = history.stateAt(Number.MAX_SAFE_INTEGER)
      const expected = new Map([...state].map(([name, { revision }]) => [name, revision]))
      found.push(...behind(resource, expected))
      problems = problems.filter((each) => !isMine(each))
      versions = versions.filter((each) => !isMine(each))
      return found
    },
  }
}
