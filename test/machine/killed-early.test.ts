// inpod is killed while it starts, or just after: at any moment, everything that it has made goes.
import { readdirSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { hasMountNamespaces, hasUserNamespaces, startInpod } from '../cli/inpod.ts'
import { processesWith } from './process-tree.ts'
import { podManifest, type Scratch, scratch } from './scratch.ts'

const KILLS = 12
const manifest = scratch()
afterAll(manifest.remove)
const pod = manifest.write('pod.yaml', podManifest)
const hasNamespaces = hasUserNamespaces || hasMountNamespaces
const program = ['--', 'sh', '-c', 'echo ready; sleep 60']

const kinds: Array<[name: string, args: string[], ready: RegExp, isPossible: boolean]> = [
  ['start', ['start'], /Ctrl-C stops/, true],
  ['exec', ['exec', ...program], /ready\n/, hasNamespaces],
  ['exec --pod', ['exec', '--pod', pod, ...program], /ready\n/, hasNamespaces],
  ['exec --replicas', ['exec', '--replicas', '2', ...program], /ready\n/, hasNamespaces],
  ['exec --sandbox pod-root', ['exec', '--sandbox', 'pod-root', ...program], /ready\n/, true],
]

/** All that was made: folders, files that say what runs, processes. */
const left = ({ left: files, env }: Scratch) => [
  ...files(),
  ...readdirSync(env['XDG_RUNTIME_DIR']!),
  ...processesWith(`XDG_RUNTIME_DIR=${env['XDG_RUNTIME_DIR']}`).map(({ command }) => command),
]

describe(`killed at ${KILLS} moments while it starts`, () => {
  test.each(kinds)('inpod %s leaves nothing', { timeout: 240_000 }, async (name, args, ready, isPossible) => {
    if (!isPossible) return
    const place = scratch()
    const begun = performance.now()
    const whole = startInpod(args, { env: place.env })
    await whole.said(ready)
    const wholeMs = performance.now() - begun
    for (let kill = 0; kill <= KILLS; kill++) {
      // The first is the one that has started.
      const running = kill === 0 ? whole : startInpod(args, { env: place.env })
      const ms = kill === 0 ? 0 : ((kill - Math.random()) / KILLS) * wholeMs * 1.1
      await new Promise((resolve) => setTimeout(resolve, ms))
      running.child.kill('SIGKILL')
      await running.finished.catch(() => {})
      await expect
        .poll(() => left(place), {
          timeout: 20_000,
          message: `inpod ${name}, killed ${ms.toFixed(1)} of ${wholeMs.toFixed(1)} ms after its start`,
        })
        .toEqual([])
    }
    place.remove()
  })
})
