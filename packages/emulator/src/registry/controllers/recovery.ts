import type { Storage } from '../../storage/storage.ts'

export interface Recovery {
  /** Something could not be written. */
  noteFailure(): void
  close(): void
}

const pauseMs = 3_000

/** Has what could not be done made up for, once a storage that was away is back. */
export function followRecovery({ catchUp }: Storage, takeUp: () => void): Recovery {
  let timer: NodeJS.Timeout | undefined
  let closed = false
  const look = async (ask: () => Promise<void>) => {
    const isBack = await ask().then(
      () => true,
      () => false,
    )
    timer = undefined
    if (closed) return
    if (isBack) takeUp()
    else noteFailure()
  }
  const noteFailure = () => {
    // Of a storage that is never away, such as a folder, the disk is full: it is not for controllers to wait for that.
    if (catchUp === undefined || closed) return
    timer ??= setTimeout(() => void look(catchUp), pauseMs).unref()
  }
  return {
    noteFailure,
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}
