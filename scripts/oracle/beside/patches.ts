import type { Random } from '../random-objects.ts'
import type { Part } from './area.ts'

/** What each server makes for itself. */
const own = /^\/metadata\/(managedFields|resourceVersion|uid|creationTimestamp|generation)/

/** Pointers to all there is in an object. */
function pointersOf(live: Part): string[] {
  const pointers: string[] = []
  const walk = (value: Part, path: string) => {
    if (path !== '' && !own.test(path)) pointers.push(path)
    if (typeof value !== 'object' || value === null) return
    for (const [key, member] of Object.entries(value)) walk(member, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  }
  walk(live, '')
  return pointers.length > 0 ? pointers : ['/metadata/labels/x']
}

/** A JSON patch of one to three operations on an object, some of which cannot succeed. */
export function jsonPatchOf(random: Random, live: Part): Part {
  const pointers = pointersOf(live)
  const pointer = () => {
    const found = random.pick(pointers)
    return random.pick([
      found,
      found,
      found,
      `${found}/x`,
      `${found}/-`,
      found.replace(/[^/]+$/, '-'),
      found.replace(/[^/]+$/, '99'),
      '',
      '/',
      'x',
    ])
  }
  const operation = () => {
    const op = random.pick(['add', 'remove', 'replace', 'move', 'copy', 'test', 'add', 'replace', random.pick(['x', ''])])
    return {
      op,
      path: random.chance(0.5) ? `/metadata/${random.pick(['labels', 'annotations'])}/${random.pick(['a', 'b', 'l', 'new'])}` : pointer(),
      ...(op === 'move' || op === 'copy' || random.chance(0.03) ? { from: pointer() } : {}),
      ...(['add', 'replace', 'test'].includes(op) && random.chance(0.96)
        ? { value: random.chance(0.6) ? 'v' : random.pick<Part>(['x', 1, true, null, { a: 'b' }, ['x'], []]) }
        : {}),
    }
  }
  return Array.from({ length: 1 + random.below(3) }, operation)
}
