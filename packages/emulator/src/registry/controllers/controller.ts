import type { Revision, Storage } from '../../storage/storage.ts'
import type { ResourceCatalog } from '../resource.ts'

const DEFINITIONS = '/registry/apiextensions.k8s.io/customresourcedefinitions/'

/** A change, by the resource that it is of. */
export interface ResourceChange {
  group: string
  resource: string
  /** `NAMESPACE/NAME`, or `NAME`. */
  key: string
  change: Revision
}

/** Part of what a cluster's controllers do for an API server's users. Called after each change, one change at a time. */
export interface Controller {
  changed(change: ResourceChange): void | Promise<void>
  /**
   * Instead, while an earlier state of the store is restored, and for what another server of the cluster has changed: for who keeps what it
   * reads. What has to be done was done back then, or is done there.
   */
  restored?(change: ResourceChange): void
  /** The clock was moved. */
  timePassed?(): void
  close?(): void
}

export interface RunningControllers {
  /** The changes that `restore` makes are those of a restored state. */
  whileRestoring(restore: () => void): void
  /** Looks at all that the store holds, as controllers do that have been started anew: what an earlier run left undone is done. */
  takeUp(): void
  timePassed(): void
  close(): void
}

/** Runs controllers on each change in the store. Their own writes are changes in turn, taken up when the one at hand is done. */
export function runControllers(
  storage: Storage,
  catalog: ResourceCatalog,
  controllers: readonly Controller[],
  onBug: (error: unknown) => void,
): RunningControllers {
  const queue: Array<{ change: ResourceChange; byOthers: boolean }> = []
  let running = false
  let restoring = false
  const names = new Map<string, { group: string; resource: string }>()

  const nameOf = (prefix: string) => {
    let name = names.get(prefix)
    if (name === undefined) {
      for (const { keyPrefix, storageKind, resource } of catalog.stored()) names.set(keyPrefix, { group: storageKind.group, resource })
      name = names.get(prefix)
    }
    return name
  }

  const handle = (change: ResourceChange, byOthers: boolean) => {
    for (const controller of controllers) {
      try {
        const pending = restoring || byOthers ? controller.restored?.(change) : controller.changed(change)
        if (pending !== undefined) pending.catch(onBug)
      } catch (error) {
        onBug(error)
      }
    }
  }

  const enqueue = (prefix: string, change: Revision, byOthers: boolean) => {
    const name = nameOf(prefix)
    if (name !== undefined) queue.push({ change: { ...name, key: change.key, change }, byOthers })
  }

  const drain = () => {
    if (running) return
    running = true
    try {
      for (let next = 0; next < queue.length; next++) handle(queue[next]!.change, queue[next]!.byOthers)
    } finally {
      queue.length = 0
      running = false
    }
  }

  const takeUp = (prefix: string) => {
    for (const change of storage.collection(prefix).list('')) enqueue(prefix, change, false)
    drain()
  }

  storage.onChange((prefix, change, byOthers) => {
    enqueue(prefix, change, byOthers)
    drain()
  })

  return {
    whileRestoring(restore) {
      restoring = true
      try {
        restore()
      } finally {
        restoring = false
      }
    },
    timePassed() {
      for (const controller of controllers) controller.timePassed?.()
    },
    close() {
      for (const controller of controllers) controller.close?.()
    },
    takeUp() {
      // Definitions first: what they define has a name only then.
      const prefixes = [...catalog.stored()].map(({ keyPrefix }) => keyPrefix)
      for (const prefix of [DEFINITIONS, ...prefixes.filter((each) => each !== DEFINITIONS)]) takeUp(prefix)
      for (const { keyPrefix } of [...catalog.stored()]) if (!prefixes.includes(keyPrefix)) takeUp(keyPrefix)
    },
  }
}
