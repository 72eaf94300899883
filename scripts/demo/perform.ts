import { execFile } from 'node:child_process'
import { join } from 'node:path'
import type { Step } from './steps.ts'

/** What came back from a step: lines to show, and what was wrong, if anything. */
export interface Outcome {
  shown: string[]
  verdict: string
  fault?: string
}

const MAX_WIDTH = 150
const MAX_LINES = 6

/** Runs a step through the installed command, from the root of the working copy. */
export function perform({ args, exitCode, holds, verdict }: Step, root: string): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(join(root, 'node_modules', '.bin', 'inpod'), args, { cwd: root, timeout: 60_000 }, (error, stdout, stderr) => {
      const output = stdout + stderr
      const ended = error ? (error.code ?? error.signal) : 0
      const missing = findMissing(output, holds)
      const fault = ended !== exitCode ? `exit code ${ended}, not ${exitCode}` : missing && `the answer does not hold ${missing}`
      resolve({ shown: fault === undefined ? condense(output) : output.trimEnd().split('\n'), verdict, fault })
    })
  })
}

/** The first of some texts that does not follow the ones before it. */
function findMissing(output: string, texts: string[]): string | undefined {
  let from = 0
  for (const text of texts) {
    const at = output.indexOf(text, from)
    if (at < 0) return text
    from = at + text.length
  }
  return undefined
}

/** JSON on one line, long text cut. */
function condense(output: string): string[] {
  const lines = isJson(output) ? [output.replace(/\n\s*/g, ' ')] : output.trimEnd().split('\n')
  const cut = lines.slice(0, MAX_LINES).map((line) => (line.length > MAX_WIDTH ? `${line.slice(0, MAX_WIDTH)}…` : line))
  return lines.length > MAX_LINES ? [...cut, `… ${lines.length - MAX_LINES} more lines`] : cut
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
