import type { CommandEntry } from './command.ts'

/** All commands, in the order of the help text. */
export const commands: CommandEntry[] = [
  { name: 'exec', summary: "run a program in a Pod's environment", load: async () => (await import('./exec.ts')).execCommand },
  { name: 'start', summary: 'serve until stopped', load: async () => (await import('./start.ts')).startCommand },
]
