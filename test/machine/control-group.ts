import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { hasTool } from '../cli/inpod.ts'

const root = '/sys/fs/cgroup'
type Controller = 'pids' | 'memory'

/** The folder of a control group of a test's own, in the first or the second version. */
const parents: Record<Controller, string[]> = { pids: [join(root, 'pids'), root], memory: [join(root, 'memory'), root] }
const limitFiles: Record<Controller, string[]> = { pids: ['pids.max'], memory: ['memory.limit_in_bytes', 'memory.max'] }

export interface ControlGroup {
  folder: string
  /** A command that runs the command in the group. */
  through: string[]
  limit(value: string | number): void
  processes(): string[]
  remove(): Promise<void>
}

let count = 0

/** Undefined where none can be made: it takes root, and a machine that lets it. */
export function controlGroup(controller: Controller): ControlGroup | undefined {
  for (const parent of parents[controller]) {
    const folder = join(parent, `inpod-test-${process.pid}-${count++}`)
    try {
      mkdirSync(folder)
    } catch {
      continue
    }
    const file = limitFiles[controller].map((name) => join(folder, name)).find((path) => existsSync(path))
    if (file !== undefined && hasTool('sh')) return groupAt(folder, file)
    rmdirSync(folder)
  }
  return undefined
}

function groupAt(folder: string, file: string): ControlGroup {
  const processes = () => readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)
  return {
    folder,
    through: ['sh', '-c', `echo $$ > '${folder}/cgroup.procs' && exec "$@"`, 'sh'],
    limit: (value) => writeFileSync(file, String(value)),
    processes,
    async remove() {
      await expect.poll(processes, { timeout: 20_000 }).toEqual([])
      rmdirSync(folder)
    },
  }
}

/** Whether there are control groups that limit this. */
export function hasControlGroups(controller: Controller): boolean {
  const group = controlGroup(controller)
  if (group !== undefined) rmdirSync(group.folder)
  return group !== undefined
}
