import { createRequire } from 'node:module'
import type { Event, ScalarEvent } from 'js-yaml'
import { goMessage } from './go-message.ts'
import { type Indented, parseIndented } from './indentation.ts'

type YamlModule = Pick<typeof import('js-yaml'), 'parseEvents' | 'getScalarValue' | 'EVENT_ID' | 'SCALAR_STYLE' | 'YAMLException'>

/** The parser is loaded when there is YAML to parse: most runs have none. */
function loadParser(): YamlModule {
  return createRequire(import.meta.url)('js-yaml') as YamlModule
}

/** YAML that cannot be read. The message is what the API server would say. */
export class YamlError extends Error {
  /** What a person is told: without the server's wording. */
  readonly reason: string
  /** From 1; 0 if unknown. */
  readonly line: number
  readonly column: number

  constructor(message: string, { reason = message, line = 0, column = 0 }: { reason?: string; line?: number; column?: number } = {}) {
    super(message)
    this.reason = reason
    this.line = line
    this.column = column
  }
}

export type YamlNode =
  | { type: 'scalar'; value: string; plain: boolean; tag: string; offset: number }
  | { type: 'sequence'; items: YamlNode[]; offset: number }
  | { type: 'mapping'; pairs: [key: YamlNode, value: YamlNode][]; offset: number }

const maxDepth = 1000
/** Nodes that aliases may stand for, all together: a few lines could otherwise grow without bound. */
const maxAliased = 200_000

export interface YamlTrees {
  documents: { root: YamlNode; offset: number }[]
  /** Of an offset: its line and column, from 1. */
  place: (offset: number) => { line: number; column: number }
}

/** The documents of a text as trees, aliases replaced by what they stand for. Throws a YamlError. */
export function parseNodes(text: string): YamlTrees {
  const yaml = loadParser()
  const parse = (each: string): Event[] => yaml.parseEvents(each, { maxDepth })
  try {
    const parsed = parseIndented(parse, text)
    const place = createPlaces(parsed)
    return { documents: composeAll(yaml, parsed, place), place }
  } catch (error) {
    if (!(error instanceof yaml.YAMLException)) throw error
    const { line = 0, column = 0 } = error.mark ?? {}
    throw new YamlError(goMessage(text, error.reason, line, column), { reason: error.reason, line: line + 1, column: column + 1 })
  }
}

interface Composer {
  yaml: YamlModule
  text: string
  place: YamlTrees['place']
  events: readonly Event[]
  at: number
  anchors: Map<string, { node: YamlNode; size: number }>
  /** Of the collections that are being put together. */
  open: string[]
  /** Nodes so far, those of aliases included. */
  size: number
  aliased: number
}

function composeAll(yaml: YamlModule, { text, events }: Indented, place: YamlTrees['place']): YamlTrees['documents'] {
  const composer: Composer = { yaml, text, events, place, at: 0, anchors: new Map(), open: [], size: 0, aliased: 0 }
  const documents: { root: YamlNode; offset: number }[] = []
  while (composer.at < events.length) {
    composer.at++
    composer.anchors.clear()
    const root = events[composer.at]?.type === yaml.EVENT_ID.POP ? emptyScalar : compose(composer)
    composer.at++
    documents.push({ root, offset: root.offset })
  }
  return documents
}

const emptyScalar: YamlNode = { type: 'scalar', value: '', plain: true, tag: '', offset: 0 }

function compose(composer: Composer): YamlNode {
  const { yaml, text, events } = composer
  const event = events[composer.at++] as Event
  composer.size++
  if (event.type === yaml.EVENT_ID.ALIAS) return aliased(composer, text.slice(event.anchorStart, event.anchorEnd), event.anchorStart)
  if (event.type === yaml.EVENT_ID.SCALAR) return anchored(composer, event, composer.size, scalarOf(composer, event as ScalarEvent))
  const collection = event as Extract<Event, { start: number }>
  const before = composer.size
  const node: YamlNode =
    event.type === yaml.EVENT_ID.SEQUENCE
      ? { type: 'sequence', items: [], offset: collection.start }
      : { type: 'mapping', pairs: [], offset: collection.start }
  const named = collection.anchorStart >= 0
  if (named) composer.open.push(text.slice(collection.anchorStart, collection.anchorEnd))
  while (events[composer.at]?.type !== yaml.EVENT_ID.POP) {
    if (node.type === 'sequence') node.items.push(compose(composer))
    else if (node.type === 'mapping') node.pairs.push([compose(composer), compose(composer)])
  }
  composer.at++
  if (named) composer.open.pop()
  return anchored(composer, collection, before, node)
}

function anchored(composer: Composer, event: { anchorStart: number; anchorEnd: number }, before: number, node: YamlNode): YamlNode {
  if (event.anchorStart < 0) return node
  const name = composer.text.slice(event.anchorStart, event.anchorEnd)
  composer.anchors.set(name, { node, size: composer.size - before + 1 })
  return node
}

function aliased(composer: Composer, name: string, offset: number): YamlNode {
  const target = composer.anchors.get(name)
  if (composer.open.includes(name)) throw new YamlError(`yaml: anchor '${name}' value contains itself`, composer.place(offset))
  if (target === undefined) {
    throw new YamlError(`yaml: unknown anchor '${name}' referenced`, {
      reason: `unknown anchor '${name}'`,
      ...composer.place(offset),
    })
  }
  composer.aliased += target.size
  composer.size += target.size
  if (composer.aliased > maxAliased) throw new YamlError('yaml: document contains excessive aliasing', composer.place(offset))
  return target.node
}

function scalarOf({ yaml, text, place: placeOf }: Composer, event: ScalarEvent): YamlNode {
  const written = event.tagStart < 0 ? '' : text.slice(event.tagStart, event.tagEnd)
  const tag = written.replace(/^!<tag:yaml\.org,2002:(.*)>$/, '!!$1')
  const value = event.valueStart < 0 ? '' : yaml.getScalarValue(text, event)
  if (event.style === yaml.SCALAR_STYLE.DOUBLE_QUOTED && !value.isWellFormed()) {
    const place = placeOf(event.valueStart)
    const line = place.line === 1 ? '' : `line ${place.line}: `
    throw new YamlError(`yaml: ${line}found invalid Unicode character escape code`, { reason: 'half a surrogate pair', ...place })
  }
  const offset = event.valueStart < 0 ? Math.max(event.tagStart, event.anchorStart, 0) : event.valueStart
  return { type: 'scalar', value, plain: event.style === yaml.SCALAR_STYLE.PLAIN, tag, offset }
}

/** Finds lines and columns, from 1, of many offsets in one text. */
function createPlaces({ text, moved }: Indented): YamlTrees['place'] {
  let ends: number[] | undefined
  return (offset) => {
    ends ??= lineEnds(text)
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (ends[middle]! < offset) low = middle + 1
      else high = middle
    }
    return { line: low + 1, column: Math.max(1, offset - (ends[low - 1] ?? -1) - (moved.get(low) ?? 0)) }
  }
}

function lineEnds(text: string): number[] {
  const ends: number[] = []
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) ends.push(at)
  return ends
}
