import { excerpt } from '../well-formed.ts'
import { type FieldError, HttpProblem } from './response.ts'

/** The number of errors in a response, whose size must not grow with the request. The other errors are counted. */
const MAX_ERRORS = 50
const MAX_PATH = 100
const MAX_NAMED = 5

/**
 * Builds the problem 422 `invalid-input` with all errors. A path may be any text of the request, so it is truncated.
 */
export function invalidInput(all: readonly FieldError[]): HttpProblem {
  const errors = all.slice(0, MAX_ERRORS).map(({ path, message }) => ({ path: excerpt(path, MAX_PATH), message }))
  return new HttpProblem({ status: 422, code: 'invalid-input', detail: summary(all.length, errors), errors })
}

function summary(count: number, errors: readonly FieldError[]): string {
  const names = errors.slice(0, MAX_NAMED).map(({ path }) => path || 'body')
  const more = count > names.length ? ` and ${count - names.length} more` : ''
  return `The request has ${count === 1 ? 'an invalid field' : `${count} invalid fields`}: ${names.join(', ')}${more}.`
}
