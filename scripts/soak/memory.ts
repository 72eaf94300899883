import { growthOf, type Held, type Sample } from './check.ts'
import type { SoakedServer } from './server.ts'

/** What was held in the course of a run, as it is reported. */
export interface MemoryReport {
  /** After the first third, when all is warm, and under load, last. */
  warm: Held
  last: Held
  /** The most resident memory, in MiB, with windows full of history. */
  peak: number
  /** What memory without history has grown by in the last two thirds, in MiB. */
  growth: Pick<Held, 'rss' | 'heap'>
}

export interface MemoryRecord {
  /** @param bare whether history has been forgotten, so that it can be compared with what was held at other such times */
  note(held: Held, seconds: number, bare: boolean): void
  /** Ends the sampling. */
  report(): MemoryReport
}

const sampleEveryMs = 1000

export function recordMemory(server: SoakedServer): MemoryRecord {
  const all: Held[] = []
  const samples: Record<'rss' | 'heap', Sample[]> = { rss: [], heap: [] }
  let peak = 0
  const sampling = setInterval(() => (peak = Math.max(peak, server.rss())), sampleEveryMs)
  return {
    note(held, seconds, bare) {
      all.push(held)
      if (bare) for (const what of ['rss', 'heap'] as const) samples[what].push({ seconds, value: held[what] })
    },
    report() {
      clearInterval(sampling)
      const growth = { rss: growthOf(samples.rss), heap: growthOf(samples.heap) }
      return { warm: all[Math.floor(all.length / 3)]!, last: all.at(-1)!, peak, growth }
    },
  }
}
