// The README and the docs hold examples, each marked so that a test runs it, and every relative link leads somewhere.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findDocFaults, listPages, readBlocks, root } from './doc-examples.ts'

function findDeadLinks(page: string): string[] {
  const links = [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!)
  return links
    .filter((link) => !/^\w+:/.test(link) && !existsSync(join(root, dirname(page), link)))
    .map((link) => `${page}: no such file: ${link}`)
}

const pages = listPages()
const faults = pages.flatMap((page) => [...findDocFaults(readBlocks(page)), ...findDeadLinks(page)])
if (!pages.includes('README.md') || !readBlocks('README.md').some(({ marker }) => marker.startsWith('run')))
  faults.push('README.md has no example that a test runs')
for (const fault of faults) process.stdout.write(`${fault}\n`)
process.exitCode = faults.length > 0 ? 1 : 0
