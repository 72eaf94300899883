import { type Random, weighted } from './random.ts'

/** Something that goes wrong: a fault for a short while, or history that is forgotten. */
type Disturbance = 'compact' | object

/** Those who have to cope with it. */
const user = 'kubernetes-admin'
const everyone = { user }
const writes = { user, verb: ['create', 'update', 'patch', 'delete', 'deletecollection'] }
const watches = { user, verb: 'watch' }
/** Those that have not happened by then never do. */
const briefly = { for: '3s' }

const choices = (compacts: boolean): ReadonlyArray<readonly [weight: number, disturbance: Disturbance]> => [
  [compacts ? 4 : 0, 'compact'],
  // Open watches end, as when their time is up.
  [4, { match: everyone, watch: { close: true }, count: 6, ...briefly }],
  [3, { match: watches, reset: { afterBytes: 3000 }, count: 2, ...briefly }],
  [1, { match: everyone, watch: { expire: true }, count: 2, ...briefly }],
  [1, { match: watches, status: 410, count: 2, ...briefly }],
  // Nothing has been done, or all but the answer.
  [2, { match: writes, reset: true, count: 3, ...briefly }],
  [3, { match: writes, reset: { afterBytes: 20 }, count: 3, ...briefly }],
  [2, { match: writes, status: 503, count: 3, ...briefly }],
  [2, { match: everyone, status: 429, retryAfterSeconds: 1, count: 3, ...briefly }],
  [2, { match: everyone, delay: '200ms', count: 10, ...briefly }],
  [1, { down: '300ms' }],
]

/** @param compacts whether history may be forgotten now */
export const nextDisturbance = (random: Random, compacts: boolean): Disturbance => weighted(random, choices(compacts))
