// What is recorded of a real program is enough for it, and it needs each of the rules. On a real server: scripts/oracle/least-privilege.ts.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseYamlDocuments } from '../../packages/emulator/src/apimachinery/yaml.ts'
import { type Outcome, runInPod } from './pod.ts'
import { describeClient } from './suite.ts'

interface Role {
  kind: string
  rules?: { verbs: string[]; resources: string[] }[]
}

const failed = ({ exitCode, steps }: Outcome) => exitCode !== 0 || steps.length === 0 || steps.some(({ ok }) => !ok)

/** Each way to take one rule out, with what it was about. */
function withoutOne(objects: Role[]): [about: string, rest: Role[]][] {
  return objects.flatMap((object, at) =>
    (object.rules ?? []).map(({ verbs, resources }, index): [string, Role[]] => [
      `${verbs} ${resources}`,
      objects.with(at, { ...object, rules: object.rules!.toSpliced(index, 1) }),
    ]),
  )
}

const clients: { client: string; goesOnWithout?: string[] }[] = [
  { client: 'client-go' },
  { client: 'client-node' },
  { client: 'kube-rs' },
  { client: 'curl' },
  // It looks whether the namespace is there only to explain a failure.
  { client: 'kubectl', goesOnWithout: ['get namespaces'] },
]

/** By step, as a watch and what it sees end in either order. */
const outcomes = ({ steps }: Outcome) => Object.fromEntries(steps.map(({ step, ok }) => [step, ok]))

for (const { client, goesOnWithout = [] } of clients) {
  describeClient(client, (command) => {
    test('passes with the roles that were recorded, and fails without any of their rules', { timeout: 300_000 }, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'inpod-test-'))
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const file = join(folder, 'rbac.yaml')
      const recorded = await runInPod(command(), 'denied', ['--record', file])
      expect(failed(recorded), recorded.stdout + recorded.stderr).toBe(false)
      const whole = await runInPod(command(), 'denied', ['-f', file])
      expect(outcomes(whole)).toEqual(outcomes(recorded))
      const objects = parseYamlDocuments(readFileSync(file, 'utf8')).map(({ value }) => value as Role)
      const variants = withoutOne(objects)
      expect(variants.length).toBeGreaterThan(1)
      for (const [about, items] of variants) {
        const fewer = join(folder, 'fewer.json')
        writeFileSync(fewer, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
        expect(failed(await runInPod(command(), 'denied', ['-f', fewer])), about).toBe(!goesOnWithout.includes(about))
      }
    })
  })
}
