import type { CommandEntry } from './command.ts'

/** All commands, in the order of the help text. */
export const commands: CommandEntry[] = [
  { name: 'exec', summary: "run a program in a Pod's environment", load: async () => (await import('./exec.ts')).execCommand },
  { name: 'start', summary: 'serve until stopped', load: async () => (await import('./start.ts')).startCommand },
  { name: 'env', summary: "a Pod's environment for a shell, from inpod start", load: async () => (await import('./env.ts')).envCommand },
  {
    name: 'kubeconfig',
    summary: 'a kubeconfig for any user, from inpod start',
    load: async () => (await import('./kubeconfig.ts')).kubeconfigCommand,
  },
  { name: 'can-i', summary: 'what an account may do, from manifests alone', load: async () => (await import('./can-i.ts')).canICommand },
  {
    name: 'explain-denial',
    summary: 'why it may not, and the smallest change that would let it',
    load: async () => (await import('./explain-denial.ts')).explainDenialCommand,
  },
  {
    name: 'matrix',
    summary: 'run scenarios and compare with what they expect',
    load: async () => (await import('./matrix/command.ts')).matrixCommand,
  },
  { name: 'fault', summary: 'what a running API server does wrong', load: async () => (await import('./fault.ts')).faultCommand },
  { name: 'reset', summary: 'puts inpod start back into its first state', load: async () => (await import('./actions.ts')).resetCommand },
  { name: 'compact', summary: 'makes inpod start forget its history', load: async () => (await import('./actions.ts')).compactCommand },
]
