import { readFileSync } from 'node:fs'
import { EmulatorError } from '../../errors.ts'
import type { KeptChange, KeptObject, KeptState } from '../storage.ts'
import { type ChangeRecord, decodeRecord, FORMAT_VERSION, type Header, mayBeCutOff, NEWLINE } from './records.ts'

export interface ReadFile extends KeptState {
  /** Where what is whole ends; what is beyond was cut off in mid-write, and nobody was told that it was stored. */
  end: number
  /** Where the changes begin. */
  stateEnd: number
}

interface Line {
  offset: number
  /** Undefined if it is damaged. */
  content: unknown
}

/**
 * Reads a file of objects whole.
 * @throws EmulatorError ERR_DATA_DAMAGED, ERR_DATA_VERSION
 */
export function readObjectsFile(path: string): ReadFile {
  const bytes = readFileSync(path)
  const lines = linesOf(bytes)
  const header = readHeader(path, lines.next().value)
  const states = readStates(path, lines, header, bytes)
  const changes: KeptChange[] = []
  let { compacted, revision } = header
  let end = states.end
  for (const { offset, content } of lines) {
    const next = nextLine(bytes, offset)
    if (content === undefined) {
      // A write that was cut off is the last; those before it were complete before it began.
      if (next >= bytes.length && mayBeCutOff(bytes.subarray(offset))) break
      throw damaged(path, offset, 'the line there is not as it was written', true)
    }
    if (Array.isArray(content)) {
      for (const change of changesOf(content as unknown as ChangeRecord)) {
        if (Number(change.object.metadata.resourceVersion) !== ++revision) {
          throw damaged(path, offset, `the change there is not that of revision ${revision}`, true)
        }
        changes.push(change)
      }
    } else ({ compacted } = content as { compacted: number })
    end = next
  }
  return { revision: header.revision, compacted, states: states.found, changes, end, stateEnd: states.end }
}

function readHeader(path: string, line: Line | undefined): Header {
  const header = line?.content as Partial<Header> | undefined
  if (header?.inpod !== 'objects' || header.version === undefined) throw damaged(path, 0, 'this is no file of objects', false)
  if (header.version === FORMAT_VERSION) return header as Header
  const hint = 'A newer inpod has written it: use that one, or another folder.'
  throw new EmulatorError('ERR_DATA_VERSION', `${path} is of version ${header.version}; this inpod knows version ${FORMAT_VERSION}`, {
    hint,
  })
}

function readStates(path: string, lines: Iterator<Line>, { objects }: Header, bytes: Buffer): { found: KeptObject[]; end: number } {
  const found: KeptObject[] = []
  let end = nextLine(bytes, 0)
  while (found.length < objects) {
    const next = lines.next()
    if (next.done || next.value.content === undefined) {
      throw damaged(path, end, `object ${found.length + 1} of ${objects} is not as it was written`, false)
    }
    const [prefix, key, object] = next.value.content as [string, string, KeptObject['object']]
    found.push({ prefix, key, object })
    end = nextLine(bytes, next.value.offset)
  }
  return { found, end }
}

function* changesOf(record: ChangeRecord): Generator<KeptChange> {
  for (const [what, prefix, key, object] of record) yield { prefix, key, object, deleted: what === 'delete' }
}

function* linesOf(bytes: Buffer): Generator<Line, undefined> {
  for (let offset = 0; offset < bytes.length; offset = nextLine(bytes, offset)) {
    const end = bytes.indexOf(NEWLINE, offset)
    yield { offset, content: end < 0 ? undefined : decodeRecord(bytes.subarray(offset, end)) }
  }
  return undefined
}

function nextLine(bytes: Buffer, offset: number): number {
  const end = bytes.indexOf(NEWLINE, offset)
  return end < 0 ? bytes.length : end + 1
}

function damaged(path: string, offset: number, what: string, canCut: boolean): EmulatorError {
  const cut = `Or keep what was written before that, and lose the rest: cp ${path} ${path}.bak && truncate --size=${offset} ${path}`
  const hint = `Take a copy of the folder from before.${canCut ? `\n${cut}` : '\nOr begin anew with another folder.'}`
  return new EmulatorError('ERR_DATA_DAMAGED', `${path} is damaged at byte ${offset}: ${what}`, { hint })
}
