// Lines of the file of objects: the length and the checksum of some JSON, eight hexadecimal digits each, and the JSON, which holds no newline
// of its own.
import { crc32 } from 'node:zlib'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { KeptChange, KeptObject } from '../storage.ts'

/** The first line of the file. */
export interface Header {
  /** What the file is. */
  inpod: 'objects'
  version: number
  /** Of the state that follows. */
  revision: number
  /** History up to here is gone. */
  compacted: number
  /** How many lines of objects follow; what is after them are changes. */
  objects: number
}

export const FORMAT_VERSION = 1

/** A line after the state: changes that are kept together or not at all, or how far history is forgotten. */
export type ChangeRecord = readonly (readonly ['put' | 'delete', prefix: string, key: string, object: KubeObject])[]
type CompactionRecord = { readonly compacted: number }
type StateRecord = readonly [prefix: string, key: string, object: KubeObject]

export type FileRecord = Header | StateRecord | ChangeRecord | CompactionRecord

const PREFIX = 'llllllll cccccccc '.length
export const NEWLINE = 0x0a

export function encodeRecord(record: FileRecord): Buffer {
  const json = Buffer.from(JSON.stringify(record))
  return Buffer.concat([prefixOf(json), json, Buffer.of(NEWLINE)])
}

/** The content of a line without its newline; undefined if it is damaged. */
export function decodeRecord(line: Buffer): unknown {
  const json = line.subarray(PREFIX)
  return line.length > PREFIX && line.subarray(0, PREFIX).equals(prefixOf(json)) ? JSON.parse(json.toString()) : undefined
}

/**
 * Whether bytes at the end of a file, of which no line can be made, may be the beginning of one line: what is left when writing it was cut
 * off. Some file systems then have zeros instead, of all of it or of some pages.
 */
export function mayBeCutOff(rest: Buffer): boolean {
  if (rest.length <= PREFIX || rest.subarray(0, PREFIX).includes(0)) return true
  const length = Number.parseInt(rest.toString('latin1', 0, 8), 16)
  const used = rest.findLastIndex((byte) => byte !== 0) + 1
  return used <= PREFIX + length + 1
}

function prefixOf(json: Buffer): Buffer {
  const digits = (value: number) => value.toString(16).padStart(8, '0')
  return Buffer.from(`${digits(json.length)} ${digits(crc32(json))} `)
}

export const stateRecord = ({ prefix, key, object }: KeptObject): StateRecord => [prefix, key, object]

export const changeRecord = (changes: readonly KeptChange[]): ChangeRecord =>
  changes.map(({ prefix, key, object, deleted }) => [deleted ? 'delete' : 'put', prefix, key, object])
