import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type DocBlock, listPages, readBlocks, root } from '../../scripts/check/doc-examples.ts'

interface Outcome {
  exitCode: number
  stdout: string
  stderr: string
}

const bin = join(root, 'node_modules', '.bin')

function runScript(script: string, cwd: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, HOME: cwd }
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

describe('the examples of', () => {
  for (const page of listPages()) {
    const blocks = readBlocks(page).filter(({ marker }) => marker !== '')
    if (!blocks.some(({ marker }) => marker.startsWith('run'))) continue
    test(page, { timeout: 180_000 }, async () => {
      const cwd = mkdtempSync(join(tmpdir(), 'inpod-docs-'))
      onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
      symlinkSync(join(root, 'node_modules'), join(cwd, 'node_modules'))
      await runPage(blocks, cwd)
    })
  }
})
