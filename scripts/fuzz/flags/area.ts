import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { inpod } from '../../conformance/command.ts'
import { type Area, promise } from '../area.ts'
import { type CommandLine, commandLines } from './command-lines.ts'

/** Milliseconds for a command that has nothing to do, or that has been told to end; and for one that serves, to be taken as running. */
const limits = { end: 20_000, serves: 2_000 }

/** Command lines that nobody means: values that are none, missing, twice, too long, options that exclude each other. */
export const flags: Area<CommandLine> = {
  inputs: () => fc.noShrink(commandLines),
  lanes: 2,
  async send(line) {
    const folder = mkdtempSync(join(tmpdir(), 'inpod-flags-'))
    try {
      judge(line, await runLine(line, folder))
      return 1
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  /** It had to be told to end. */
  served: boolean
  err: string
  left: string[]
}

async function runLine({ args, serves }: CommandLine, folder: string): Promise<Ended> {
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  // Paths that lead upwards end in the folder, too.
  const cwd = join(folder, 'a/b/c')
  mkdirSync(cwd, { recursive: true })
  const env = { ...process.env, TMPDIR: temporary, HOME: folder, XDG_RUNTIME_DIR: '' }
  const child = spawn(inpod, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let err = ''
  let served = false
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text))
  const soon = setTimeout(() => (served = serves && child.kill('SIGTERM')), limits.serves)
  const late = setTimeout(() => child.kill('SIGKILL'), limits.end)
  const [code, signal] = await once(child, 'close')
  clearTimeout(soon)
  clearTimeout(late)
  return { code, signal, served, err, left: readdirSync(temporary) }
}

function judge({ args, names, serves }: CommandLine, { code, signal, served, err, left }: Ended): void {
  const what = `inpod ${args.map((word) => JSON.stringify(word).slice(0, 60)).join(' ')}`
  const said = err.slice(0, 500)
  promise(signal !== 'SIGKILL', `${what}: does not end`)
  promise(code === 0 || code === 1 || code === 2 || (serves && served), `${what}: exit code ${code ?? signal}: ${said}`)
  promise(!/^ +at .*:\d+:\d+\)?$/m.test(err) && !err.includes('internal error'), `${what}: ${said}`)
  promise(code !== 2 || names.some((name) => err.includes(name)), `${what}: the error does not say what is wrong: ${said}`)
  promise(left.length === 0, `${what}: left behind: ${left.join(', ')}`)
}
