// `npm start`: the walk of the Kubernetes guide "Accessing the Kubernetes API from a Pod", through the real command, with the clients
// that this machine has. Ends with exit code 0 only if each step gave what the guide says.
import { join } from 'node:path'
import { type Outcome, perform } from './perform.ts'
import { steps } from './steps.ts'
import { whyMissing } from './tools.ts'

const root = join(import.meta.dirname, '..', '..')
let wrong = 0

function report(outcome: Outcome, seconds: string): void {
  for (const line of outcome.shown) process.stdout.write(`  ${line}\n`)
  process.stdout.write(outcome.fault === undefined ? `✓ ${outcome.verdict} (${seconds} s)\n\n` : `✗ ${outcome.fault}\n\n`)
}

process.stdout.write('A program in a Pod talks to the Kubernetes API: the guide’s walk, here without a cluster.\n\n')
for (const [index, step] of steps.entries()) {
  process.stdout.write(`${index + 1}. ${step.title}\n`)
  const missing = whyMissing(step.needs)
  if (missing !== undefined) {
    process.stdout.write(`– skipped: ${missing}\n\n`)
    continue
  }
  process.stdout.write(`$ inpod ${step.args.join(' ')}\n`)
  const started = performance.now()
  const outcome = await perform(step, root)
  report(outcome, ((performance.now() - started) / 1000).toFixed(1))
  if (outcome.fault !== undefined) wrong++
}
process.stdout.write(
  wrong === 0 ? 'Each step gave what the guide says.\n' : `${wrong} of ${steps.length} steps did not give what the guide says.\n`,
)
process.exitCode = wrong === 0 ? 0 : 1
