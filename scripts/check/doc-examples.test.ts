import { expect, test } from 'vitest'
import { findDocFaults, readBlocks } from './doc-examples.ts'

const page = [
  '# Title',
  '',
  '<!-- run -->',
  '```sh',
  'true',
  '```',
  '',
  'Text.',
  '',
  '```sh',
  'false',
  '```',
  '```text',
  'a picture',
  '```',
].join('\n')

test('reads blocks with the marker just above them', () => {
  expect(readBlocks('a.md', page).map(({ line, marker, text }) => [line, marker, text])).toEqual([
    [4, 'run', 'true\n'],
    [10, '', 'false\n'],
    [13, '', 'a picture\n'],
  ])
})

test('an example without a marker is a fault, a picture is not', () => {
  expect(findDocFaults(readBlocks('a.md', page))).toEqual([expect.stringContaining('a.md:10')])
})
