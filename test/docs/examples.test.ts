import { execFile } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type DocBlock, listPages, readBlocks, root } from '../../scripts/check/doc-examples.ts'
import { etcdTools } from '../../scripts/tools/etcd.ts'
import { kubernetesTools, whyNoKubernetesTools } from '../../scripts/tools/kubectl.ts'

interface Outcome {
  exitCode: number
  stdout: string
  stderr: string
}

const bin = join(root, 'node_modules', '.bin')
const whyNoKubectl = whyNoKubernetesTools()
const etcd = await etcdTools()
const folders = [...(whyNoKubectl === undefined ? [(await kubernetesTools()).kubectl] : []), ...('etcd' in etcd ? [etcd.etcd] : [])].map(
  (program) => dirname(program),
)

function runScript(script: string, cwd: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { ...process.env, PATH: [bin, ...folders, process.env['PATH']].join(':'), HOME: cwd, XDG_RUNTIME_DIR: cwd }
    // --norc: bash reads it where standard input is a socket. With -e, so that a script of several lines fails at its first failing line, as a reader would notice.
    const child = execFile('bash', ['--norc', '-euo', 'pipefail', '-c', script], { cwd, env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ exitCode: error ? Number(error.code ?? 1) : 0, stdout, stderr })
    })
    child.stdin?.end()
  })
}

const escapeText = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
const pattern = (expected: string) => new RegExp(`^${expected.trim().split('…').map(escapeText).join('[^]*')}$`)

async function runPage(blocks: DocBlock[], cwd: string): Promise<void> {
  let outcome: Outcome | undefined
  for (const { page, line, marker, text } of blocks) {
    const [kind, argument] = marker.split(' ')
    if (kind === 'file') {
      mkdirSync(dirname(join(cwd, argument!)), { recursive: true })
      writeFileSync(join(cwd, argument!), text)
    } else if (kind === 'run') {
      outcome = await runScript(text, cwd)
      const wanted = Number(/exit=(\d+)/.exec(marker)?.[1] ?? 0)
      expect(outcome.exitCode, `${page}:${line} printed:\n${outcome.stdout}${outcome.stderr}`).toBe(wanted)
    } else if (kind === 'output') {
      expect(`${outcome?.stdout}${outcome?.stderr}`.trim(), `${page}:${line}`).toMatch(pattern(text))
    }
  }
}

/** Servers that a page has started, and did not get to stop. */
function endServers(cwd: string): void {
  for (const file of globSync('inpod/*.json', { cwd })) process.kill(Number(basename(file, '.json')), 'SIGKILL')
}

describe('the examples of', () => {
  for (const page of listPages()) {
    const blocks = readBlocks(page).filter(({ marker }) => marker !== '')
    if (!blocks.some(({ marker }) => marker.startsWith('run'))) continue
    const uses = (program: string) => blocks.some(({ marker, text }) => marker.startsWith('run') && text.includes(program))
    const lacks = (uses('kubectl') ? whyNoKubectl : undefined) ?? (uses('etcd ') && 'missing' in etcd ? etcd.missing : undefined)
    test.skipIf(lacks !== undefined)(lacks === undefined ? page : `${page} (${lacks})`, { timeout: 180_000 }, async () => {
      const cwd = mkdtempSync(join(tmpdir(), 'inpod-docs-'))
      onTestFinished(() => {
        endServers(cwd)
        rmSync(cwd, { recursive: true, force: true })
      })
      symlinkSync(join(root, 'node_modules'), join(cwd, 'node_modules'))
      await runPage(blocks, cwd)
    })
  }
})
