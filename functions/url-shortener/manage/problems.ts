import { stale } from '../../shared/http/conditions.ts'
import { type FieldError, HttpProblem } from '../../shared/http/response.ts'
import { type LinkProblemCode, refusal } from '../problems.ts'
import type { CreateLinkResult, Inserted } from './create-link.ts'

export function missing(outcome: 'not-found' | 'stale'): HttpProblem<LinkProblemCode> {
  return outcome === 'stale' ? stale() : refusal('not-found')
}

export function notCreated(
  result: Exclude<CreateLinkResult, Inserted>,
  alias: string | undefined,
): HttpProblem<LinkProblemCode> {
  switch (result.outcome) {
    case 'alias-taken':
      return new HttpProblem<LinkProblemCode>({
        status: 409,
        code: 'alias-taken',
        detail: `The alias ${alias} was used before.`,
      })
    case 'alias-reserved':
      return new HttpProblem<LinkProblemCode>({
        status: 409,
        code: 'alias-reserved',
        detail: `The alias ${alias} is reserved.`,
      })
    case 'invalid-url':
      return invalidUrl(result.errors)
    case 'ends-too-early':
      return endsTooEarly()
  }
}

export function invalidUrl(errors: FieldError[]): HttpProblem<LinkProblemCode> {
  const detail = `${errors.map(({ path, message }) => `The ${path} ${message}.`).join(' ')}`
  return new HttpProblem<LinkProblemCode>({ status: 422, code: 'invalid-url', detail, errors })
}

export function endsTooEarly(): HttpProblem {
  return new HttpProblem({
    status: 422,
    code: 'invalid-input',
    detail: 'The link would end before it starts: expiresAt must be after startsAt.',
    errors: [{ path: 'expiresAt', message: 'must be after startsAt' }],
  })
}
