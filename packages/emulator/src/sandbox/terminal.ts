// A terminal for a command, through util-linux's `script`, which makes one; its size is set with `stty`.
import { spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { CommandSession, TerminalSize } from '../container-runtime/running-containers.ts'
import type { Inside } from './beside.ts'
import { processSession } from './process-session.ts'
import { findTool, quoteAll } from './shell.ts'
import { startInvocation } from './start-process.ts'

/** Descriptor 3 is told which terminal it is. */
const inTerminal = (command: string) => `tty >&3; exec 3>&-; exec ${command}`

/** @throws Error where there is no `script`, EmulatorError ERR_PROCESS */
export async function openTerminal(inside: Inside, command: string[]): Promise<CommandSession> {
  const script = findTool('script')
  if (script === undefined) throw new Error('no terminal can be made: script not found (util-linux, in Debian bsdutils)')
  const invocation = inside(command, {
    // What container runtimes say.
    set: { TERM: 'xterm' },
    // In the container: a session of processes cannot see those who are not in its PID namespace. `script` runs a command by the shell
    // that SHELL names, which may be any.
    around: { words: (words) => [script, '-qefc', inTerminal(quoteAll(words)), '/dev/null'], env: { SHELL: '/bin/sh' } },
  })
  const child = await startInvocation(invocation, { stdio: ['pipe', 'pipe', 'ignore', 'pipe'], detached: true })
  let name = ''
  let wanted: TerminalSize | undefined
  const apply = () => {
    if (wanted !== undefined && name.endsWith('\n')) setSize(outsideName(name.trim()), wanted)
  }
  ;(child.stdio[3] as Readable).setEncoding('utf8').on('data', (text: string) => {
    name += text
    apply()
  })
  const { stdin, stdout } = child
  const opened = processSession(child, { stdin: stdin!, stdout: stdout! }, (size) => {
    wanted = size
    apply()
  })
  return {
    ...opened,
    hangUp() {
      opened.hangUp()
      // The terminal goes with `script`, and whoever has it is told by SIGHUP. With its whole group: who entered the namespaces for it may
      // be gone before it has asked the kernel to end with them.
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL')
    },
  }
}

/** In a container, the path may be another one. */
const outsideName = (name: string) => name.replace(/^.*(?=\/pts\/\d+$)/, '/dev')

function setSize(terminal: string, { width, height }: TerminalSize): void {
  const stty = findTool('stty')
  if (stty === undefined) return
  try {
    const descriptor = openSync(terminal, constants.O_RDWR | constants.O_NOCTTY)
    spawn(stty, ['rows', String(height), 'cols', String(width)], { stdio: [descriptor, 'ignore', 'ignore'] }).on('error', () => {})
    closeSync(descriptor)
  } catch {
    // It has just gone.
  }
}
