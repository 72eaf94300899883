import { describe, expect, test } from 'vitest'
import { readFloors } from '../../scripts/conformance/floors.ts'
import { listAreas, replayArea } from '../../scripts/conformance/replay.ts'
import { whyNoKubernetesTools } from '../../scripts/tools/kubectl.ts'

const areas = listAreas()
const obstacle = areas.length === 0 ? 'the recorded cases are not beside this working copy' : whyNoKubernetesTools()

describe('as a real API server answered', () => {
  if (obstacle !== undefined) test.skip(`skipped: ${obstacle}`, () => {})
  else {
    const floors = readFloors()
    test.concurrent.for(areas)('%s', { timeout: 300_000 }, async (area) => {
      const { passed, failures } = await replayArea(area)
      const named = failures.map(({ id }) => id).join(' ')
      expect(passed, `${area} fell below its floor; failing now: ${named}`).toBeGreaterThanOrEqual(floors[area] ?? 0)
    })
  }
})
