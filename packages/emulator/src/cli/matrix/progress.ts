import { isatty } from 'node:tty'
import type { ScenarioResult } from './run-scenario.ts'

export interface Progress {
  started(name: string): void
  finished(result: ScenarioResult): void
  end(): void
}

/** Tells how far a run has come on standard error: on a terminal one line that changes, elsewhere a line a scenario. */
export function showProgress(total: number): Progress {
  const running = new Set<string>()
  const isTerminal = isatty(2)
  let done = 0
  let failed = 0
  const write = (text: string) => void process.stderr.write(text)
  const draw = () => {
    if (!isTerminal) return
    const width = (process.stderr.columns || 80) - 1
    const line = `${done}/${total}${failed === 0 ? '' : `, ${failed} failed`}: ${[...running].join(', ')}`
    write(`\r\x1b[K${line.slice(0, width)}`)
  }
  return {
    started(name) {
      running.add(name)
      draw()
    },
    finished({ scenario, status, seconds }) {
      running.delete(scenario.name)
      done++
      if (status !== 'passed') failed++
      if (!isTerminal) write(`${status.padEnd(6)} ${done}/${total} ${scenario.name} (${seconds.toFixed(2)} s)\n`)
      draw()
    },
    end() {
      if (isTerminal) write('\r\x1b[K')
    },
  }
}
