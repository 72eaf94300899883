import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import type { KubeObject } from '../../apimachinery/object.ts'
import { loadPatterns } from '../../apimachinery/regular-expression.ts'
import { validateDefinition } from '../apiextensions/validation/spec.ts'
import { createRuleValidator } from './cel-rules.ts'
import type { CustomResourceDefinition } from './definition-object.ts'
import { loadRules, ruleLibrary } from './rules.ts'
import type { JsonSchema } from './schema/types.ts'

/** What a kube-apiserver 1.36.3 says of CEL rules, and of objects by them. */
interface Recorded {
  properties: Record<string, JsonSchema>
  /** Each rule, and the errors in it. */
  compiled: Array<[rule: string, ...errors: string[]]>
  /** Those that can be used. */
  rules: string[]
  objects: Array<{ value: Record<string, unknown>; broken: Array<[rule: string, message: string]> }>
}

const recorded: Recorded = JSON.parse(readFileSync(new URL('recorded-rules.json', import.meta.url), 'utf8'))
const schemaWith = (rule: string): JsonSchema => ({
  type: 'object',
  properties: recorded.properties,
  'x-kubernetes-validations': [{ rule }],
})

beforeAll(async () => {
  await Promise.all([loadPatterns(), loadRules()])
})

const support = {
  compile: (schema: JsonSchema, isRoot: boolean) => ruleLibrary()!.compileRules(schema, isRoot),
  checkDefault: () => [],
}

test.for(recorded.compiled)('%s', ([rule, ...errors]) => {
  const crd = {
    metadata: { name: 'probes.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'probes', singular: 'probe', kind: 'Probe', listKind: 'ProbeList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: schemaWith(rule) } } },
        },
      ],
    },
    status: { storedVersions: ['v1'] },
  } as unknown as CustomResourceDefinition
  const found = validateDefinition(crd, support).map(({ message }) => message.replace(/^Invalid value: .*?\}: /s, ''))
  expect(found.filter((message) => !message.includes('for entire OpenAPIv3 schema'))).toEqual(errors)
})

test.for(recorded.objects)('$value', ({ value, broken }) => {
  const expected = new Map(broken)
  const rules = Object.keys(value).join() === 'a' ? recorded.rules.filter((rule) => rule.includes('self.a')) : recorded.rules
  for (const rule of rules) {
    const validator = createRuleValidator({ type: 'object', properties: { spec: schemaWith(rule) } })
    const [error] = validator.validate({ spec: value } as unknown as KubeObject, undefined)
    const message = error?.message.replace(/^Invalid value: (\{.*?\}|"object"): /s, '')
    // Recorded of some objects only.
    if (message?.includes('no such key') && !expected.has(rule)) continue
    expect(message, rule).toBe(expected.get(rule))
  }
})
