import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseYamlDocuments } from '../../packages/emulator/src/apimachinery/yaml.ts'
import { readBlocks, root } from '../../scripts/check/doc-examples.ts'

interface Step {
  id?: string
  name?: string
  uses?: string
  run?: string
}

interface Job {
  needs?: string
  outputs?: Record<string, string>
  strategy?: { matrix: Record<string, unknown[]> | string }
  steps: Step[]
}

/** What a runner does to itself, and a test may not do to this machine. */
const ofTheRunner = new Set(['Allow user namespaces', 'Install'])
const workflowFile = '.github/workflows/in-pod.yaml'

const fileBlocks = (page: string) => readBlocks(page).filter(({ marker }) => marker.startsWith('file '))
const blockOf = (page: string, name: string) => fileBlocks(page).find(({ marker }) => marker === `file ${name}`)!.text

/** A repository with the scenarios of the page that the workflow's page leads to. */
function checkout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'inpod-workflow-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const { marker, text } of fileBlocks('docs/matrix.md')) {
    const file = join(folder, marker.slice('file '.length))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return folder
}

type Context = Record<string, unknown>

/** `${{ a.b.c }}` and `fromJSON(…)` of it, as far as the workflow uses them. */
function evaluate(text: string, context: Context): unknown {
  const lookUp = (expression: string): unknown => {
    const [, inner] = /^fromJSON\((.*)\)$/.exec(expression) ?? []
    if (inner !== undefined) return JSON.parse(String(lookUp(inner)))
    const value = expression.split('.').reduce((each: unknown, name) => (each as Context | undefined)?.[name], context)
    if (value === undefined) throw new Error(`the workflow uses ${expression}, which there is not`)
    return value
  }
  const [, whole] = /^\$\{\{ ([^}]*) \}\}$/.exec(text) ?? []
  if (whole !== undefined) return lookUp(whole)
  return text.replaceAll(/\$\{\{ ([^}]*) \}\}/g, (_, expression: string) => String(lookUp(expression)))
}

function combinations(job: Job, context: Context): Context[] {
  const { matrix } = job.strategy ?? {}
  if (matrix === undefined) return [{}]
  const { include, ...dimensions } = (typeof matrix === 'string' ? evaluate(matrix, context) : matrix) as { include?: Context[] }
  if (include !== undefined) return include
  const [[name, values] = ['', []]] = Object.entries(dimensions as Record<string, unknown[]>)
  return values.map((value) => ({ [name]: value }))
}

/** Runs the steps of a job in order, as `bash -e` does; gives what they printed, and the job's outputs. */
function runJob(job: Job, folder: string, context: Context): { printed: string; outputs: Context } {
  const steps: Context = {}
  let printed = ''
  for (const { id, run, name = '' } of job.steps) {
    if (run === undefined || ofTheRunner.has(name)) continue
    const outputFile = join(folder, 'output.txt')
    writeFileSync(outputFile, '')
    const env = {
      ...process.env,
      PATH: `${join(root, 'node_modules', '.bin')}:${process.env['PATH']}`,
      GITHUB_OUTPUT: outputFile,
      HOME: folder,
    }
    const script = String(evaluate(run, { ...context, steps })).replaceAll(/\bnpx inpod\b/g, 'inpod')
    printed += execFileSync('bash', ['--norc', '-e', '-c', script], {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    if (id !== undefined)
      steps[id] = {
        outputs: Object.fromEntries([...readFileSync(outputFile, 'utf8').matchAll(/^(\w+)=(.*)$/gm)].map(([, key, value]) => [key, value])),
      }
  }
  const outputs = Object.entries(job.outputs ?? {}).map(([key, text]) => [key, evaluate(text, { ...context, steps })])
  return { printed, outputs: Object.fromEntries(outputs) }
}

test('the workflow of the documentation: its run steps, job by job and combination by combination', { timeout: 120_000 }, () => {
  const [{ value } = { value: undefined }] = parseYamlDocuments(blockOf('docs/github-actions.md', workflowFile))
  const { jobs } = value as { jobs: Record<string, Job> }
  const folder = checkout()
  const needs: Context = {}
  const notices: Record<string, string[]> = {}
  const inOrder = Object.entries(jobs).sort(([, a], [, b]) => Number(a.needs !== undefined) - Number(b.needs !== undefined))
  for (const [name, job] of inOrder) {
    for (const combination of combinations(job, { needs })) {
      const { printed, outputs } = runJob(job, folder, { needs, matrix: combination })
      needs[name] = { outputs }
      notices[name] = [...(notices[name] ?? []), ...(printed.match(/^::notice .*::\d+ passed, \d+ failed/gm) ?? [])]
      expect(printed).not.toContain('::error')
    }
  }
  const passed = (count: number) => `::notice title=inpod matrix::${count} passed, 0 failed`
  expect(notices).toEqual({ scenarios: [passed(3), passed(2)], list: [], each: [1, 1, 1, 1, 1].map(passed) })
  expect(readFileSync(join(folder, 'results-2.xml'), 'utf8')).toContain('<testsuites name="inpod matrix" tests="2"')
})
