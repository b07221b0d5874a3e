import type { ProblemPage, ToldProblem } from '../../shared/http/pages.ts'
import { HttpProblem } from '../../shared/http/response.ts'
import { htmlResponse, messagePage, passwordPage } from '../pages.ts'
import { type LinkProblemCode, REFUSALS, type RefusalCode } from '../problems.ts'

export function wrongPassword(): HttpProblem<LinkProblemCode> {
  const detail = 'This is not the password of the link.'
  return new HttpProblem<LinkProblemCode>({ status: 401, code: 'wrong-password', detail })
}

/** What people see of a password that was not taken. */
export const unlockPage: ProblemPage = ({ status, code, detail, headers }) =>
  htmlResponse(status, htmlOf({ status, code, detail, headers }))

function htmlOf({ status, code, detail, headers }: ToldProblem): string {
  // An empty or endless password is a wrong one, too: the form says best what to do.
  if (code === 'wrong-password' || code === 'invalid-input') return passwordPage({ action: 'unlock', isWrong: true })
  if (status === 429) {
    const message = `This link takes no more passwords for now. Wait ${waitOf(headers)}, then open it again.`
    return messagePage({ title: 'Try again later', message })
  }
  const title = code in REFUSALS ? REFUSALS[code as RefusalCode][1] : 'This did not work'
  return messagePage({ title, message: detail })
}

function waitOf(headers: Record<string, string>): string {
  const seconds = Number(headers['retry-after'])
  if (seconds === 1) return 'a second'
  return seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`
}
