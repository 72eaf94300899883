// The examples of docs/examples in other languages, by the test runners that their users have. They use the dependencies that the client
// programs have been built with, so that little is left to compile.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../scripts/build/packages.ts'
import { describeClient } from '../clients/suite.ts'

const examples = join(root, 'docs/examples')
const cache = join(root, '.cache/examples')
const timeout = 600_000

interface Ended {
  code: number
  output: string
}

/** Runs a command in an example's folder, with the built `inpod` on the PATH. */
function run(folder: string, [program, ...args]: [string, ...string[]], environment: Record<string, string> = {}): Promise<Ended> {
  const path = [join(root, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter)
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const env = { ...inherited, PATH: path, ...environment }
  return new Promise((resolve) => {
    const cwd = join(examples, folder)
    const child = execFile(program, args, { cwd, env, timeout, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr })
    })
    child.stdin?.end()
  })
}

async function expectSuccess(ended: Promise<Ended>, said: RegExp): Promise<void> {
  const { code, output } = await ended
  expect(code, output).toBe(0)
  expect(output).toMatch(said)
}

describeClient('kubernetes-python', (command) => {
  test('pytest, with a fixture', { timeout }, async () => {
    const [python] = command().argv
    const pytest = join(cache, 'pytest-9.2.0')
    if (!existsSync(join(pytest, 'pytest')))
      await expectSuccess(run('pytest', [python, '-m', 'pip', 'install', '--quiet', '--target', pytest, 'pytest==9.2.0']), /^/)
    const environment = { PYTHONPATH: pytest, PYTHONDONTWRITEBYTECODE: '1' }
    await expectSuccess(run('pytest', [python, '-m', 'pytest', '-p', 'no:cacheprovider'], environment), /3 passed/)
  })
})

describeClient('client-go', () => {
  test('go test, with TestMain', { timeout }, async () => {
    const command = ['go', 'test', '-mod=readonly', '-count=1', '-v', './...'] as const
    await expectSuccess(
      run('go', [...command], { CGO_ENABLED: '0' }),
      /PASS: TestListsPods(.|\n)*PASS: TestSeesNothingOfOtherTests(.|\n)*PASS: TestMayNotLookElsewhere/,
    )
  })
})

describeClient('fabric8', () => {
  test('JUnit 5, with an extension', { timeout }, async () => {
    const output = `-Doutput=${join(cache, 'junit')}`
    await expectSuccess(
      run('junit', ['mvn', '--batch-mode', '--no-transfer-progress', output, 'test']),
      /Tests run: 3, Failures: 0, Errors: 0/,
    )
  })
})

describeClient('kube-rs', (command) => {
  test('cargo test, with an integration test', { timeout }, async () => {
    const target = dirname(dirname(command().argv[0]))
    await expectSuccess(run('rust', ['cargo', 'test', '--locked', '--test', 'pods', '--target-dir', target]), /test result: ok. 2 passed/)
  })
})
