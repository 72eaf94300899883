import { expect, test } from 'vitest'
import type { CustomResourceDefinition, DefinitionNames } from '../custom/definition-object.ts'
import { acceptNames } from './names.ts'

const definition = (names: DefinitionNames, acceptedNames: DefinitionNames = { plural: '', kind: '' }): CustomResourceDefinition =>
  ({ metadata: { name: `${names.plural}.example.com` }, spec: { names }, status: { acceptedNames } }) as CustomResourceDefinition

const gadgets = { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList', shortNames: ['gd'] }

test('names that nobody has are accepted', () => {
  const crd = definition(gadgets)
  const { acceptedNames, namesAccepted } = acceptNames(crd, [crd])
  expect(acceptedNames).toEqual(gadgets)
  expect(namesAccepted).toEqual({ type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' })
})

test('of names that another definition has, the rest is accepted', () => {
  const other = definition({ ...gadgets, plural: 'others' }, { ...gadgets, plural: 'others', singular: 'other', shortNames: ['gd'] })
  const crd = definition(gadgets)
  const { acceptedNames, namesAccepted, established } = acceptNames(crd, [other, crd])
  expect(acceptedNames).toMatchObject({ plural: 'gadgets', singular: 'gadget' })
  expect(acceptedNames.shortNames).toBeUndefined()
  expect(namesAccepted).toMatchObject({ status: 'False', reason: 'ListKindConflict', message: '"GadgetList" is already in use' })
  expect(established).toMatchObject({ type: 'Established', status: 'False', reason: 'NotAccepted' })
})
