import { readFileSync } from 'node:fs'
import { type Document, isNode, LineCounter, parseAllDocuments } from 'yaml'
import { EmulatorError, type EmulatorErrorOptions } from '../errors.ts'
import type { DocumentPath, Problem } from './json-schema.ts'

/** The codes of errors that a kind of file has. */
export interface DocumentErrors {
  /** The file cannot be read. */
  unreadable: `ERR_${string}`
  syntax: `ERR_${string}`
  /** The file says what may not be said. */
  content: `ERR_${string}`
}

/** One document of a YAML or JSON file, which remembers where each of its values stands. */
export interface SourceDocument {
  readonly file: string
  readonly value: unknown
  /** Of the value at `path`, or of the nearest around it. */
  lineOf(path: DocumentPath): number
  /** An error that says where. */
  error(problem: Problem, options?: EmulatorErrorOptions): EmulatorError
  /** Throws all problems as one error, if there are any. */
  check(problems: readonly Problem[]): void
  /** Changes the value at `path`, or takes it away; comments stay. */
  set(path: DocumentPath, value: unknown): void
}

export interface SourceFile {
  documents: SourceDocument[]
  /** As it is after changes. */
  text(): string
}

/**
 * Reads a file of YAML documents, or of JSON. `-` is standard input.
 * @throws EmulatorError with one of the codes given
 */
export function readSourceFile(file: string, errors: DocumentErrors): SourceFile {
  return parseSource(readText(file, errors), file === '-' ? 'standard input' : file, errors)
}

function readText(file: string, errors: DocumentErrors): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw new EmulatorError(errors.unreadable, `${file}: ${message}`, { cause })
    throw new EmulatorError(errors.unreadable, `${file}: no such file`, { cause, hint: `Check the path; it counts from ${process.cwd()}.` })
  }
}

function parseSource(text: string, file: string, errors: DocumentErrors): SourceFile {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, keepSourceTokens: true })
  const documents = Array.isArray(parsed) ? parsed : []
  for (const { errors: faults } of documents) {
    for (const { message, pos } of faults) {
      const { line, col } = lines.linePos(pos[0])
      throw new EmulatorError(errors.syntax, `${file}:${line}:${col}: ${message}`)
    }
  }
  const filled = documents.filter(({ contents }) => contents !== null)
  return {
    documents: filled.map((document) => sourceDocument(document, { file, lines, errors })),
    text: () => {
      const flowCollectionPadding = !/(^|[\s:-])[[{][^\s\]}]/m.test(text)
      return documents.map((document) => document.toString({ lineWidth: 0, flowCollectionPadding })).join('')
    },
  }
}

interface Surroundings {
  file: string
  lines: LineCounter
  errors: DocumentErrors
}

function sourceDocument(document: Document.Parsed, { file, lines, errors }: Surroundings): SourceDocument {
  const lineOf = (path: DocumentPath) => lines.linePos(offsetOf(document, path)).line
  const error = ({ path, message }: Problem, options?: EmulatorErrorOptions) =>
    new EmulatorError(errors.content, `${file}:${lineOf(path)}: ${path.length === 0 ? '' : `${formatPath(path)} `}${message}`, options)
  return {
    file,
    value: contentOf(document, file, errors),
    lineOf,
    error,
    check(problems) {
      const [first, ...others] = problems.map((problem) => error(problem))
      if (first === undefined) return
      if (others.length === 0) throw first
      throw new EmulatorError(errors.content, [first, ...others].map(({ message }) => message).join('\n'))
    },
    set(path, value) {
      if (value === undefined) document.deleteIn(path)
      else document.setIn(path, document.createNode(value))
    },
  }
}

/** What aliases make of it is known only now: one of nothing, or so many that it would be endless. */
function contentOf(document: Document.Parsed, file: string, errors: DocumentErrors): unknown {
  try {
    return document.toJS()
  } catch (cause) {
    throw new EmulatorError(errors.syntax, `${file}: ${(cause as Error).message}`, { cause, hint: 'Write out what the aliases stand for.' })
  }
}

function offsetOf(document: Document.Parsed, path: DocumentPath): number {
  for (let length = path.length; length > 0; length--) {
    const key = keyOffset(document, path.slice(0, length))
    if (key !== undefined) return key
  }
  return document.contents?.range?.[0] ?? 0
}

/** Where a field's name or an item begins. */
function keyOffset(document: Document.Parsed, path: DocumentPath): number | undefined {
  const parent = document.getIn(path.slice(0, -1), true) as { items?: { key?: unknown }[] } | undefined
  const last = path.at(-1)
  const pair = parent?.items?.find(({ key }) => isNode(key) && String(key) === String(last) && key.range)
  if (pair !== undefined) return (pair.key as { range: number[] }).range[0]
  const node = document.getIn(path, true)
  return isNode(node) ? node.range?.[0] : undefined
}

/** As `faults[2].match.verb`. */
function formatPath(path: DocumentPath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`)).join('')
}
