import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessInfo {
  pid: number
  parent: number
  command: string
}

const read = (path: string) => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function all(): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      const [, parent] = read(`/proc/${name}/stat`)
        .replace(/^.*\) /s, '')
        .split(' ')
      return { pid: Number(name), parent: Number(parent), command: read(`/proc/${name}/cmdline`).replaceAll('\0', ' ') }
    })
}

/** The processes that this one started, and theirs; parents first (Linux). */
export function descendants(pid: number): ProcessInfo[] {
  const everybody = all()
  const below = (parent: number): ProcessInfo[] =>
    everybody.filter((each) => each.parent === parent).flatMap((each) => [each, ...below(each.pid)])
  return below(pid)
}

/** The processes that have this in their environment (Linux). */
export function processesWith(variable: string): ProcessInfo[] {
  return all().filter(({ pid }) => read(`/proc/${pid}/environ`).split('\0').includes(variable))
}

/** Whether it runs; one that has ended and whose parent has not noticed does not. */
export function isAlive(pid: number): boolean {
  const [state] = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ')
  return state !== undefined && state !== '' && state !== 'Z' && state !== 'X'
}
