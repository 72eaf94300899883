import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { CommandSession } from '../container-runtime/running-containers.ts'
import { exitCodeOf } from './enclosure.ts'

/** A process and its streams, until it has ended. */
export function processSession(
  child: ChildProcess,
  streams: { stdin?: Writable; stdout?: Readable; stderr?: Readable },
  resize: CommandSession['resize'],
): CommandSession {
  const all = Object.values(streams)
  for (const stream of all) stream.on('error', () => {})
  const exited = exitCodeOf(child, constants.signals)
  void exited.then(() => streams.stdin?.destroy())
  // It learns of it as in a container: its input ends, and what it writes goes nowhere.
  const hangUp = () => {
    for (const stream of all) stream.destroy()
  }
  return { ...streams, exited, resize, hangUp }
}
