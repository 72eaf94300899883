import fc from 'fast-check'
import { type Area, promise } from '../area.ts'
import { guarded, type Target } from '../target.ts'
import { attemptsFor } from './attempts.ts'
import { grants } from './grants.ts'
import { playRights, type RightsRun } from './play.ts'
import type { RightsServer } from './stage.ts'

/** Made smaller they would be other runs; what went wrong in one says which attempt it was. */
export const rightsRuns: fc.Arbitrary<RightsRun> = fc.noShrink(
  grants.chain((granted) => attemptsFor(granted).map((attempts) => ({ grants: granted, attempts }))),
)

let runs = 0

/** Somebody with some rights in a namespace, who tries everything to get more. */
export const rights: Area<RightsRun> = {
  inputs: () => rightsRuns,
  lanes: 6,
  async send(run, target) {
    const { outcomes, gained, requests } = await playRights(serverOf(target), `rights-${runs++}`, run)
    const worst = outcomes.find(({ broken }) => broken !== undefined)
    promise(
      worst === undefined,
      `${worst?.broken}: ${JSON.stringify(worst?.attempt)}: ${worst?.answer?.body.toString('latin1').slice(0, 300)}`,
    )
    promise(gained.length === 0, `somebody came to more rights: ${gained.join(' ')}`)
    return requests
  },
}

export const serverOf = ({ client }: Pick<Target, 'client'>): RightsServer => ({
  other: guarded,
  send: ({ headers = [], ...request }, token) =>
    client.send({
      ...request,
      whole: !/watch/.test(request.path),
      headers: token === undefined ? headers : [['Authorization', `Bearer ${token}`], ...headers],
      as: token === undefined ? 'admin' : 'anonymous',
    }),
})
