import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Counts } from '../../test/counts.ts'
import { median } from '../figures.ts'
import { whyNoProcessorTime } from '../processor-time.ts'
import { type Comparison, measureRatio, startComparing } from './measure.ts'

/** How many times as long as Node itself inpod takes; a ratio, as times are each machine's own. */
interface Kept {
  /** The major version of Node that they are of. */
  node: number
  ratios: Record<string, number>
}

const file = join(import.meta.dirname, 'kept.json')
/** A ratio is lost when it is worse by a quarter. */
const isLost = (ratio: number, kept: number) => ratio > kept * 1.25
/** Servers to measure with: whatever else a machine does may spoil a measurement, and what is compiled when differs from one to the next. */
const TRIES = 3
/** Servers to keep a ratio of. */
const STARTS = 5

const read = (): Kept => JSON.parse(readFileSync(file, 'utf8'))
const major = Number(process.versions.node.split('.')[0])

/** Measures each ratio, and compares it with the one that is kept; each counts as a test. */
export async function countRatios(): Promise<Counts> {
  try {
    return await checkRatios()
  } catch (error) {
    process.stdout.write(`ratios could not be measured: ${(error as Error).stack}\n`)
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

async function checkRatios(): Promise<Counts> {
  const { node, ratios } = read()
  const reason = major === node ? whyNoProcessorTime() : `they are kept for Node ${node}`
  if (reason !== undefined) {
    process.stdout.write(`ratios are not checked: ${reason}\n`)
    return { passed: 0, failed: 0, skipped: Object.keys(ratios).length }
  }
  const best = await bestRatios(ratios)
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  for (const [what, ratio] of best) {
    const lost = isLost(ratio, ratios[what]!)
    counts[lost ? 'failed' : 'passed']++
    process.stdout.write(
      `${lost ? 'LOST  ' : 'ok    '} ${what}: ${show(ratio)} times as long as Node itself; kept: ${show(ratios[what]!)}\n`,
    )
  }
  return counts
}

/** Measures each ratio, those that are lost again with another server. */
async function bestRatios(kept: Kept['ratios']): Promise<Map<string, number>> {
  const best = new Map<string, number>()
  const isPending = ({ what }: Comparison) => isLost(best.get(what) ?? Number.POSITIVE_INFINITY, keptRatio(kept, what))
  for (let attempt = 0; attempt < TRIES; attempt++) {
    await using comparing = await startComparing()
    const pending = comparing.comparisons.filter(isPending)
    for (const comparison of pending) {
      const { what } = comparison
      best.set(what, Math.min(best.get(what) ?? Number.POSITIVE_INFINITY, await measureRatio(comparison)))
    }
    if (!pending.some(isPending)) break
  }
  return best
}

function keptRatio(kept: Kept['ratios'], what: string): number {
  const ratio = kept[what]
  if (ratio === undefined) throw new Error(`${file} has no ratio for "${what}": npm run bench -- --ratios --keep`)
  return ratio
}

/** Measures each ratio with several servers, and keeps the median. */
export async function keepRatios(): Promise<void> {
  const measured = new Map<string, number[]>()
  for (let start = 0; start < STARTS; start++) {
    await using comparing = await startComparing()
    for (const comparison of comparing.comparisons) {
      measured.set(comparison.what, [...(measured.get(comparison.what) ?? []), await measureRatio(comparison)])
    }
  }
  const ratios: Kept['ratios'] = {}
  for (const [what, values] of measured) {
    process.stdout.write(`${what}: ${values.map(show).join(' ')}\n`)
    ratios[what] = Number(show(median(values)))
  }
  writeFileSync(file, `${JSON.stringify({ node: major, ratios } satisfies Kept, null, 2)}\n`)
}

const show = (ratio: number) => ratio.toFixed(2)
