import type { Answer } from '../answers.ts'
import { type Asked, covers, isAllowed, type Rights, type Rule } from './allowed.ts'
import type { Attempt } from './attempts.ts'
import { broken, probes, reachable, selfReviews } from './expectations.ts'
import type { Grants } from './grants.ts'
import { type RightsServer, type Stage, setStage } from './stage.ts'

/** Somebody with some rights, and what they try. */
export interface RightsRun {
  grants: Grants
  attempts: readonly Attempt[]
}

export interface Outcome {
  attempt: Attempt
  answer: Answer | undefined
  /** What was promised and is broken. */
  broken: string | undefined
}

export interface Played {
  outcomes: Outcome[]
  /** What somebody can do afterwards and should not. */
  gained: string[]
  requests: number
}

/** How many of all questions are asked after a run. */
const asked = 8

/** Plays a run in a namespace of its own. `ready` is waited for before the first attempt, for servers that need a moment. */
export async function playRights(
  server: RightsServer,
  namespace: string,
  { grants, attempts }: RightsRun,
  ready: (stage: Stage, rights: Rights) => Promise<void> = async () => {},
): Promise<Played> {
  let requests = 0
  const counting: RightsServer = {
    other: server.other,
    send(...sent) {
      requests++
      return server.send(...sent)
    },
  }
  const stage = await setStage(counting, namespace, grants)
  try {
    const granted = { namespace: '{ns}', inNamespace: grants.inNamespace, everywhere: grants.everywhere }
    const rights = reachable(granted)
    await ready(stage, granted)
    const outcomes: Outcome[] = []
    for (const attempt of attempts) {
      const answer = await send(counting, stage, attempt)
      outcomes.push({ attempt, answer, broken: answer === undefined ? undefined : broken(rights, attempt, answer) })
    }
    const gained = await gainedBy(counting, stage, rights, attempts.length)
    return { outcomes, gained, requests }
  } finally {
    await stage.close()
  }
}

function send(server: RightsServer, { namespace, token }: Stage, { method, path, headers, body }: Attempt): Promise<Answer | undefined> {
  const fill = (text: string) => text.replaceAll('{ns}', namespace).replaceAll('{other}', server.other)
  const filled = headers.map(([name, value]) => [name, fill(value)] as const)
  return server.send({ method, path: fill(path), headers: filled, ...(body === undefined ? {} : { body: fill(body) }) }, token)
}

/** What the server says that somebody may do, beyond what they can have come to. */
async function gainedBy(server: RightsServer, { namespace, token }: Stage, rights: Rights, offset: number): Promise<string[]> {
  const gained: string[] = []
  const review = async (kind: string, spec: object, as?: string) => {
    const path = `/apis/authorization.k8s.io/v1/${kind}`
    const answer = await server.send(
      { method: 'POST', path, headers: [['Content-Type', 'application/json']], body: JSON.stringify({ spec }) },
      as,
    )
    return answer?.status === 201 ? JSON.parse(answer.body.toString()).status : undefined
  }
  const user = `system:serviceaccount:${namespace}:user`
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
  for (let index = 0; index < asked; index++) {
    const probe = probes[(offset * asked + index * 31) % probes.length]!
    const status = await review('subjectaccessreviews', { user, groups, resourceAttributes: attributesOf(probe, namespace, server.other) })
    if (status?.allowed === true && !isAllowed(rights, probe)) gained.push(JSON.stringify(probe))
  }
  // Who has deleted their own account may not ask.
  const status = await review('selfsubjectrulesreviews', { namespace }, token)
  const rules = (status?.resourceRules ?? []) as Rule[]
  for (const rule of rules) {
    if (!covers([...rights.inNamespace, ...rights.everywhere, selfReviews], [rule])) gained.push(JSON.stringify(rule))
  }
  return gained
}

function attributesOf({ verb, group, resource, namespace, name }: Asked, own: string, other: string) {
  const [plain, subresource] = resource.split('/')
  const filled = namespace === '{ns}' ? own : namespace === '{other}' ? other : ''
  return { verb, group, resource: plain, subresource, namespace: filled, name }
}
