import { spawnSync } from 'node:child_process'

/** A program that a client needs, and the oldest version that will do. */
export interface Toolchain {
  program: string
  /** Arguments that make it print its version; the first number with a dot in what it prints is taken. */
  arguments: string[]
  atLeast?: string
}

export const toolchains = {
  bash: { program: 'bash', arguments: ['--version'] },
  curl: { program: 'curl', arguments: ['--version'] },
  kubectl: { program: 'kubectl', arguments: ['version', '--client'], atLeast: '1.30' },
  openssl: { program: 'openssl', arguments: ['version'], atLeast: '3.0' },
  go: { program: 'go', arguments: ['version'], atLeast: '1.26' },
  python: { program: 'python3', arguments: ['--version'], atLeast: '3.11' },
  java: { program: 'java', arguments: ['-version'], atLeast: '17.0' },
  maven: { program: 'mvn', arguments: ['--version'], atLeast: '3.6' },
  rust: { program: 'cargo', arguments: ['--version'], atLeast: '1.89' },
} as const satisfies Record<string, Toolchain>

/** Why the toolchain cannot be used here; undefined where it can. */
export function whyMissing({ program, arguments: args, atLeast }: Toolchain): string | undefined {
  const { error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (error) return `${program} is not installed`
  const version = /\d+\.\d+/.exec(stdout + stderr)?.[0] ?? '0.0'
  return atLeast !== undefined && isOlder(version, atLeast) ? `${program} is ${version}, older than ${atLeast}` : undefined
}

function isOlder(version: string, than: string): boolean {
  const [major, minor] = version.split('.').map(Number)
  const [wantedMajor, wantedMinor] = than.split('.').map(Number)
  return major! < wantedMajor! || (major === wantedMajor && minor! < wantedMinor!)
}
