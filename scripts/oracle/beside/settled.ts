import type { Part } from './area.ts'

/** What holds it back is taken away by controllers, for which is waited; or by them and others: then it is not compared. */
export function settled(deleted: Part): { retry?: number; until?: number; setup?: boolean } {
  const held: string[] = (deleted?.items ?? [deleted]).flatMap((each: Part) => each?.metadata?.finalizers ?? [])
  const [collected, other] = [true, false].map((is) => held.filter((each) => ['foregroundDeletion', 'orphan'].includes(each) === is))
  const isProtected = held.some((finalizer) => /^kubernetes\.io\/pvc?-protection$/.test(finalizer))
  if (isProtected || (collected!.length > 0 && other!.length > 0)) return { setup: true }
  return collected!.length > 0 ? { retry: 3000, until: 404 } : {}
}
