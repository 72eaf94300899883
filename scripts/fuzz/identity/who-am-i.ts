import type { Answer } from '../answers.ts'
import type { Target } from '../target.ts'

/** Who somebody is who sends these headers. */
export interface Question {
  headers: readonly (readonly [name: string, value: string])[]
}

const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' })

/** The server's answer, and the name in it; an undefined answer is a closed connection. */
export async function whoAmI({ client }: Target, { headers }: Question): Promise<{ answer: Answer | undefined; user: string | undefined }> {
  const answer = await client.send({ method: 'POST', path, headers: [...headers, ['Content-Type', 'application/json']], body })
  const user = answer?.status === 201 ? JSON.parse(answer.body.toString()).status.userInfo.username : undefined
  return { answer, user }
}
