import type { Revision } from '../../storage/storage.ts'

/** Bytes that one kept form may have to share memory with others; larger ones have their own. */
const maxShared = 2048
const slabBytes = 8192

/** What is kept shares no memory with what is not: a few bytes would hold much of it. */
let slab = Buffer.allocUnsafeSlow(slabBytes)
let used = 0

/** UTF-8 for as long as the object is stored. Short texts are packed. */
export function encodeToKeep(text: string): Uint8Array {
  const atMost = text.length * 3
  if (atMost > maxShared) return Buffer.from(text)
  if (used + atMost > slabBytes) {
    slab = Buffer.allocUnsafeSlow(slabBytes)
    used = 0
  }
  const start = used
  used += slab.write(text, start)
  return slab.subarray(start, used)
}

/** An encoded form of a revision, if it has been made and is kept. */
export function knownForm(revision: Revision, form: string): Uint8Array | undefined {
  for (let kept = revision.encoded; kept !== undefined; kept = kept.next) if (kept.form === form) return kept.bytes
  return undefined
}

/** An encoded form of a revision, made at the first call and kept with it. */
export function keptForm(revision: Revision, form: string, make: () => Uint8Array): Uint8Array {
  const known = knownForm(revision, form)
  if (known !== undefined) return known
  const bytes = make()
  revision.encoded = { form, bytes, next: revision.encoded }
  return bytes
}

/** How many forms are kept for those who watch: a change is told to all of them at about the same time, and seldom again. */
const mostRecent = 1024
const recent: Array<{ revision: Revision; form: string } | undefined> = []
let nextRecent = 0

/** As `keptForm`, and let go after some more of these. */
export function recentForm(revision: Revision, form: string, make: () => Uint8Array): Uint8Array {
  let isNew = false
  const bytes = keptForm(revision, form, () => {
    isNew = true
    return make()
  })
  if (!isNew) return bytes
  const oldest = recent[nextRecent]
  if (oldest !== undefined) letGo(oldest.revision, oldest.form)
  recent[nextRecent] = { revision, form }
  nextRecent = (nextRecent + 1) % mostRecent
  return bytes
}

function letGo(revision: Revision, form: string): void {
  const { encoded } = revision
  if (encoded?.form === form) revision.encoded = encoded.next
  for (let kept = encoded; kept?.next !== undefined; kept = kept.next) if (kept.next.form === form) kept.next = kept.next.next
}
