import { type JsonNode, JsonSyntaxError, parseJsonTree, valueOfTree } from './json-tree.ts'

export interface ParsedJson {
  value: unknown
  /**
   * Whether the value says all there is to say of the text: no member comes twice, and all numbers are integers that fit a double.
   * Otherwise the tree of the text is what a faithful decoder needs.
   */
  plain: boolean
  tree(): JsonNode
}

const quote = 0x22
const backslash = 0x5c

/** Throws a JsonSyntaxError with the text of Go's encoding/json. */
export function parseJson(text: string): ParsedJson {
  const survey = surveyJson(text)
  if (survey.tooDeep !== undefined) throw new JsonSyntaxError(`invalid character '${survey.tooDeep}' exceeded max depth`)
  const tree = () => parseJsonTree(text)
  if (survey.depth > 500 || /\\u[dD][89a-fA-F]/.test(text)) return { value: valueOfTree(tree()), plain: false, tree }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    tree()
    throw new JsonSyntaxError((error as Error).message)
  }
  return { value, plain: survey.integers && countMembers(value) === survey.members, tree }
}

interface Survey {
  members: number
  /** Whether all numbers are written as integers of fewer than 16 digits. */
  integers: boolean
  depth: number
  /** The bracket that goes deeper than the server reads. */
  tooDeep: string | undefined
}

/** The server's limit is 10,000; the stack here ends earlier. No object of the API comes near either. */
export const maxJsonDepth = 1000

/** One cheap pass over the text: what JSON.parse would not tell. Of text that is not JSON it says nothing of use. */
function surveyJson(text: string): Survey {
  let members = 0
  let integers = true
  let depth = 0
  let deepest = 0
  let tooDeep: string | undefined
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    else if (code === 0x3a) members++
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > deepest) deepest = depth
      if (depth > maxJsonDepth) tooDeep ??= text.charAt(at)
    } else if (code === 0x7d || code === 0x5d) depth--
    else if (code >= 0x30 && code <= 0x39) {
      const start = at
      while (text.charCodeAt(at + 1) >= 0x30 && text.charCodeAt(at + 1) <= 0x39) at++
      const next = text.charCodeAt(at + 1)
      if (at - start > 14 || next === 0x2e || next === 0x65 || next === 0x45) integers = false
    }
  }
  return { members, integers, depth: deepest, tooDeep }
}

/** Index of the quote that ends the string which starts at `at`. */
function endOfString(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === backslash) backslashes++
    if (backslashes % 2 === 0) return end
  }
  return text.length
}

function countMembers(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) count += countMembers(item)
    return count
  }
  for (const key in value) count += 1 + countMembers((value as Record<string, unknown>)[key])
  return count
}
