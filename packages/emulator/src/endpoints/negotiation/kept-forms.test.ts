import { expect, test } from 'vitest'
import type { Revision } from '../../storage/storage.ts'
import { encodeToKeep, keptForm, recentForm } from './kept-forms.ts'

const newRevision = (): Revision => ({
  key: 'a',
  revision: 1,
  object: { kind: 'Thing', apiVersion: 'v1', metadata: {} },
  deleted: false,
  previous: undefined,
  encoded: undefined,
})

test('texts of any length and script are kept as UTF-8, each by itself', () => {
  const texts = Array.from({ length: 200 }, (_, i) => 'aé€😀'.repeat(i % 70) + i)
  const kept = texts.map(encodeToKeep)
  expect(kept.map((bytes) => Buffer.from(bytes).toString())).toEqual(texts)
})

test('a form is made once', () => {
  const revision = newRevision()
  const one = keptForm(revision, 'v1', () => Buffer.from('one'))
  const other = keptForm(revision, 'v2', () => Buffer.from('other'))
  const again = () => expect.unreachable()
  expect([keptForm(revision, 'v1', again), keptForm(revision, 'v2', again)]).toEqual([one, other])
})

test('a recent form is let go after others, and what is kept beside it is not', () => {
  const revision = newRevision()
  keptForm(revision, 'v1', () => Buffer.from('kept'))
  const event = recentForm(revision, 'v1 ADDED', () => Buffer.from('event'))
  expect(recentForm(revision, 'v1 ADDED', () => expect.unreachable())).toBe(event)
  keptForm(revision, 'v2', () => Buffer.from('later'))
  for (let i = 0; i < 2000; i++) recentForm(newRevision(), 'v1 ADDED', () => Buffer.from('other'))
  const forms: string[] = []
  for (let kept = revision.encoded; kept !== undefined; kept = kept.next) forms.push(kept.form)
  expect(forms).toEqual(['v2', 'v1'])
})
