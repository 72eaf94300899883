import type { WatchEvent, Write } from './history.ts'

/** What writers were told is done, and no event has been found for yet. */
export interface Acknowledged {
  wrote(write: Write): void
  deleted(deletion: { name: string; uid: string }): void
  /** Takes what has caused an event; gives what is wrong with it. */
  causeOf(event: WatchEvent): string | undefined
  /** Takes what ought to have caused an event up to a revision, and has not; a line each. */
  unseen(horizon: number): string[]
}

export function createAcknowledged(): Acknowledged {
  const writes = new Map<number, Write>()
  /** By stamp. */
  const unversioned = new Map<string, Write>()
  /** Names by uid. */
  const deletions = new Map<string, string>()
  let problems: string[] = []

  return {
    wrote(write) {
      if (write.revision === undefined) unversioned.set(write.stamp, write)
      else if (writes.has(write.revision)) problems.push(`two writes were told of revision ${write.revision}`)
      else writes.set(write.revision, write)
    },
    deleted: ({ name, uid }) => void deletions.set(uid, name),
    causeOf({ type, name, uid, revision, stamp }) {
      if (type === 'DELETED') return deletions.delete(uid) ? undefined : 'nobody deleted it'
      const write = writes.get(revision) ?? unversioned.get(stamp)
      if (write === undefined) return 'nobody wrote it'
      writes.delete(revision)
      unversioned.delete(stamp)
      return write.name === name && write.stamp === stamp ? undefined : `what was written is ${JSON.stringify(write)}`
    },
    unseen(horizon) {
      const due = [...writes.values()].filter(({ revision }) => revision! <= horizon)
      for (const write of [...due, ...unversioned.values()]) problems.push(`no watcher was told of ${JSON.stringify(write)}`)
      for (const [uid, name] of deletions) problems.push(`no watcher was told that ${name} (${uid}) is gone`)
      for (const { revision } of due) writes.delete(revision!)
      unversioned.clear()
      deletions.clear()
      const found = problems
      problems = []
      return found
    },
  }
}
