import { judge } from '../answers.ts'
import { type Area, promise } from '../area.ts'
import { forgeries } from './forgeries.ts'
import { type Question, whoAmI } from './who-am-i.ts'

/** Tokens that nobody of the server's has signed: whoever shows one is nobody. */
export const tokens: Area<Question> = {
  inputs: (target) =>
    forgeries({ token: target.tokens.pod!, keys: target.keys }).map((token) => ({
      headers: [['Authorization', `Bearer ${token.replace(/[\r\n]/g, '')}`]],
    })),
  async send(question, target) {
    const { answer, user } = await whoAmI(target, question)
    if (answer === undefined) return 1
    judge(answer, 'forged')
    const isAnonymous = ignored(question) && (answer.status === 403 || user === 'system:anonymous')
    promise(
      isAnonymous || answer.status === 401 || answer.status === 400 || answer.status === 431,
      `${answer.status} for a forged token: ${answer.body.toString().slice(0, 300)}`,
    )
    return 1
  },
}

/** What is no token at all, but for a space: the server takes no notice of it. */
const ignored = ({ headers }: Question) => /^Bearer\s*( |$)/.test(headers[0]![1])
