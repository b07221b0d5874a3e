import { invalidInput } from '../../shared/http/invalid-input.ts'
import { HttpProblem } from '../../shared/http/response.ts'
import { URL_RULES } from '../fields.ts'
import type { NotificationProblemCode } from '../problems.ts'
import type { SendOutcome } from './send.ts'

type Accepted = Extract<SendOutcome, { outcome: 'accepted' }>

/**
 * Returns the outcome of a notification that was accepted.
 *
 * @throws HttpProblem 422 for one that was not.
 */
export function accepted(outcome: SendOutcome): Accepted {
  switch (outcome.outcome) {
    case 'accepted':
      return outcome
    case 'unknown-category':
      throw unknown('unknown-category', 'category')
    case 'unknown-template':
      throw unknown('unknown-template', 'template')
    case 'refused-url':
      throw invalidInput([{ path: 'to.webhookUrl', message: URL_RULES[outcome.refusal] }])
    case 'missing-variable': {
      const message = `is printed by the template for ${outcome.channel}, and missing`
      throw invalidInput([{ path: `data.${outcome.variable}`, message }])
    }
    case 'unusable':
      throw invalidInput([{ path: 'template', message: `${outcome.channel}: ${outcome.message}` }])
    case 'id-taken':
      throw new HttpProblem({
        status: 422,
        code: 'idempotency-key-reused',
        detail: 'This key was used for another notification. Use a new one.',
      })
  }
}

function unknown(code: NotificationProblemCode, path: string) {
  const detail = `The tenant has no ${path} of this name.`
  const errors = [{ path, message: `names no ${path} of this tenant` }]
  return new HttpProblem<NotificationProblemCode>({ status: 422, code, detail, errors })
}
