import { spawn } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
const bin = (name: string) => join(root, 'node_modules', '.bin', name)
const script = (name: string) => [process.execPath, '--conditions=source', join(import.meta.dirname, name)]

const checks: Record<string, string[]> = {
  'format and lint': [bin('biome'), 'ci', '--colors=off', '--error-on-warnings'],
  types: [bin('tsc'), '-p', 'tsconfig.json', '--pretty', 'false'],
  'unused code and dependencies': [bin('knip')],
  imports: script('imports.ts'),
  docs: script('docs.ts'),
  dependencies: script('dependencies.ts'),
  advisories: script('advisories.ts'),
  packages: script('packages.ts'),
}

export interface CheckResult {
  name: string
  ok: boolean
  /** Whether it could not be made, for no fault of the working copy; then it is ok. */
  skipped: boolean
}

/** Exit code of a check that could not be made. */
const NOT_CHECKED = 75

/** Runs the named checks, or all, one after the other; shows the output of those that fail. */
export async function runChecks(names: string[] = []): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const [name, command] of Object.entries(checks)) {
    if (names.length > 0 && !names.includes(name)) continue
    const started = performance.now()
    const { code, output } = await runQuietly(command)
    const skipped = code === NOT_CHECKED
    const ok = code === 0 || skipped
    const word = skipped ? 'skipped' : ok ? 'ok    ' : 'FAILED'
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    process.stdout.write(`${word} ${name} (${seconds} s)\n${code === 0 ? '' : `${output.trimEnd()}\n`}`)
    results.push({ name, ok, skipped })
  }
  return results
}

function runQuietly([program, ...args]: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}
