import { invalidInput } from '../../shared/http/invalid-input.ts'
import { HttpProblem } from '../../shared/http/response.ts'
import { URL_RULES } from '../fields.ts'
import type { NotificationProblemCode } from '../problems.ts'
import type { SendOutcome, SendProblem } from './send.ts'

type Accepted = Extract<SendOutcome, { outcome: 'accepted' }>

/**
 * Returns the outcome of a notification that was accepted.
 *
 * @throws HttpProblem 422 for one that was not.
 */
export function accepted(outcome: SendOutcome): Accepted {
  if (outcome.outcome === 'accepted') return outcome
  if (outcome.outcome !== 'id-taken') throw refused(outcome)
  throw new HttpProblem({
    status: 422,
    code: 'idempotency-key-reused',
    detail: 'This key was used for another notification. Use a new one.',
  })
}

/** Returns the answer to a notification that can't be sent as it is. */
export function refused(problem: SendProblem): HttpProblem<NotificationProblemCode> {
  switch (problem.outcome) {
    case 'unknown-category':
      return unknown('unknown-category', 'category')
    case 'unknown-template':
      return unknown('unknown-template', 'template')
    case 'wrong-times':
      return invalidInput(problem.errors)
    case 'refused-url':
      return invalidInput([{ path: 'to.webhookUrl', message: URL_RULES[problem.refusal] }])
    case 'missing-variable': {
      const message = `is missing: the template prints it for ${problem.channel}`
      return invalidInput([{ path: `data.${problem.variable}`, message }])
    }
    case 'unusable':
      return invalidInput([{ path: 'template', message: `${problem.channel}: ${problem.message}` }])
  }
}

function unknown(code: NotificationProblemCode, path: string) {
  const detail = `The tenant has no ${path} with this name.`
  const errors = [{ path, message: `is not a ${path} of this tenant` }]
  return new HttpProblem<NotificationProblemCode>({ status: 422, code, detail, errors })
}
