import { isObject } from '../patch/json-object.ts'

/** Whether two JSON values are the same. A null member is not the same as none. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false
    for (let index = 0; index < left.length; index++) if (!sameValue(left[index], right[index])) return false
    return true
  }
  return isObject(left) && isObject(right) && sameMembers(left, right)
}

function sameMembers(left: Record<string, unknown>, right: Record<string, unknown>): boolean {
  let count = 0
  for (const key in left) {
    count++
    const other = right[key]
    if (left[key] !== other && (other === undefined || !sameValue(left[key], other))) return false
  }
  for (const _ in right) count--
  return count === 0
}
