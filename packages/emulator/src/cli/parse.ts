import { parseArgs } from 'node:util'
import { EmulatorError } from '../errors.ts'
import { nearest } from '../scenario/nearest.ts'
import type { OptionSpec, OptionValues } from './command.ts'

export interface ParsedArguments {
  values: OptionValues
  /** From the first word that is no option, or after `--`. */
  rest: string[]
  /** Of those, what follows `--`; undefined without it. */
  afterDashes: string[] | undefined
}

/**
 * Reads options up to the first word that is none, or `--`: what follows belongs to someone else. Interspersed options are all read.
 * @throws EmulatorError ERR_USAGE
 */
export function parseOptions(args: string[], specs: OptionSpec[], help: string, { interspersed = false } = {}): ParsedArguments {
  const fail = (message: string, hint = `See ${help}.`) => new EmulatorError('ERR_USAGE', message, { hint })
  const values: OptionValues = {}
  const words: string[] = []
  for (const token of tokensOf(args, specs)) {
    if (token.kind === 'option-terminator') {
      const afterDashes = args.slice(token.index + 1)
      return { values, rest: [...words, ...afterDashes], afterDashes }
    }
    if (token.kind === 'positional') {
      if (!interspersed) return { values, rest: args.slice(token.index), afterDashes: undefined }
      words.push(token.value)
      continue
    }
    const spec = specs.find(({ name }) => name === token.name)
    if (spec === undefined) {
      const known = specs.flatMap(({ name, short }) => [`--${name}`, ...(short ? [`-${short}`] : [])])
      const close = nearest(token.rawName, known)
      throw fail(`unknown option ${token.rawName}`, close ? `Did you mean ${close}? See ${help}.` : undefined)
    }
    if (spec.value === undefined) {
      if (token.value !== undefined) throw fail(`option ${token.rawName} takes no value`)
      values[spec.name] = true
      continue
    }
    if (spec.optional) {
      values[spec.name] = token.value ?? true
      continue
    }
    const { value, inlineValue } = token
    if (value === undefined || (!inlineValue && /^-./.test(value))) throw fail(`option ${token.rawName} needs a value: ${spec.value}`)
    if (value === '' && isFile(spec.value)) throw fail(`invalid value "" of --${spec.name}: ${spec.value}`)
    values[spec.name] = spec.multiple ? [...((values[spec.name] as string[] | undefined) ?? []), value] : value
  }
  return { values, rest: words, afterDashes: undefined }
}

/** An empty path is none: it comes from a variable that is not set. */
const isFile = (value: string) => /^(FILE|DIR)/.test(value)

function tokensOf(args: string[], specs: OptionSpec[]) {
  const options = Object.fromEntries(
    specs.map(({ name, short, value, multiple = false, optional = false }) => [
      name,
      { type: value === undefined || optional ? ('boolean' as const) : ('string' as const), multiple, ...(short ? { short } : {}) },
    ]),
  )
  return parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true }).tokens
}
