import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A fenced block of a Markdown file. The HTML comment just before it says what it is:
 *   <!-- run -->             (or `run exit=1`) a shell script that must end so
 *   <!-- output -->          what the run before it must have printed, exactly; `…` stands for anything
 *   <!-- file NAME -->       a file that the runs of this page find in their folder
 *   <!-- not run: REASON --> an example that no test can run
 */
export interface DocBlock {
  page: string
  line: number
  language: string
  marker: string
  text: string
}

export const root = join(import.meta.dirname, '..', '..')

/** Languages whose blocks are examples; others (`text`, `mermaid`) are pictures. */
const EXAMPLES = new Set(['sh', 'bash', 'console', 'ts', 'js', 'javascript', 'typescript', 'yaml', 'json', 'python', 'go', 'dockerfile'])
const MARKER = /^(run( exit=\d+)?|output|file \S+|not run: .+)$/

/** The README and all pages under docs/, but not the decision records, relative to the root. */
export function listPages(): string[] {
  return ['README.md', 'packages/*/README.md', 'docs/**/*.md']
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((page) => !page.includes('decisions'))
    .sort()
}

export function readBlocks(page: string, markdown = readFileSync(join(root, page), 'utf8')): DocBlock[] {
  const blocks: DocBlock[] = []
  let open: { line: number; language: string; marker: string; text: string[] } | undefined
  let marker = ''
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^```(\w*)\s*$/.exec(line)
    if (fence && open) {
      blocks.push({ page, ...open, text: `${open.text.join('\n')}\n` })
      open = undefined
      marker = ''
    } else if (fence) open = { line: index + 1, language: fence[1]!, marker, text: [] }
    else if (open) open.text.push(line)
    else if (line.trim() !== '') marker = /^<!-- (.*) -->$/.exec(line)?.[1] ?? ''
  }
  return blocks
}

/** What is wrong with a page's blocks: examples without a marker, unknown markers. */
export function findDocFaults(blocks: DocBlock[]): string[] {
  return blocks.flatMap(({ page, line, language, marker }) => {
    if (marker === '' && EXAMPLES.has(language))
      return [`${page}:${line}: an example that no test runs: put \`<!-- run -->\` or another marker above it`]
    return marker === '' || MARKER.test(marker) ? [] : [`${page}:${line}: unknown marker \`${marker}\``]
  })
}
