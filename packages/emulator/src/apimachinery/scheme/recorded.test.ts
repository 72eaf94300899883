import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { loadFacts } from '../../facts/load.ts'
import { createCodec } from './codec.ts'
import type { FieldValidation } from './decode-body.ts'
import { createUnstructuredDecoder } from './unstructured.ts'

/** What a server of 1.36 said to a POST of this body: the message of its 400, or the warnings about fields. */
interface Recorded {
  kind?: string
  mediaType: string
  body: string
  fieldValidation?: FieldValidation
  error?: string
  warnings?: string[]
}

const codec = createCodec(loadFacts())
const custom = createUnstructuredDecoder(codec.scheme)
const read = (name: string): Recorded[] => JSON.parse(readFileSync(new URL(`./testing/${name}.json`, import.meta.url), 'utf8'))

function outcome(decode: () => { warnings: string[] }): Pick<Recorded, 'error' | 'warnings'> {
  try {
    return { warnings: decode().warnings }
  } catch (error) {
    return { error: (error as Error).message }
  }
}

it.each(read('bodies'))('$kind $mediaType $body', ({ kind = '', mediaType, body, error, warnings }) => {
  const [name = '', group = ''] = kind.split('/').reverse()
  const expected = { group, version: 'v1', kind: name }
  expect(outcome(() => codec.decodeBody(Buffer.from(body), mediaType, expected))).toEqual(error === undefined ? { warnings } : { error })
})

it.each(read('custom-bodies'))('custom resource, $mediaType $body', ({ mediaType, body, fieldValidation, error, warnings }) => {
  const expected = { group: 'codec.example.com', version: 'v1', kind: 'Gear' }
  const prune = (object: Record<string, unknown>) => {
    const unknown = Object.keys(object).filter((key) => !['apiVersion', 'kind', 'metadata', 'spec'].includes(key))
    for (const key of unknown) delete object[key]
    return unknown
  }
  const decode = () => custom.decodeBody(Buffer.from(body), mediaType, expected, { fieldValidation: fieldValidation ?? 'Warn', prune })
  expect(outcome(decode)).toEqual(error === undefined ? { warnings } : { error })
})
