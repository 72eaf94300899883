import { type ChildProcess, execFile, fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { inpod } from '../../conformance/command.ts'
import { type Area, promise } from '../area.ts'
import { type FileKind, type Garbage, garbage, type Instead } from './garbage.ts'
import type { ReadAnswer } from './reader.ts'

/** MiB that reading may take, of whatever file; and milliseconds. */
const limits = { memory: 1024, time: 20_000 }
/** One of so many files is given to the command itself, which takes longer to start than to read. */
const toTheCommand = 25

interface ReadFile {
  file: Garbage
  byCommand: boolean
}

/** Files that are none of those that they are said to be. */
export const files: Area<ReadFile> = {
  inputs: () => fc.noShrink(fc.record({ file: garbage, byCommand: fc.nat(toTheCommand).map((number) => number === 0) })),
  lanes: 2,
  async send({ file, byCommand }) {
    const folder = mkdtempSync(join(tmpdir(), 'inpod-garbage-'))
    try {
      const path = place(file, folder)
      judge(file, byCommand ? await runCommand(file.kind, path, folder) : await readInProcess(file.kind, path))
      return 1
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

function place({ content, name }: Garbage, folder: string): string {
  const path = join(folder, name)
  if (typeof content === 'string') replacements[content](path)
  else writeFileSync(path, content)
  return path
}

const replacements: Record<Instead, (path: string) => void> = {
  'a folder': (path) => void mkdirSync(path),
  'a folder with such a file'(path) {
    mkdirSync(join(path, basename(path)), { recursive: true })
    symlinkSync('nowhere', join(path, 'link.yaml'))
  },
  'a dangling link': (path) => symlinkSync('nowhere', path),
  'a link to itself': (path) => symlinkSync(basename(path), path),
  // Of whoever may read everything, it is read.
  'a file that may not be read': (path) => writeFileSync(path, 'a: b', { mode: 0 }),
  // Somebody writes to it who goes on a while later.
  'a pipe'(path) {
    if (spawnSync('mkfifo', [path]).status === 0) spawn('sh', ['-c', 'sleep 0.1; echo "a: [" > "$0"', path], { stdio: 'ignore' }).unref()
  },
  nothing: () => {},
}

function judge({ kind, how, name }: Garbage, { exitCode, text, memory }: ReadAnswer): void {
  const what = `${kind} with ${how}`
  promise(exitCode === 0 || exitCode === 2, `${what}: exit code ${exitCode}: ${text.slice(0, 500)}`)
  promise(memory < limits.memory, `${what}: takes ${Math.round(memory)} MiB`)
  promise(!/^ +at .*:\d+:\d+\)?$/m.test(text) && !text.includes('internal error'), `${what}: a stack: ${text.slice(0, 500)}`)
  promise(exitCode === 0 || text.includes(name), `${what}: the error does not name the file: ${text.slice(0, 500)}`)
}

/** The project's own, which runs sources, whatever Node the tests run on. */
const node = join(import.meta.dirname, '../../../node_modules/.bin/node')
const idle: ChildProcess[] = []

/** Reads in a process that is kept; it is ended with this one, as its channel closes. */
async function readInProcess(kind: FileKind, file: string): Promise<ReadAnswer> {
  const child =
    idle.pop() ?? fork(join(import.meta.dirname, 'reader.ts'), { execPath: node, execArgv: ['--conditions=source'], stdio: 'ignore' })
  child.ref()
  child.channel?.ref()
  const signal = AbortSignal.timeout(limits.time)
  try {
    child.send({ kind, file })
    const ended = once(child, 'exit', { signal }).then(([code, by]) => [{ exitCode: code ?? 1, text: `ended by ${by}`, memory: 0 }])
    ended.catch(() => {})
    const [answer] = await Promise.race([once(child, 'message', { signal }), ended])
    if (child.exitCode === null && answer.memory < limits.memory / 2) keep(child)
    else child.kill()
    return answer
  } catch {
    child.kill('SIGKILL')
    return { exitCode: 124, text: `no end within ${limits.time} ms`, memory: 0 }
  }
}

function keep(child: ChildProcess): void {
  child.removeAllListeners()
  child.unref()
  child.channel?.unref()
  idle.push(child)
}

const argumentsFor: Record<FileKind, (file: string) => string[]> = {
  manifest: (file) => ['exec', '-f', file, '--', 'true'],
  faults: (file) => ['exec', '--faults', file, '--', 'true'],
  scenario: (file) => ['matrix', '--list', file],
  pod: (file) => ['exec', '--pod', file, '--sandbox', 'pod-root', '--', 'true'],
  description: (file) => ['env', '--from', file],
}

async function runCommand(kind: FileKind, file: string, folder: string): Promise<ReadAnswer> {
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  const env = { ...process.env, TMPDIR: temporary }
  const answer = await new Promise<ReadAnswer>((resolve) => {
    execFile(
      inpod,
      argumentsFor[kind](file),
      { env, timeout: limits.time, killSignal: 'SIGKILL', maxBuffer: 1 << 26 },
      (error, _out, text) => resolve({ exitCode: error === null ? 0 : typeof error.code === 'number' ? error.code : 124, text, memory: 0 }),
    )
  })
  const left = readdirSync(temporary)
  promise(left.length === 0, `${kind}: left behind: ${left.join(', ')}`)
  return answer
}
