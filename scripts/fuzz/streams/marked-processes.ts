// Which processes were started for a host's sessions, whoever their parents are now. Where the kernel tells it; elsewhere none.
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** What sessions run, and what gives them a terminal; inpod itself runs none of them for long. */
const sessionPrograms = new Set(['tee', 'yes', 'sleep', 'script'])

/** The variable by which all that a host starts is known. */
export const markName = 'INPOD_STREAMS_HOST'

/** The names of those that a host with this mark has started, and that run. */
export function markedProcesses(mark: string): string[] {
  if (!existsSync('/proc/self/environ')) return []
  return readdirSync('/proc').flatMap((entry) => {
    try {
      const name = readFileSync(`/proc/${entry}/comm`, 'utf8').trim()
      const isMarked = sessionPrograms.has(name) && readFileSync(`/proc/${entry}/environ`, 'latin1').includes(`=${mark}\0`)
      return isMarked ? [name] : []
    } catch {
      // It has just ended, or is no process.
      return []
    }
  })
}
