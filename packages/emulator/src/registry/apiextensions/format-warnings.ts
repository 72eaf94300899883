import { quote } from '../../apimachinery/quote.ts'
import type { DefinitionSpec } from '../custom/definition-object.ts'
import { effectiveFormat } from '../custom/schema/formats.ts'
import { someSchema } from '../custom/schema/walk.ts'

/** Warns of formats that the API server ignores; on updates, of those that are new. */
export function formatWarnings(spec: DefinitionSpec, old?: DefinitionSpec): string[] {
  const known = new Set(old === undefined ? [] : ignoredFormats(old))
  return ignoredFormats(spec)
    .filter((format) => !known.has(format))
    .map((format) => `unrecognized format ${quote(format)}`)
}

function ignoredFormats({ versions }: DefinitionSpec): string[] {
  const found: string[] = []
  for (const { schema } of versions ?? []) {
    someSchema(schema?.openAPIV3Schema, ({ type, format }) => {
      if (format && effectiveFormat(type, format) === '') found.push(format)
      return false
    })
  }
  return found
}
