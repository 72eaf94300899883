import { expand, mappingOf } from './expansion.ts'
import type { Container } from './pod-types.ts'

/**
 * What is run. Given words stand in for the image's entrypoint: the container's `args` follow them, unless it has a `command` of its own,
 * which they replace with its `args`. Undefined where no program is named.
 */
export function containerCommand(
  { command = [], args = [] }: Container,
  given: string[],
  env: Readonly<Record<string, string>>,
): string[] | undefined {
  const mapping = mappingOf(env)
  const words = (list: string[]) => list.map((word) => expand(word, mapping))
  if (given.length > 0) return command.length > 0 ? given : [...given, ...words(args)]
  return command.length > 0 ? words([...command, ...args]) : undefined
}
