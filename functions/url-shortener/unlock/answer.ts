import type { ProblemPage } from '../../shared/http/pages.ts'
import { type FieldError, HttpProblem } from '../../shared/http/response.ts'
import { MAX_PASSWORD_LENGTH } from '../domain/password.ts'
import { htmlResponse, passwordPage, problemPage } from '../pages.ts'
import { type LinkProblemCode, REFUSALS, type RefusalCode } from '../problems.ts'
import { withQuery } from '../visitor-query.ts'

export function wrongPassword(): HttpProblem<LinkProblemCode> {
  const detail = 'This is not the password of the link.'
  return new HttpProblem<LinkProblemCode>({ status: 401, code: 'wrong-password', detail })
}

/** Builds the page for a refused password: the form again, if another attempt may succeed. */
export const unlockPage: ProblemPage = ({ status, code, detail, errors = [], headers }, { rawQuery }) => {
  if (code === 'wrong-password' || code === 'invalid-input') {
    const error = code === 'wrong-password' ? 'This password is wrong. Try again.' : formError(detail, errors)
    return htmlResponse(status, passwordPage({ action: withQuery('unlock', rawQuery), error }))
  }
  if (status === 429) {
    const message = `Too many passwords were tried on this link. Wait ${waitOf(headers)}, then open it again.`
    return problemPage({ status, headers, title: 'Try again later', detail: message })
  }
  const title = code in REFUSALS ? REFUSALS[code as RefusalCode][1] : undefined
  return problemPage({ status, headers, title, detail })
}

/** Describes the error of a form without a usable password. */
function formError(detail: string, errors: readonly FieldError[]): string {
  const isOfPassword = errors.every(({ path }) => path === 'password')
  return isOfPassword ? `Enter a password of 1 to ${MAX_PASSWORD_LENGTH} characters.` : detail
}

function waitOf(headers: Record<string, string>): string {
  const seconds = Number(headers['retry-after'])
  if (seconds === 1) return 'a second'
  return seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`
}
