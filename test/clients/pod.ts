import { execFile } from 'node:child_process'
import { join } from 'node:path'
import type { ClientCommand } from '../../scripts/clients/clients.ts'

const root = join(import.meta.dirname, '..', '..')
const inpod = join(root, 'node_modules', '.bin', 'inpod')
const manifests = join(import.meta.dirname, 'manifests')

/** The service account of `manifests`, as the server's messages name it. */
export const user = 'system:serviceaccount:team-a:demo-sa'

/** What a program prints about one step. */
export interface Step {
  step: string
  ok: boolean
  status?: number
  message?: string
  [fact: string]: unknown
}

export interface Outcome {
  exitCode: number
  steps: Step[]
  stdout: string
  stderr: string
}

/** Manifests of `team-a`: its account with a Role for what the programs do, with no rights at all, with all, or with no token in its Pods. */
const situations = {
  allowed: ['namespace.yaml', 'allowed.yaml'],
  denied: ['namespace.yaml'],
  admin: ['namespace.yaml', 'admin.yaml'],
  unmounted: ['unmounted.yaml'],
}

export const manifestsOf = (situation: keyof typeof situations): string[] => situations[situation].map((file) => join(manifests, file))

/** Runs a client program in a Pod of `team-a`. Rejects when it doesn't end by itself within 90 seconds. */
export function runInPod(command: ClientCommand, situation: keyof typeof situations, options: string[] = []): Promise<Outcome> {
  const files = manifestsOf(situation).flatMap((file) => ['-f', file])
  const args = ['exec', ...files, '-n', 'team-a', '--service-account', 'demo-sa', ...options, '--', ...command.argv]
  const env = { ...process.env, ...command.environment }
  return new Promise((resolve, reject) => {
    execFile(inpod, args, { env, timeout: 90_000, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code
      if (typeof exitCode !== 'number') return reject(new Error(`the program did not end by itself\n${stdout}${stderr}`, { cause: error }))
      resolve({ exitCode, steps: readSteps(stdout), stdout, stderr })
    })
  })
}

/** Lines that are no JSON are the program's own talk. */
const readSteps = (stdout: string): Step[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
